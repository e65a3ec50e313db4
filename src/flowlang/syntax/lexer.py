"""TEXT → LINES: lexemes grouped into logical lines with their indentation.

A logical line goes on inside parentheses, after `and`, `or` or a comma where the next line is deeper,
and where the next, deeper line begins with `and` or `or`.  Words are told apart as keywords or names
later, by the parser, which knows what fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from flowlang.source import Edit, Findings, Fix, Source, Span
from flowlang.syntax import diagnostics as d

MAX_LEXEMES = 2_000
"""In one logical line."""
MAX_CHARACTERS = 4_000_000
"""In one file."""
MAX_CONTINUATION = 1_000
"""Physical lines that an open parenthesis may span."""


class Lexeme(NamedTuple):
    """A piece of text.  `kind` is a value terminal of the grammar, `WORD`, or an operator's text."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line: its depth in columns and its lexemes."""

    width: int
    lexemes: list[Lexeme]
    start: int
    end: int
    """Offset behind the last lexeme, before a comment."""


_NAME = r"[^\W\d_]\w*(?:-\w+)*"
_TOKEN = re.compile(
    rf"""[ \t\f\u00a0]*(?:
      (?P<NL>\n)
    | (?P<COMMENT>\#[^\n]*)
    | (?P<REF>{_NAME}(?:\.{_NAME})+)
    | (?P<WORD>{_NAME})
    | (?P<BLOCK>\"\"\"(?s:.*?)\"\"\")
    | (?P<OPEN_BLOCK>\"\"\")
    | (?P<STRING>"(?:[^"\\\n]|\\[^\n])*")
    | (?P<OPEN_STRING>"[^\n]*)
    | (?P<QUOTES>[“”„«»‟][^“”„«»‟"\n]*[“”„«»‟"])
    | (?P<DATETIME>\d{{4}}-\d{{1,2}}-\d{{1,2}}[ \t]+\d{{1,2}}:\d{{2}}(?![\d:]))
    | (?P<DATE>\d{{4}}-\d{{1,2}}-\d{{1,2}}(?!\d))
    | (?P<TIME>\d{{1,2}}:\d{{2}}(?![\d:]))
    | (?P<PERCENT>(?<![\w)])-?\d+(?:\.\d+)?[ ]?%)
    | (?P<NUMBER>(?<![\w)])-?\d+(?:\.\d+)?(?![.\d]))
    | (?P<OP>!=|<=|>=|[=<>+*/(),-])
    | (?P<BAD>[^\n])
    )""",
    re.VERBOSE,
)

Joins = Callable[[str], bool]


def lines(source: Source, joins: Joins, findings: Findings) -> list[Line]:
    """The logical lines of a text.  `joins` tells whether a word is the language's `and` or `or`."""
    return _Lines(source, joins, findings).read()


