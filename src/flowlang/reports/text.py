"""For people: each finding with its line, the place marked in it, and what could be done.

Colour is only ever added to what the plain text says as well.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from flowlang.source import Finding, Severity, Span
from flowlang.speech import ENGLISH, Text, in_language, joined, tr, tr_n

MAX_PER_FILE = 50
"""Findings that are shown of one file; how many more there are is said."""
MAX_COLUMNS = 110
"""Of a source line; of a longer one the part around the place is shown."""

SEVERITIES: dict[Severity, str] = {
    "error": tr("error"),
    "warning": tr("warning"),
    "info": tr("info"),
}
_STYLES = {"error": "1;31", "warning": "1;33", "info": "1;36", "place": "1", "gutter": "34"}


def render(findings: Sequence[Finding], files: Sequence[str], *, color: bool = False) -> str:
    """All findings in order, and a last line that counts them."""
    return listing(findings, len(files), color=color)


def listing(
    findings: Sequence[Finding], files: int, *, color: bool = False, language: str = ENGLISH
) -> str:
    """The same for those who know how many files there were, and not which; the last line is in a
    language, and each finding in that of its file.
    """
    parts = [excerpts(findings, color=color), summary(findings, files).in_(language)]
    return "\n\n".join(filter(None, parts)) + "\n"


def excerpts(findings: Sequence[Finding], *, color: bool = False) -> str:
    """All findings in order, and nothing else; no newline at the end."""
    paint = _Paint(color)
    parts: list[str] = []
    shown: Counter[str] = Counter()
    languages = {finding.span.source.name: finding.language for finding in findings}
    for finding in sorted(findings, key=lambda one: one.order):
        name = finding.span.source.name
        shown[name] += 1
        if shown[name] <= MAX_PER_FILE:
            parts.append("\n".join(_finding(finding, paint)))
    parts += [
        tr(
            "{name}: {count} more findings in this file are not shown",
            name=name,
            count=count - MAX_PER_FILE,
        ).in_(languages[name])
        for name, count in sorted(shown.items())
        if count > MAX_PER_FILE
    ]
    return "\n\n".join(parts)


def summary(findings: Sequence[Finding], files: int) -> Text:
    """How many findings of each severity there are, in how many files."""
    where = tr_n("{count} file", "{count} files", files)
    if not findings:
        return tr("Nothing found in {files}.", files=where)
    counts = Counter(finding.severity for finding in findings)
    severities = [
        tr_n("{count} error", "{count} errors", counts["error"]),
        tr_n("{count} warning", "{count} warnings", counts["warning"]),
        tr_n("{count} remark", "{count} remarks", counts["info"]),
    ]
    found = joined(one for one in severities if one.parts["count"])
    return tr("{found} in {files}{fixes}.", found=found, files=where, fixes=_fixes(findings))


def _fixes(findings: Sequence[Finding]) -> str:
    """How many can be mended by which options."""
    fixes = [finding.fix for finding in findings if finding.fix]
    safe = sum(fix.safe for fix in fixes)
    unsafe = len(fixes) - safe
    told = []
    if safe:
        told.append(tr("; {count} can be fixed by `flow check --fix`", count=safe))
    if unsafe and safe:
        told.append(
            tr("; {count} more can be fixed by `flow check --fix --unsafe-fixes`", count=unsafe)
        )
    elif unsafe:
        told.append(tr("; {count} can be fixed by `flow check --fix --unsafe-fixes`", count=unsafe))
    return joined(told, "")


class _Paint:
    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.on else text


def _finding(finding: Finding, paint: _Paint) -> Iterator[str]:
    diagnostic, language = finding.diagnostic, finding.language
    severity = paint(in_language(SEVERITIES[finding.severity], language), finding.severity)
    place = paint(_place(finding.span), "place")
    yield f"{place} {severity} {diagnostic.code} {diagnostic.name}: {printable(finding.message)}"
    yield from _excerpt(finding.span, finding.severity, paint)
    if finding.hint:
        yield "  " + tr("hint: {hint}", hint=printable(finding.hint)).in_(language)
    for span, sentence in finding.also:
        yield f"  {paint(_place(span), 'place')}: {printable(sentence)}"
        yield from _excerpt(span, "place", paint)
    if finding.test:
        yield "  " + tr("a contact that comes there, as a test:").in_(language)
        yield from (f"    {printable(line)}".rstrip() for line in finding.test.splitlines())


def one_line(finding: Finding) -> str:
    """Where it is and what, without an excerpt."""
    diagnostic = finding.diagnostic
    told = f"{diagnostic.code} {diagnostic.name}: {printable(finding.message)}"
    severity = in_language(SEVERITIES[finding.severity], finding.language)
    return f"{_place(finding.span)} {severity} {told}"


def _place(span: Span) -> str:
    line, column = span.source.position(span.start)
    return f"{span.source.name}:{line}:{column}"


def _excerpt(span: Span, style: str, paint: _Paint) -> Iterator[str]:
    """The line of a place with the place marked; of a place of several lines, the first."""
    number, column = span.source.position(span.start)
    line = span.source.line(number)
    first = column - 1
    last = min(max(first + span.end - span.start, first + 1), max(len(line), first + 1))
    cut = max(0, min(first - MAX_COLUMNS // 3, len(line) - MAX_COLUMNS))
    before, inside = printable(line[cut:first]), printable(line[first:last])
    after = printable(line[last : cut + MAX_COLUMNS])
    if cut:
        before = "…" + before
    if len(line) > cut + MAX_COLUMNS:
        inside = inside[:MAX_COLUMNS]
        after += "…"
    gutter = paint(f"{number:>5} |", "gutter")
    empty = paint(f"{'':>5} |", "gutter")
    marks = "^" * max(columns(inside), 1)
    yield f"{gutter} {before}{inside}{after}".rstrip()
    yield f"{empty} {' ' * columns(before)}{paint(marks, style)}"


def printable(text: str) -> str:
    """A text without what would move a terminal's cursor or reorder what it shows."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character == "\t":
        return "    "
    if ord(character) < 0x20:
        return chr(0x2400 + ord(character))
    category = unicodedata.category(character)
    return "\ufffd" if category in ("Cc", "Cf", "Zl", "Zp", "Cs") else character


def columns(text: str) -> int:
    """How many columns a terminal needs for a text."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )
