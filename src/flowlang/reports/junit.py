"""For CI servers that show tests: JUnit XML, a test case for each file, or for each `test` block.

There is no standard; this is what Jenkins, GitLab and GitHub actions read in common
(https://github.com/testmoapp/junitxml).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from flowlang.reports.text import SEVERITIES
from flowlang.source import Finding
from flowlang.speech import ENGLISH, in_language, tr

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Case:
    """One test case: passed where no failure is given."""

    name: str
    suite: str
    """What groups cases: a file."""
    line: int = 0
    failures: tuple[tuple[str, str, str], ...] = ()
    """Type, one line, and all there is to say."""
    could_run: bool = True
    """Without, its failures are errors: nothing is known of what it would have shown."""
    language: str = ENGLISH


def render(findings: Sequence[Finding], files: Sequence[str], *, color: bool = False) -> str:
    """A case for each file that was looked at or in which something was found.

    A remark is no failure.
    """
    failures: dict[str, list[Finding]] = {name: [] for name in sorted(files)}
    for finding in sorted(findings, key=lambda one: one.order):
        found = failures.setdefault(finding.span.source.name, [])
        if finding.severity != "info":
            found.append(finding)
    return document(
        "flow check",
        (
            Case(
                name,
                name,
                failures=tuple(map(_failure, found)),
                language=found[0].language if found else ENGLISH,
            )
            for name, found in failures.items()
        ),
    )


def not_run(findings: Iterable[Finding]) -> Iterator[Case]:
    """A case for each file with errors, whose tests could not run for that."""
    errors = (one for one in findings if one.severity == "error")
    by_file = groupby(
        sorted(errors, key=lambda one: one.order), key=lambda one: one.span.source.name
    )
    for name, found in by_file:
        own = list(found)
        failures = tuple(map(_failure, own))
        yield Case(name, name, failures=failures, could_run=False, language=own[0].language)


def document(name: str, cases: Iterable[Case]) -> str:
    """Cases as an XML document, those of one suite together; `cases` come in such an order."""
    suites = [(suite, list(own)) for suite, own in groupby(cases, key=lambda case: case.suite)]
    everything = [case for _, own in suites for case in own]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites name={_quoted(name)} {_counts(everything)}>",
    ]
    for suite, own in suites:
        lines.append(f"  <testsuite name={_quoted(suite)} {_counts(own)}>")
        lines += [line for case in own for line in _case(case)]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _failure(finding: Finding) -> tuple[str, str, str]:
    line, column = finding.span.source.position(finding.span.start)
    place = f"{finding.span.source.name}:{line}:{column}"
    told = tr("hint: {hint}", hint=finding.hint).in_(finding.language)
    hint = f"\n{told}" if finding.hint else ""
    severity = in_language(SEVERITIES[finding.severity], finding.language)
    told = f"{place} {severity} {finding.diagnostic.code}: {finding.message}{hint}"
    short = tr("line {number}: {what}", number=line, what=finding.message).in_(finding.language)
    return finding.diagnostic.name, short, told


def _counts(cases: Sequence[Case]) -> str:
    failed = sum(bool(case.failures) and case.could_run for case in cases)
    errors = sum(not case.could_run for case in cases)
    return f'tests="{len(cases)}" failures="{failed}" errors="{errors}" skipped="0"'


def _case(case: Case) -> Iterable[str]:
    line = f' line="{case.line}"' if case.line else ""
    head = (
        f"    <testcase name={_quoted(case.name)} classname={_quoted(case.suite)}"
        f" file={_quoted(case.suite)}{line}"
    )
    if not case.failures:
        yield f"{head}/>"
        return
    yield f"{head}>"
    # One failure a case is what all readers take: the first names it, the text has them all.
    kind, message, _ = case.failures[0]
    if more := len(case.failures) - 1:
        message = tr("{message} (and {count} more)", message=message, count=more).in_(case.language)
    told = escape(_clean("\n".join(told for _, _, told in case.failures)))
    tag = "failure" if case.could_run else "error"
    yield f"      <{tag} type={_quoted(kind)} message={_quoted(message)}>{told}</{tag}>"
    yield "    </testcase>"


def _quoted(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    """A text without what XML cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)
