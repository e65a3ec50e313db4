"""Findings about a path, and the test that shows each: what `flow check` prints, put in a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flowlang.coverage import showing
from flowlang.lsp.checked import Checked, same_text
from flowlang.source import Edit, Finding, Source, Span


def insertions(
    checked: Checked, source: Source, findings: Iterable[Finding]
) -> Iterator[tuple[Finding, Edit]]:
    """Of those findings that are about a path of a campaign in a text, the edit that puts a test
    below it in which a contact walks that path.

    None where the workspace cannot be run, where no such test is found soon, and where it stands
    there already.
    """
    program = checked.workspace.runnable
    files = checked.workspace.files
    parsed = next((one for one in files if same_text(one.source, source)), None)
    if program is None or parsed is None:
        return
    names = {test.name for test in checked.workspace.tests}
    for finding in findings:
        if finding.walk is None:
            continue
        test = showing.test_of(finding.walk, program, parsed.language)
        if test and not any(f'"{name}"' in test.split("\n", 1)[0] for name in names):
            yield finding, _below(source, test)


def _below(source: Source, test: str) -> Edit:
    """A test behind all that stands in a text, with an empty line between."""
    end = len(source.text)
    between = "" if not source.text.strip() else "\n" if source.text.endswith("\n") else "\n\n"
    return Edit(Span(source, end, end), f"{between}{test.rstrip()}\n")
