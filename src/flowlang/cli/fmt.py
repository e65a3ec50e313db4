"""Bring files into the canonical layout, or translate them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from flowlang.cli import FOUND, differences, files, languages, paths, terminal
from flowlang.speech import joined, tr, tr_n


@click.command(epilog="Example: flow fmt --check campaigns")
@click.argument("path", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--to", metavar="LANGUAGE", help="Translate the keywords, such as `--to de`.")
def fmt(path: tuple[Path, ...], check: bool, diff: bool, to: str | None) -> int:
    """Bring files into the canonical layout, or translate them.

    Comments are kept and the meaning stays; every run proves both before anything is written.

    Takes the .flow files in each PATH and below it, and no others; `-` reads standard input and
    writes the result to standard output. A file with syntax errors is reported and left alone:
    exit code 1.
    """
    run = _Run(languages.known(to, "--to") if to is not None else None, check, diff)
    for name in path:
        if name == paths.STDIN:
            run.standard_input()
    chosen = [name for name in path if name != paths.STDIN]
    if chosen or not path:
        for file, within in _files(chosen):
            run.file(file, within)
        run.sum_up()
    return run.code


@dataclass(slots=True)
class _Run:
    """What is asked for, and what has come of it so far."""

    to: str | None
    check: bool
    diff: bool
    code: int = 0
    changed: int = 0
    unchanged: int = 0
    left: int = 0
    languages: set[str] = field(default_factory=set)
    """Of the files that were looked at."""

    def standard_input(self) -> None:
        data = sys.stdin.buffer.read()
        text = self._format(data, "<stdin>", Path())
        if text is None:
            return
        old = data.decode()
        if self.check or self.diff:
            self._compare("<stdin>", old, text)
        else:
            terminal.write(text)

    def file(self, path: Path, within: Path) -> None:
        data = path.read_bytes()
        text = self._format(data, str(path), path)
        if text is None:
            self.left += 1
            return
        if files.as_bytes(text, data) == data:
            self.unchanged += 1
            return
        if self.check or self.diff:
            self.changed += 1
            self._compare(str(path), data.decode("utf-8-sig").replace("\r\n", "\n"), text)
        elif files.write(path, text, within):
            self.changed += 1
            terminal.talk(tr("{path}: formatted", path=path))
        else:
            self.left += 1
            self.code = FOUND

    def _compare(self, name: str, old: str, new: str) -> None:
        if old == new and name == "<stdin>":
            return
        self.code = FOUND
        if self.diff:
            terminal.write(differences.unified(name, old, new, tr("formatted")))
        else:
            terminal.talk(tr("{name}: would be formatted", name=name))

    def _format(self, data: bytes, name: str, path: Path) -> str | None:
        """The canonical text; None where it is told why there is none."""
        import flowlang.steps  # noqa: F401 - registers the statements with the grammar
        from flowlang.config import read_settings
        from flowlang.source import Findings
        from flowlang.syntax.format import FormatError, NotReadable, format_source
        from flowlang.syntax.parser import parse
        from flowlang.syntax.reading import decode

        toml = paths.settings_file(path)
        default = read_settings(toml).language if toml else "en"
        findings = Findings()
        parsed = parse(decode(data, name, findings, default=default), findings, default)
        self.languages.add(parsed.language)
        terminal.speak(parsed.language)
        try:
            return format_source(parsed, self.to, default)
        except NotReadable:
            paths.show_findings(findings.in_order(), 1)
            terminal.talk(tr("{name}: left as it is until these are mended", name=name))
        except FormatError as reason:
            terminal.talk(reason.args[0])
        self.code = FOUND
        return None

    def sum_up(self) -> None:
        """One line for the person who asked."""
        paths.speak(self.languages)
        if self.check or self.diff:
            changed = tr_n(
                "{count} file would be formatted", "{count} files would be formatted", self.changed
            )
        else:
            changed = tr_n("{count} file formatted", "{count} files formatted", self.changed)
        parts = (
            changed,
            tr_n(
                "{count} file already in good order",
                "{count} files already in good order",
                self.unchanged,
            ),
            tr_n("{count} file left as found", "{count} files left as found", self.left),
        )
        told = joined(part for part in parts if part.parts["count"])
        terminal.talk(tr("{told}.", told=told))


def _files(given: list[Path]) -> Iterator[tuple[Path, Path]]:
    """The files that paths mean, each with the folder that nothing may be written out of."""
    from flowlang.discovery import flow_files

    if not given:
        toml = paths.settings_file(Path())
        given = [paths.nearby(toml.parent) if toml else Path()]
    seen: set[Path] = set()
    for path in given:
        found = [path] if path.is_file() else flow_files(path)
        if not path.exists():
            raise FileNotFoundError(path)
        if path.is_file() and path.suffix != ".flow":
            raise click.UsageError(tr("{path} is no .flow file", path=path))
        if not found:
            raise click.UsageError(tr("there is no .flow file in {path}", path=path))
        within = path.parent if path.is_file() else path
        for file in found:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file, within