class _Lines:
    def __init__(self, source: Source, joins: Joins, findings: Findings) -> None:
        self.source = source
        self.text = source.text
        self.joins = joins
        self.findings = findings
        self.tabs: list[Edit] = []
        self.bad_seen: set[str] = set()

    def read(self) -> list[Line]:
        physical = self._physical()
        logical: list[Line] = []
        index = 0
        while index < len(physical):
            line = physical[index]
            index += 1
            if _depth(line.lexemes):
                index = self._inside_parentheses(physical, index, line)
            base = line.width
            while index < len(physical) and physical[index].width > base and self._goes_on(line, physical[index]):
                line = _joined(line, physical[index])
                index += 1
                if _depth(line.lexemes):
                    index = self._inside_parentheses(physical, index, line)
            if line.lexemes:
                line = Line(line.width, line.lexemes, line.start, line.lexemes[-1].end)
            if len(line.lexemes) > MAX_LEXEMES:
                self._report(d.LINE_TOO_LONG, line.start, line.lexemes[0].end, limit=MAX_LEXEMES)
                line = Line(line.width, [Lexeme("BAD", "", line.start, line.end)], line.start, line.end)
            logical.append(line)
        if self.tabs:
            self.findings.report(d.TAB_INDENTATION, self.tabs[0].span, fix=Fix(tuple(self.tabs)))
        return logical

    def _goes_on(self, line: Line, following: Line) -> bool:
        last, first = line.lexemes[-1], following.lexemes[0]
        if last.kind == "," or (last.kind == "WORD" and self.joins(last.text)):
            return True
        return first.kind == "WORD" and self.joins(first.text)

    def _inside_parentheses(self, physical: list[Line], index: int, line: Line) -> int:
        """Take lines until the parentheses close; where they never do, say so and take none."""
        depth = _depth(line.lexemes)
        taken: list[Lexeme] = []
        at = index
        while depth > 0 and at < len(physical) and at - index < MAX_CONTINUATION:
            taken += physical[at].lexemes
            depth += sum((lexeme.kind == "(") - (lexeme.kind == ")") for lexeme in physical[at].lexemes)
            at += 1
        if depth <= 0:
            line.lexemes.extend(taken)
            return at
        opening = _unclosed(line.lexemes)
        self._report(d.UNCLOSED_PARENTHESIS, opening.start, opening.end)
        line.lexemes.append(Lexeme("BAD", "", line.lexemes[-1].end, line.lexemes[-1].end))
        return index

    def _physical(self) -> list[Line]:
        """The lines with something in them; a text block may reach over several lines of the text."""
        text = self.text
        found: list[Line] = []
        if len(text) > MAX_CHARACTERS:
            self._report(d.FILE_TOO_LARGE, 0, 0, limit=f"{MAX_CHARACTERS:,}")
            return found
        careful = text.count('"""') % 2 == 1
        lexemes: list[Lexeme] = []
        line_start = 0
        at: int | None = 0
        while at is not None:
            at, resume = None, at
            for match in _TOKEN.finditer(text, resume):
                kind = match.lastgroup or ""
                if kind == "NL":
                    if lexemes:
                        found.append(self._line(line_start, lexemes))
                        lexemes = []
                    line_start = match.end()
                    continue
                if kind == "COMMENT":
                    continue
                start, end = match.span(kind)
                if kind == "OP":
                    sign = text[start:end]
                    lexemes.append(Lexeme(sign, sign, start, end))
                elif kind == "OPEN_BLOCK" or (careful and kind == "BLOCK"):
                    at = self._block(start, end if kind == "BLOCK" else None, lexemes, line_start)
                    break
                elif kind in _SPECIAL:
                    self._special(kind, start, end, lexemes)
                else:
                    lexemes.append(Lexeme(kind, text[start:end], start, end))
        if lexemes:
            found.append(self._line(line_start, lexemes))
        return found

    def _block(self, start: int, end: int | None, lexemes: list[Lexeme], line_start: int) -> int:
        """A text block of a file in which one is not closed; gives where to go on.

        It is this one if a line within it is no deeper than the line it opens on.
        """
        text = self.text
        first = lexemes[0].start if lexemes else start
        width = len(text[line_start:first].replace("\t", "  "))
        close = text.find("\n", start)
        while 0 <= close < (len(text) if end is None else end):
            following = text.find("\n", close + 1)
            line = text[close + 1 : following if following >= 0 else len(text)]
            if line.strip() and line.strip() != '"""' and len(line) - len(line.lstrip()) <= width:
                break
            close = following
        if end is not None and not 0 <= close < end:
            lexemes.append(Lexeme("BLOCK", text[start:end], start, end))
            return end
        self._report(d.UNCLOSED_STRING, start, start + 3, quotes='\"\"\"')
        stop = close if close >= 0 else len(text)
        lexemes.append(Lexeme("BLOCK", text[start:stop] + '\n"""', start, stop))
        return stop

    def _line(self, start: int, lexemes: list[Lexeme]) -> Line:
        first = lexemes[0].start
        lead = self.text[start:first]
        if "\t" in lead:
            lead = lead.replace("\t", "  ")
            self.tabs.append(Edit(Span(self.source, start, first), lead))
        return Line(len(lead), lexemes, first, lexemes[-1].end)

    def _special(self, kind: str, start: int, end: int, lexemes: list[Lexeme]) -> None:
        text = self.text[start:end]
        if kind == "OPEN_STRING":
            fix = Fix((Edit(Span(self.source, end, end), '"'),), safe=False)
            span = Span(self.source, start, start + 1)
            self.findings.report(d.UNCLOSED_STRING, span, quotes='"', fix=fix)
            lexemes.append(Lexeme("STRING", text.rstrip("\\") + '"', start, end))
        elif kind == "QUOTES":
            right = '"' + text[1:-1].replace("\\", "\\\\") + '"'
            span = Span(self.source, start, end)
            self.findings.report(d.TYPOGRAPHIC_QUOTES, span, fix=Fix((Edit(span, right),)))
            lexemes.append(Lexeme("STRING", right, start, end))
        else:
            if text == "\ufffd":
                self._report(d.NOT_UTF8, start, end)
            elif text not in self.bad_seen:
                self.bad_seen.add(text)
                self._report(d.BAD_CHARACTER, start, end, what=_bad_character(text))
            lexemes.append(Lexeme("BAD", "", start, end))

    def _report(self, diagnostic: d.Diagnostic, start: int, end: int, **words: object) -> None:
        self.findings.report(diagnostic, Span(self.source, start, end), **words)


_SPECIAL = {"OPEN_STRING", "QUOTES", "BAD"}


def _bad_character(text: str) -> str:
    if text == "\0":
        return "a null byte has no place in a text"
    if text in "‘’'`":
        return 'texts stand in double quotes (")'
    if text in "{}[];":
        return f"`{text}` has no meaning here: flow has no braces and no semicolons, indentation is structure"
    if text == ":":
        return "no colon is needed here: the indented lines below say what belongs together"
    if text == "_":
        return "a name begins with a letter"
    shown = text if text.isprintable() and not text.isspace() else f"U+{ord(text):04X}"
    return f"`{shown}` has no meaning here"


def _depth(lexemes: list[Lexeme]) -> int:
    depth = 0
    for lexeme in lexemes:
        if lexeme.kind == "(":
            depth += 1
        elif lexeme.kind == ")" and depth:
            depth -= 1
    return depth


def _unclosed(lexemes: list[Lexeme]) -> Lexeme:
    open_ones: list[Lexeme] = []
    for lexeme in lexemes:
        if lexeme.kind == "(":
            open_ones.append(lexeme)
        elif lexeme.kind == ")" and open_ones:
            open_ones.pop()
    return open_ones[0]


def _joined(line: Line, following: Line) -> Line:
    return Line(line.width, line.lexemes + following.lexemes, line.start, following.end)
