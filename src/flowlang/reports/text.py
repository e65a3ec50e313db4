"""For people: each finding with its line, the place marked in it, and what could be done.

Colour is only ever added to what the plain text says as well.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from flowlang.source import Finding, Severity, Span

MAX_PER_FILE = 50
"""Findings that are shown of one file; how many more there are is said."""
MAX_COLUMNS = 110
"""Of a source line; of a longer one the part around the place is shown."""

_SEVERITIES: tuple[tuple[Severity, str], ...] = (
    ("error", "error"),
    ("warning", "warning"),
    ("info", "remark"),
)
_STYLES = {"error": "1;31", "warning": "1;33", "info": "1;36", "place": "1", "gutter": "34"}


def render(findings: Sequence[Finding], files: Sequence[str], *, color: bool = False) -> str:
    """All findings in order, and a last line that counts them."""
    return listing(findings, len(files), color=color)


def listing(findings: Sequence[Finding], files: int, *, color: bool = False) -> str:
    """The same for those who know how many files there were, and not which."""
    parts = [excerpts(findings, color=color), summary(findings, files)]
    return "\n\n".join(filter(None, parts)) + "\n"


def excerpts(findings: Sequence[Finding], *, color: bool = False) -> str:
    """All findings in order, and nothing else; no newline at the end."""
    paint = _Paint(color)
    parts: list[str] = []
    shown: Counter[str] = Counter()
    for finding in sorted(findings, key=lambda one: one.order):
        name = finding.span.source.name
        shown[name] += 1
        if shown[name] <= MAX_PER_FILE:
            parts.append("\n".join(_finding(finding, paint)))
    parts += [
        f"{name}: {count - MAX_PER_FILE} more findings in this file are not shown"
        for name, count in sorted(shown.items())
        if count > MAX_PER_FILE
    ]
    return "\n\n".join(parts)


def summary(findings: Sequence[Finding], files: int) -> str:
    """How many findings of each severity there are, in how many files."""
    where = _counted(files, "file")
    if not findings:
        return f"Nothing found in {where}."
    counts = Counter(finding.severity for finding in findings)
    severities = [
        text
        for severity, word in _SEVERITIES
        if (text := _counted(counts[severity], word)) and counts[severity]
    ]
    return f"{', '.join(severities)} in {where}{_fixes(findings)}."


def _fixes(findings: Sequence[Finding]) -> str:
    """How many can be mended by which options."""
    fixes = [finding.fix for finding in findings if finding.fix]
    safe = sum(fix.safe for fix in fixes)
    unsafe = len(fixes) - safe
    told = f"; {safe} can be fixed by `flow check --fix`" if safe else ""
    if unsafe:
        more = f"{unsafe} more" if safe else f"{unsafe}"
        told += f"; {more} can be fixed by `flow check --fix --unsafe-fixes`"
    return told


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


class _Paint:
    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.on else text


def _finding(finding: Finding, paint: _Paint) -> Iterator[str]:
    diagnostic = finding.diagnostic
    severity = paint(finding.severity, finding.severity)
    place = paint(_place(finding.span), "place")
    yield f"{place} {severity} {diagnostic.code} {diagnostic.name}: {printable(finding.message)}"
    yield from _excerpt(finding.span, finding.severity, paint)
    if finding.hint:
        yield f"  hint: {printable(finding.hint)}"
    for span, sentence in finding.also:
        yield f"  {paint(_place(span), 'place')}: {printable(sentence)}"
        yield from _excerpt(span, "place", paint)
    if finding.test:
        yield "  a contact that comes there, as a test:"
        yield from (f"    {printable(line)}".rstrip() for line in finding.test.splitlines())


def one_line(finding: Finding) -> str:
    """Where it is and what, without an excerpt."""
    diagnostic = finding.diagnostic
    told = f"{diagnostic.code} {diagnostic.name}: {printable(finding.message)}"
    return f"{_place(finding.span)} {finding.severity} {told}"


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
