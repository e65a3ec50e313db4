"""Run the `test` blocks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang.cli import FOUND, paths, terminal

if TYPE_CHECKING:
    from flowlang.engine.testing import Result, Script
    from flowlang.workspace import Workspace


@click.command(epilog='Example: flow test campaigns -k "coupon halted"')
@click.argument("path", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "-k", "words", metavar="WORDS", default="", help="Only tests whose name has all these words."
)
@click.option(
    "--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How the outcome is written.",
)  # fmt: skip
def test(path: tuple[Path, ...], words: str, output_format: str) -> int:
    """Run the `test` blocks of the workspaces that each PATH belongs to; `-` is standard input.

    Nothing leaves the machine and no store is touched. A coupon list holds the codes of its file
    where a test gives none. Exit code 1 where a test fails, a file has errors, or a workspace has
    no test at all.
    """
    run = _Run(words.casefold().split(), terminal.colored() and output_format == "text")
    for workspace in paths.below(path):
        run.workspace(workspace)
    if run.selected == 0 and run.words and not run.code:
        terminal.talk(f"no test has these words in its name: {words}")
        run.code = FOUND
    if output_format == "json":
        terminal.write(run.as_json())
    else:
        terminal.write(run.as_text())
    return run.code


class _Run:
    """The tests that have run so far."""

    def __init__(self, words: list[str], color: bool) -> None:
        self.words = words
        self.color = color
        self.results: list[Result] = []
        self.selected = 0
        self.code = 0

    def workspace(self, workspace: Workspace) -> None:
        """Run the tests of one workspace; with errors in it none can run."""
        program = workspace.runnable
        if program is None:
            paths.show_findings(workspace.findings.in_order(), len(workspace.files))
            self.code = FOUND
            return
        if not workspace.tests:
            terminal.talk(f"{_name(workspace)}: there is no test")
            self.code = FOUND
            return
        chosen = [script for script in workspace.tests if self._is_meant(script)]
        self.selected += len(chosen)
        if not chosen:
            return
        codes: dict[str, tuple[str, ...]] = {}
        if any(coupons.path for coupons in program.names.coupons.values()):
            from flowlang.cli.codes import of_files

            codes, wrong = of_files(program)
            for file, problem in wrong:
                terminal.talk(problem.render(file))
                self.code = FOUND if problem.severity == "error" else self.code
        for script in chosen:
            result = script.run(program, codes)
            self.results.append(result)
            if not result.passed:
                self.code = FOUND

    def _is_meant(self, script: Script) -> bool:
        name = script.name.casefold()
        return all(word in name for word in self.words)

    @property
    def passed(self) -> int:
        return sum(result.passed for result in self.results)

    def as_json(self) -> str:
        data = {
            "passed": self.passed,
            "failed": len(self.results) - self.passed,
            "tests": [
                {
                    "name": result.name,
                    "file": result.file,
                    "line": result.line,
                    "passed": result.passed,
                    "message": result.message,
                }
                for result in self.results
            ],
        }
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"

    def as_text(self) -> str:
        """A line for each test, then each failure with what was so instead, then the counts."""
        lines: list[str] = []
        file = ""
        for result in self.results:
            if result.file != file:
                file = result.file
                lines.append(file)
            mark = self._paint("passed", "32") if result.passed else self._paint("FAILED", "1;31")
            lines.append(f"  {mark}  {result.name}")
        for result in self.results:
            if not result.passed:
                place = self._paint(f"{result.file}:{result.line}", "1")
                lines += ["", f'{place} test "{result.name}"', _indented(result.message)]
        if self.results:
            failed = len(self.results) - self.passed
            lines += ["", f"{self.passed} passed, {failed} failed"]
        return "\n".join([*lines, ""]) if lines else ""

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.color else text


def _name(workspace: Workspace) -> str:
    if (workspace.root / "flow.toml").is_file() or len(workspace.files) != 1:
        return str(workspace.root) if workspace.root.parts else "this workspace"
    return workspace.files[0].source.name


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.split("\n"))
