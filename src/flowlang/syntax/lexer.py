"""TEXT → LINES: lexemes grouped into logical lines with their indentation.

A logical line goes on inside parentheses, after `and`, `or` or a comma where the next line is
deeper, and where the next, deeper line begins with `and` or `or`.  After these words, and before
them, it does so too where the next line is just as deep, which is a mistake: nothing else can be
meant.  Words are told apart as keywords
or names later, by the reader, which knows what fits.
"""

from __future__ import annotations

import re
from typing import Any

from flowlang.source import Diagnostic, Findings, Source, Span
from flowlang.syntax import diagnostics as d
from flowlang.syntax.flaws import KINDS, Flaws
from flowlang.syntax.keywords import Keywords
from flowlang.syntax.lexeme import Lexeme, Line

MAX_LEXEMES = 2_000
"""In one logical line."""
MAX_CHARACTERS = 4_000_000
"""In one file."""
MAX_CONTINUATION = 200
"""Physical lines that an open parenthesis may span."""


_NAME = r"[^\W\d_]\w*(?:-\w+)*"
_DIGITS = r"\d{1,15}(?:\.\d{1,15})?"
_TOKEN = re.compile(
    rf"""[ \t\f\u00a0]*(?:
      (?P<NL>\n|\Z)
    | (?P<COMMENT>\#[^\n]*)
    | (?P<REF>{_NAME}(?:\.{_NAME})+)
    | (?P<WORD>{_NAME})
    | (?P<BLOCK>\"\"\"(?s:.*?)\"\"\")
    | (?P<OPEN_BLOCK>\"\"\")
    | (?P<STRING>"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*")
    | (?P<OPEN_STRING>"[^\n]*)
    | (?P<QUOTES>[“”„«»‟][^“”„«»‟"\n]*[“”„«»‟"]|['‘’‚][^'‘’‚\n]*['‘’])
    | (?P<DATETIME>\d{{4}}-\d{{1,2}}-\d{{1,2}}[ \t]+\d{{1,2}}:\d{{2}}(?![\d:]))
    | (?P<DATE>\d{{4}}-\d{{1,2}}-\d{{1,2}}(?!\d))
    | (?P<WRONG_DATE>\d{{1,2}}/\d{{1,2}}/\d{{4}}(?!\d)|\d{{1,2}}\.\d{{1,2}}\.(?:\d{{4}})?(?!\d))
    | (?P<TIME>\d{{1,2}}:\d{{2}}(?![\d:]))
    | (?P<PERCENT>(?<![\w)])-?{_DIGITS}[ ]?%)
    | (?P<GLUED>(?<![\w)])-?{_DIGITS}(?=[^\W\d_]))
    | (?P<NUMBER>(?<![\w)])-?{_DIGITS}(?![.\d]))
    | (?P<OP>!=|<=|>=|[=<>+*/(),-])
    | (?P<BAD>\d[\d.:]*|&&|\|\||[^\n])
    )""",
    re.VERBOSE,
)

_ODD = KINDS | {"OP", "OPEN_BLOCK"}


def lines(source: Source, words: Keywords, findings: Findings) -> list[Line]:
    """The logical lines of a text; what is wrong with its characters is reported."""
    return _Lines(source, words, findings).read()


