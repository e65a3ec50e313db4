"""Run the `test` blocks."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flowlang.cli import FOUND, paths, terminal
from flowlang.speech import tr

if TYPE_CHECKING:
    from flowlang.cli.coverage import Measured
    from flowlang.coverage.suggesting import Suggested
    from flowlang.engine.testing import Result, Script, Stage
    from flowlang.program.program import Program
    from flowlang.source import Finding
    from flowlang.workspace import Workspace


def _percent(ctx: click.Context, parameter: click.Parameter, given: float | None) -> float | None:
    # A range lets through what is no number: it is neither above nor below.
    if given is not None and not math.isfinite(given):
        raise click.BadParameter(tr("a number from 0 to 100 is asked for"))
    return given


@click.command(epilog='Example: flow test campaigns -k "coupon halted"')
@click.argument("path", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "-k", "words", metavar="WORDS", default="", help="Only tests whose name has all these words."
)
@click.option(
    "--coverage", is_flag=True, help="Tell which ways through each campaign the tests have walked."
)
@click.option(
    "--fail-under", metavar="PERCENT", type=click.FloatRange(0, 100), callback=_percent,
    help="Exit code 1 where less than that is walked.",
)  # fmt: skip
@click.option(
    "--suggest", is_flag=True,
    help="Print tests for the ways that are not walked; all else goes to stderr.",
)  # fmt: skip
@click.option("--seed", type=int, default=0, help="Another search for tests to suggest.")
@click.option(
    "--output-format", type=click.Choice(["text", "json", "junit"]), default="text",
    show_default=True, help="How the outcome is written.",
)  # fmt: skip
def test(
    path: tuple[Path, ...],
    words: str,
    coverage: bool,
    fail_under: float | None,
    suggest: bool,
    seed: int,
    output_format: str,
) -> int:
    """Run the `test` blocks of the workspaces that each PATH belongs to; `-` is standard input.

    Nothing leaves the machine and no store is touched. A coupon list holds the codes of its file
    where a test gives none. Exit code 1 where a test fails, a file has errors, or a workspace has
    no test at all. A way is a start, an outcome of a step (each branch, a time-out, a send that
    does not go out, ...), or a setting that ends runs.
    """
    if output_format == "junit" and (coverage or suggest):
        raise click.UsageError(tr("junit holds the results only, no --coverage and no --suggest"))
    listens = coverage or suggest or fail_under is not None
    run = _Run(
        words.casefold().split(), terminal.colored() and output_format == "text", listens=listens
    )
    for workspace in paths.below(path):
        run.workspace(workspace)
    if run.selected == 0 and run.words and not run.code:
        terminal.talk(tr("no test has these words in its name: {words}", words=words))
        run.code = FOUND
    outcome = _Outcome(run, coverage=coverage, seed=seed if suggest else None)
    if output_format == "json":
        outcome.tell_as_json()
    elif output_format == "junit":
        terminal.write(_as_junit(run.results, run.broken))
    else:
        outcome.tell_as_text()
    return outcome.code(fail_under)


class _Run:
    """The tests that have run so far."""

    def __init__(self, words: list[str], color: bool, *, listens: bool) -> None:
        self.words = words
        self.color = color
        self.listens = listens
        self.measured: list[tuple[Measured, dict[str, tuple[str, ...]]]] = []
        """Where someone listens: each workspace, and the codes of its files."""
        self.results: list[Result] = []
        self.broken: list[Finding] = []
        """What was found in workspaces with errors, whose tests could not run."""
        self.selected = 0
        self.code = 0

    def workspace(self, workspace: Workspace) -> None:
        """Run the tests of one workspace; with errors in it none can run."""
        program = workspace.runnable
        if program is None:
            found = workspace.findings.in_order()
            paths.show_findings(found, len(workspace.files))
            self.broken += found
            self.code = FOUND
            return
        if not workspace.tests:
            terminal.talk(tr("{name}: there is no test", name=_name(workspace)))
            self.code = FOUND
        chosen = [script for script in workspace.tests if self._is_meant(script)]
        self.selected += len(chosen)
        if not chosen and not self.listens:
            return
        codes = self._codes(program)
        stage = self._stage(workspace, program, codes)
        for script in chosen:
            result = script.run(program, codes, stage)
            self.results.append(result)
            if not result.passed:
                self.code = FOUND

    def _codes(self, program: Program) -> dict[str, tuple[str, ...]]:
        """What the coupon lists of a program hold by their own files."""
        if not any(coupons.path for coupons in program.names.coupons.values()):
            return {}
        from flowlang.cli.codes import of_files

        codes, wrong = of_files(program)
        for file, problem in wrong:
            terminal.talk(terminal.printable(problem.told(file)))
            self.code = FOUND if problem.severity == "error" else self.code
        return codes

    def _stage(
        self, workspace: Workspace, program: Program, codes: dict[str, tuple[str, ...]]
    ) -> Stage:
        """What makes the worlds of tests; where someone listens, he hears what happens there."""
        from flowlang.engine.play import Play

        if not self.listens:
            return Play.of
        from flowlang.cli.coverage import Measured

        measured = Measured.of(workspace, program)
        self.measured.append((measured, codes))
        return measured.recorder.stage

    def _is_meant(self, script: Script) -> bool:
        name = script.name.casefold()
        return all(word in name for word in self.words)

    @property
    def passed(self) -> int:
        return sum(result.passed for result in self.results)

    def data(self) -> dict[str, Any]:
        """The outcome as JSON data."""
        return {
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

    def as_text(self) -> str:
        """A line for each test, then each failure with what was so instead, then the counts."""
        lines: list[str] = []
        file = ""
        for result in self.results:
            if result.file != file:
                file = result.file
                lines.append(file)
            good, bad = terminal.told(tr("passed")), terminal.told(tr("FAILED"))
            mark = self._paint(good, "32") if result.passed else self._paint(bad, "1;31")
            lines.append(f"  {mark}  {result.name}")
        for result in self.results:
            if not result.passed:
                place = self._paint(f"{result.file}:{result.line}", "1")
                head = terminal.told(tr('{place} test "{name}"', place=place, name=result.name))
                lines += ["", head, _indented(terminal.told(result.message))]
        if self.results:
            failed = len(self.results) - self.passed
            counts = tr("{passed:,} passed, {failed:,} failed", passed=self.passed, failed=failed)
            lines += ["", terminal.told(counts)]
        return "\n".join([*lines, ""]) if lines else ""

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.color else text


class _Outcome:
    """What is told of a run: its results, the coverage, the tests to add."""

    def __init__(self, run: _Run, *, coverage: bool, seed: int | None) -> None:
        self.run = run
        self.shows_coverage = coverage
        self.coverage = [measured.coverage for measured, _ in run.measured]
        self.suggests = seed is not None
        self.suggested: list[Suggested] = [
            measured.suggest(codes, seed) for measured, codes in run.measured if seed is not None
        ]

    def tell_as_json(self) -> None:
        """One object."""
        data = self.run.data()
        if self.shows_coverage:
            from flowlang.cli.coverage import as_data

            data["coverage"] = as_data(self.coverage)
        if self.suggests:
            from flowlang.cli.coverage import suggested_as_data

            data["suggested"] = [suggested_as_data(one) for one in self.suggested]
        terminal.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")

    def tell_as_text(self) -> None:
        """For people; where tests are suggested, they alone are the data."""
        told = self.run.as_text()
        if self.shows_coverage and self.coverage:
            from flowlang.cli.coverage import as_text

            told = f"{told}\n{as_text(self.coverage)}" if told else as_text(self.coverage)
        if not self.suggests:
            terminal.write(told)
            return
        from flowlang.cli.coverage import left_as_text

        if told:
            terminal.talk(told.rstrip("\n"))
        for one in self.suggested:
            for line in left_as_text(one):
                terminal.talk(terminal.printable(line))
        terminal.write("\n".join(one.text for one in self.suggested if one.text))

    def code(self, fail_under: float | None) -> int:
        """The exit code; where too little is walked, that is told."""
        if fail_under is not None and self.coverage:
            from flowlang.cli.coverage import total

            walked = total(self.coverage)
            if walked < fail_under:
                terminal.talk(
                    tr(
                        "{walked:g}% of the ways are walked, less than {fail_under:g}%",
                        walked=walked,
                        fail_under=fail_under,
                    )
                )
                return FOUND
        return self.run.code


def _as_junit(results: list[Result], broken: list[Finding]) -> str:
    """A test case for each test, those of a file together, and one for each file with errors."""
    from flowlang.reports.junit import Case, document, not_run

    cases = [
        Case(
            one.name,
            one.file,
            one.line,
            () if one.passed else (("failed", one.message.split("\n", 1)[0], one.message),),
        )
        for one in results
    ]
    return document("flow test", [*cases, *not_run(broken)])


def _name(workspace: Workspace) -> str:
    if (workspace.root / "flow.toml").is_file() or len(workspace.files) != 1:
        return str(workspace.root) if workspace.root.parts else tr("this workspace")
    return workspace.files[0].source.name


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.split("\n"))
