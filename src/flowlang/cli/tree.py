"""Print the syntax tree of a file as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from flowlang.cli import FOUND, paths, terminal


@click.command(epilog="Example: flow tree shop.flow | head")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--output-format", type=click.Choice(["json"]), default="json", show_default=True,
    help="How the tree is written.",
)  # fmt: skip
def tree(file: Path, output_format: str) -> int:
    """Print the syntax tree of a file as JSON; `-` is standard input.

    Every node has `node` (what it is), its place (line, column, end_line, end_column) and its
    parts by name. Lines that cannot be read are told on stderr, the rest is printed: exit code 1.
    """
    import flowlang.steps  # noqa: F401 - registers the statements with the grammar
    from flowlang.config import read_settings
    from flowlang.source import Findings
    from flowlang.syntax.parser import parse
    from flowlang.syntax.reading import decode
    from flowlang.syntax.tree import as_data

    stdin = file == paths.STDIN
    data = sys.stdin.buffer.read() if stdin else file.read_bytes()
    toml = paths.settings_file(Path() if stdin else file)
    findings = Findings()
    source = decode(data, "<stdin>" if stdin else str(file), findings)
    parsed = parse(source, findings, read_settings(toml).language if toml else "en")
    terminal.write(
        json.dumps(as_data(parsed.tree), ensure_ascii=False, indent=2, default=str) + "\n"
    )
    if findings.has_errors:
        paths.show_findings(findings.in_order(), 1)
        return FOUND
    return 0