class _Lines:
    def __init__(self, source: Source, words: Keywords, findings: Findings) -> None:
        self.source = source
        self.text = source.text
        self.joining = words.joining
        self.findings = findings
        self.words = words
        self.flaws = Flaws(source, words, findings)
        self.found: list[Line] = []
        self.lexemes: list[Lexeme] = []
        self.line_start = 0
        self.flawed = False

    def read(self) -> list[Line]:
        physical = self._physical()
        logical: list[Line] = []
        index = 0
        while index < len(physical):
            line = physical[index]
            base = line.width
            index = self._inside_parentheses(physical, index + 1, line, line)
            while index < len(physical) and self._goes_on(line, physical[index], base):
                added = physical[index]
                if added.width == base:
                    line.shallow += (added.start,)
                _join(line, added)
                index = self._inside_parentheses(physical, index + 1, line, added)
            line.end = line.lexemes[-1].end
            if len(line.lexemes) > MAX_LEXEMES:
                self._report(
                    d.LINE_TOO_LONG, line.start, line.lexemes[0].end, limit=f"{MAX_LEXEMES:,}"
                )
                line.lexemes = [Lexeme("BAD", "", line.start, line.end)]
                line.flawed = True
            logical.append(line)
        self.flaws.report_collected()
        return logical

    def _goes_on(self, line: Line, following: Line, base: int) -> bool:
        if following.width < base:
            return False
        last, first = line.lexemes[-1], following.lexemes[0]
        if last.kind == ",":
            return following.width > base
        return any(one.kind == "WORD" and one.text.lower() in self.joining for one in (last, first))

    def _inside_parentheses(self, physical: list[Line], index: int, line: Line, added: Line) -> int:
        """Take lines until the parentheses close; where they never do, say so and take none.

        `added` is the part of the line in which they may have opened.
        """
        depth = _depth(added.lexemes)
        if not depth:
            return index
        at = index
        while depth > 0 and at < len(physical) and at - index < MAX_CONTINUATION:
            for lexeme in physical[at].lexemes:
                depth += (lexeme.kind == "(") - (lexeme.kind == ")")
            at += 1
        if depth <= 0:
            for following in physical[index:at]:
                _join(line, following)
            return at
        opening = _unclosed(added.lexemes)
        self._report(d.UNCLOSED_PARENTHESIS, opening.start, opening.end)
        line.flawed = True
        return index

    def _physical(self) -> list[Line]:
        """The lines with something in them; a text block may reach over several of the text."""
        text = self.text
        if len(text) > MAX_CHARACTERS:
            self._report(d.FILE_TOO_LARGE, 0, 0, limit=f"{MAX_CHARACTERS:,}")
            return []
        # Where a text block is not closed, each has to be looked at: indentation tells which it is.
        odd = _ODD | {"BLOCK"} if text.count('"""') % 2 else _ODD
        at, resume = 0, -1
        while at != resume:
            resume = at
            for match in _TOKEN.finditer(text, resume):
                kind = match.lastgroup or ""
                if kind == "NL":
                    self._end_line(match.end())
                elif kind != "COMMENT":
                    start, end = match.span(kind)
                    if kind not in odd:
                        self.lexemes.append(Lexeme(kind, text[start:end], start, end))
                    elif (stop := self._odd(kind, start, end)) is not None:
                        at = stop
                        break
        return self.found

    def _end_line(self, following: int) -> None:
        if self.lexemes:
            first = self.lexemes[0].start
            lead = self.text[self.line_start : first]
            if "\t" in lead:
                lead = lead.replace("\t", "  ")
                self.flaws.tab(self.line_start, first, lead)
            glued, self.flaws.glued = self.flaws.glued, []
            end = self.lexemes[-1].end
            self.found.append(Line(len(lead), self.lexemes, first, end, self.flawed, tuple(glued)))
            self.lexemes = []
        self.flawed = False
        self.line_start = following

    def _odd(self, kind: str, start: int, end: int) -> int | None:
        """Take a token that needs a closer look; gives where to go on if it is not at its end."""
        if kind == "OP":
            return self._sign(start, end)
        if kind in ("OPEN_BLOCK", "BLOCK"):
            return self._block(start, end if kind == "BLOCK" else None)
        self.flawed = self.flaws.take(kind, start, end, self.lexemes) or self.flawed
        return self.flaws.resume or None

    def _sign(self, start: int, end: int) -> int | None:
        text = self.text
        sign = text[start:end]
        if not self.lexemes and text.startswith(("//", "--", "/*"), start):
            return self.flaws.comment(start)
        if sign == "-" and not text[start - 1 : end + 1 : 2].isspace():
            self.flaws.glued.append((start, end))
        self.lexemes.append(Lexeme(sign, sign, start, end))
        return None

    def _block(self, start: int, end: int | None) -> int:
        """A text block of a file in which one is not closed; gives where to go on.

        It is this one if a line within it is no deeper than the line it opens on.
        """
        text, lexemes = self.text, self.lexemes
        first = lexemes[0].start if lexemes else start
        width = len(text[self.line_start : first].replace("\t", "  "))
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
        self._report(d.UNCLOSED_STRING, start, start + 3, quotes='"""')
        stop = close if close >= 0 else len(text)
        lexemes.append(Lexeme("BLOCK", text[start:stop] + '\n"""', start, stop))
        return stop

    def _report(self, diagnostic: Diagnostic, start: int, end: int, **words: Any) -> None:
        span = Span(self.source, start, end)
        self.findings.report(diagnostic, span, **words)


def _depth(lexemes: list[Lexeme]) -> int:
    depth = 0
    for lexeme in lexemes:
        kind = lexeme[0]
        if kind == "(":
            depth += 1
        elif kind == ")" and depth:
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


def _join(line: Line, following: Line) -> None:
    line.lexemes += following.lexemes
    line.flawed = line.flawed or following.flawed
    line.glued += following.glued
