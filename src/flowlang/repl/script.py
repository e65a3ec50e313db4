"""LINES OF A TEST: read with the one parser, laid out by the one formatter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from flowlang.calendar import instant, local
from flowlang.source import Finding, Findings, Source
from flowlang.speech import in_language, tr, why
from flowlang.syntax import diagnostics as d
from flowlang.syntax import keywords, scripts
from flowlang.syntax.format import FormatError, format_source
from flowlang.syntax.keywords import Keywords
from flowlang.syntax.parser import Parsed, parse
from flowlang.syntax.values import string

INDENT = "  "
NAME = "<session>"


class Wrong(Exception):
    """A line that cannot be done: what is wrong with it, for a person, and what would help."""

    def __init__(self, message: str, hint: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        """In one line."""
        self.hint = hint
        self.detail = detail
        """What stands below it, as it is laid out."""

    def in_(self, language: str) -> tuple[str, str]:
        """Message and hint in a language."""
        return in_language(self.message, language), in_language(self.hint, language)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a test in its canonical layout, with what stands below it."""

    text: str
    node: scripts.ScriptLine = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Tongue:
    """The language that a session speaks, and the zone of its clock."""

    words: Keywords
    zone: ZoneInfo

    def word(self, terminal: str) -> str:
        return self.words.word(terminal)

    def clock(self, moment: datetime) -> str:
        """A moment as a line writes it."""
        shown = local(moment, self.zone)
        return f"{shown.date().isoformat()} {shown:%H:%M}"

    def to(self, moment: str) -> str:
        """The words that move the clock to a moment as it was typed, a date or more."""
        kind = "DATE" if _DATE.fullmatch(moment) else "DATETIME"
        word = self.words.written.get("_AT", {}).get(kind) or self.word("_AT")
        return f"{word} {moment}"

    def at(self, moment: datetime, now: datetime | None) -> str:
        """The words that move the clock to a moment."""
        shown = local(moment, self.zone)
        wall = shown.time().replace(second=0, microsecond=0)
        if now is None or instant(shown.date(), wall, self.zone) == moment:
            return self.to(self.clock(moment))
        # A wall time that exists twice means the first: the second is only so long after now.
        minutes = int((moment - now).total_seconds()) // 60
        unit = self.words.spelling["UNIT", "minute"]
        return f"{self.word('_AFTER')} {minutes} {unit[min(1, len(unit) - 1)]}"


def quoted(text: str) -> str:
    """A text as the language writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n") + '"'


_STEERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")


def plain(text: str) -> bool:
    """Whether a file may hold a text: nothing in it steers a terminal."""
    return _STEERS.search(text) is None


_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"')


def named(text: str) -> str:
    """A name as it was typed, in quotes or without."""
    typed = text.strip()
    return string(typed) if _QUOTED.fullmatch(typed) else typed.strip('"')


def indented(text: str) -> str:
    """A text one level deeper."""
    return "\n".join(f"{INDENT}{line}".rstrip() for line in text.split("\n"))


def read_lines(text: str, language: str) -> list[Line]:
    """The lines of a test that a text holds, each in its canonical layout.  Raises Wrong."""
    return translated(text, language, language)


def translated(text: str, spoken: str, language: str) -> list[Line]:
    """The lines of a test that a text holds, in another language.  Raises Wrong."""
    if not text.strip():
        return []
    parsed = _parsed(text, spoken)
    nodes = [
        line
        for item in parsed.tree.items
        if isinstance(item, scripts.Test)
        for line in item.lines or ()
    ]
    try:
        laid_out = format_source(parsed, language, language)
    except FormatError as failure:
        if spoken != language:
            raise Wrong(
                tr("this cannot be said in another language: {why}", why=why(failure))
            ) from None
        # The parser has read it, so it can be kept as it was typed.
        return [Line(node.span.text.strip(), node) for node in nodes]
    found = list(_logical(laid_out))
    return [Line(shown, node) for shown, node in zip(found, nodes, strict=True)]


def _parsed(text: str, language: str) -> Parsed:
    words = keywords.load(language)
    findings = Findings()
    source = Source(NAME, f'{words.word("_TEST")} "x"\n{indented(text)}\n')
    parsed = parse(source, findings, language)
    refuse(findings)
    return parsed


def refuse(findings: Findings) -> None:
    """Raise Wrong for the first error among findings."""
    for finding in findings.in_order():
        if finding.severity == "error":
            raise Wrong(*_told(finding))


def _told(finding: Finding) -> tuple[str, str]:
    if finding.diagnostic.code == d.OTHER_LANGUAGE.code:
        return tr("this is another language than that of the session"), ""
    return finding.message, finding.hint


def _logical(text: str) -> Iterator[str]:
    """The lines of the only test in a text, with what is deeper; comments of their own left out."""
    lines: list[str] = []
    for line in text.split("\n"):
        if line.startswith(INDENT) and not line.startswith(f"{INDENT} "):
            if lines:
                yield "\n".join(lines).rstrip()
            lines = [] if line.lstrip().startswith("#") else [line.removeprefix(INDENT)]
        elif lines and (line.startswith(INDENT) or not line):
            lines.append(line.removeprefix(INDENT))
    if lines:
        yield "\n".join(lines).rstrip()


def before_whom(node: scripts.ScriptLine) -> int | None:
    """Where in its source a line would say of whom it speaks; None where it cannot."""
    match node:
        case scripts.Moving(action=part) if part is not None:
            return int(part.span.end)
        case scripts.Expect(what=part) | scripts.GivenEvent(at=part):
            return int(part.span.end)
    return None
