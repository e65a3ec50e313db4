"""LINES → TREE: every word becomes a keyword or a name as it fits, line by line.

A line that does not parse goes to `recovery`; only what that cannot mend is given up, and the lines
below go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flowlang.source import Findings, Source, Span
from flowlang.syntax import diagnostics as d
from flowlang.syntax import keywords, recovery, values
from flowlang.syntax.declarations import File
from flowlang.syntax.keywords import Keywords, Phrase
from flowlang.syntax.lexer import Lexeme, Line, lines
from flowlang.syntax.machine import Entry, Machine
from flowlang.syntax.tree import Token

MAX_LEVELS = 50
"""Of indentation."""


class Piece(NamedTuple):
    """How a keyword or value stands in the text: what the formatter and the editor work on."""

    terminal: str
    value: Any
    start: int
    end: int
    language: str = ""
    """Of a keyword; empty for everything else."""


@dataclass(slots=True)
class Parsed:
    """A file's tree, and what the tools around it need besides."""

    source: Source
    tree: File
    language: str
    pieces: list[Piece]
    lines: list[Line]
    bad_lines: list[Span] = field(default_factory=list)
    """Lines that were given up; what a declaration around one lacks may have stood there."""
    sound: bool = True
    """Every line was read as it stands: nothing was found but what is a matter of layout."""


def parse(source: Source, findings: Findings, language: str = "en") -> Parsed:
    """The tree of a text.  Never fails: what cannot be read becomes findings.

    `language` is the workspace's; the first line of the file may say another.
    """
    before = len(findings.found)
    parsed = Parser(source, findings, language).parse()
    parsed.sound = _sound(source, findings, before)
    return parsed


def _sound(source: Source, findings: Findings, before: int) -> bool:
    if any(finding.diagnostic not in _LAYOUT for finding in findings.found[before:]):
        return False
    # What could not be decoded was found before the parser saw the text.
    return "\ufffd" not in source.text or not any(
        finding.diagnostic is d.NOT_UTF8 and finding.span.source is source
        for finding in findings.found
    )


_LAYOUT = (d.TAB_INDENTATION, d.TYPOGRAPHIC_QUOTES)


class Failure(NamedTuple):
    """Where a line stopped making sense."""

    index: int
    """Of the lexeme; the number of lexemes where the line ended too early."""
    stack: Entry
    before: Entry
    """The stack before the last word, and that word's index: for phrases begun and not ended."""
    before_index: int


class Parser:
    """The parse of one file: lines in, the machine's tokens out."""

    def __init__(self, source: Source, findings: Findings, language: str) -> None:
        self.source = source
        self.text = source.text
        self.findings = findings
        self.machine = Machine(source)
        self.pieces: list[Piece] = []
        self.bad_lines: list[Span] = []
        self.words = self._language(language)
        self.reserved = keywords.reserved(self.words.code)

    def _language(self, default: str) -> Keywords:
        found = keywords.language_line(self.text)
        if found is None:
            return keywords.load(default)
        code, start = found
        if code in keywords.languages():
            return keywords.load(code)
        known = ", ".join(f"`{one}` ({keywords.load(one).name})" for one in keywords.languages())
        self.report(d.UNKNOWN_LANGUAGE, start, start + len(code), code=code, known=known)
        return keywords.load(default)

    # -------------------------------------------------------------- the file

    def parse(self) -> Parsed:
        found = lines(self.source, self._joins, self.findings)
        shift = self.machine.shift
        levels: list[tuple[int, bool]] = [(0, True)]
        skip: int | None = None
        for line in found:
            if skip is not None:
                if line.width > skip:
                    continue
                skip = None
            if not self._indentation(line, levels):
                skip = levels[-1][0]
                continue
            if not self._line(line) and self._give_up(line):
                skip = line.width
        for _, real in reversed(levels[1:]):
            if real:
                shift("_DEDENT", None, None, self.machine.end)
        tree = self.machine.finish()
        if not isinstance(tree, File):
            raise TypeError(f"not a file: {tree!r}")
        return Parsed(self.source, tree, self.words.code, self.pieces, found, self.bad_lines)

    def _joins(self, word: str) -> bool:
        some = self.words.phrases.get(word.lower(), ())
        return any(phrase.terminal in ("_AND", "_OR") for phrase in some)

    def _indentation(self, line: Line, levels: list[tuple[int, bool]]) -> bool:
        """Open and close blocks before a line; False where the line is too deep to be read."""
        machine = self.machine
        if line.width > levels[-1][0]:
            if len(levels) > MAX_LEVELS:
                self.report(d.NESTED_TOO_DEEP, line.start, line.end, limit=MAX_LEVELS)
                return False
            machine.begin_line()
            real = machine.shift("_INDENT", None, None, machine.end)
            if not real:
                self.report(d.UNEXPECTED_INDENT, line.start, line.end)
            levels.append((line.width, real))
            return True
        closed = False
        while line.width < levels[-1][0]:
            if levels.pop()[1]:
                machine.begin_line()
                machine.shift("_DEDENT", None, None, machine.end)
                closed = True
        if line.width > levels[-1][0]:
            if closed:
                self.report(d.INCONSISTENT_INDENT, line.start, line.end)
            levels.append((line.width, False))
        return True

    def _line(self, line: Line) -> bool:
        """Parse a line, mended where it must be; False where it has to be given up."""
        self.machine.begin_line()
        start, pieces = self.machine.stack, len(self.pieces)
        failure = self.feed(line.lexemes, self.words)
        if failure is None or recovery.mended(self, line, failure, start, pieces):
            return True
        self.back(start, pieces)
        return False

    def _give_up(self, line: Line) -> bool:
        """Put a mark in the place of a line; True where the lines below it are lost too."""
        machine = self.machine
        machine.shift("_BAD_LINE", None, line.start, line.end)
        machine.shift("_NL", None, None, line.end)
        self.bad_lines.append(Span(self.source, line.start, line.end))
        return not machine.can_shift(machine.stack, "_INDENT")

    # -------------------------------------------------------------- one line

    def feed(self, lexemes: list[Lexeme], words: Keywords) -> Failure | None:
        """Shift the tokens of a line and its end; says where that stops working, if it does."""
        machine = self.machine
        skip = -1
        before, before_index = machine.stack, 0
        for index, lexeme in enumerate(lexemes):
            if lexeme[2] < skip:
                continue
            last = machine.stack
            stop = self.take(lexemes, index, words)
            if stop is None:
                return Failure(index, last, before, before_index)
            skip = stop
            before, before_index = last, index
        if not machine.shift("_NL", None, None, machine.end):
            return Failure(len(lexemes), machine.stack, before, before_index)
        return None

    def take(self, lexemes: list[Lexeme], index: int, words: Keywords) -> int | None:
        """Shift the token that begins at a lexeme; gives where it ends, None where nothing fits."""
        kind, word, start, end = lexemes[index]
        if kind == "PHRASE":
            return self._take_phrase(lexemes[index], words)
        machine = self.machine
        if kind == "WORD" or kind == ",":  # noqa: PLR1714 - the hot path
            row = machine.states[machine.stack[0]]
            for phrase in words.phrases.get(word.lower(), ()):
                terminal = phrase.terminal
                if terminal in row:
                    stop = self._phrase_end(phrase, lexemes, index)
                    if stop is None:
                        continue
                    token = None
                    if terminal[0] != "_":
                        token = Token(Span(self.source, start, stop), terminal, phrase.value)
                    if machine.shift(terminal, token, start, stop):
                        piece = Piece(terminal, phrase.value, start, stop, phrase.language)
                        self.pieces.append(piece)
                        return stop
            kind = "NAME" if kind == "WORD" else "_COMMA"
        terminal = _OPERATORS.get(kind, kind)
        token = None
        if terminal[0] != "_":
            token = Token(Span(self.source, start, end), terminal, values.value(terminal, word))
        if machine.shift(terminal, token, start, end):
            self.pieces.append(Piece(terminal, None, start, end))
            return end
        return None

    def _take_phrase(self, lexeme: Lexeme, words: Keywords) -> int | None:
        """Shift a keyword that was put right: its words stand in the lexeme, not in the text."""
        for phrase in words.phrases.get(lexeme.text.split()[0], ()):
            if phrase.text == lexeme.text:
                span = Span(self.source, lexeme.start, lexeme.end)
                token = Token(span, phrase.terminal, phrase.value)
                if self.machine.shift(phrase.terminal, token, lexeme.start, lexeme.end):
                    self.pieces.append(
                        Piece(phrase.terminal, phrase.value, lexeme.start, lexeme.end)
                    )
                    return lexeme.end
        return None

    def _phrase_end(self, phrase: Phrase, lexemes: list[Lexeme], index: int) -> int | None:
        """Where a phrase that begins at a lexeme ends, or None where it does not stand there."""
        end = lexemes[index].end
        if phrase.rest is not None:
            found = phrase.rest(self.text, end)
            return found.end() if found else None
        if phrase.before and "NAME" in self.machine.states[self.machine.stack[0]]:
            return end if self._precedes(phrase.before, lexemes, index + 1) else None
        return end

    def _precedes(self, wanted: str, lexemes: list[Lexeme], index: int) -> bool:
        """Whether what a keyword asks for follows it; without that the word is a name."""
        if index >= len(lexemes):
            return False
        kind, text = lexemes[index][:2]
        if wanted == "name":
            return kind == "REF" or (kind == "WORD" and text.lower() not in self.reserved)
        return kind in _FOLLOWS[wanted]

    def back(self, stack: Entry, pieces: int) -> None:
        """Go back to where the parser stood before."""
        self.machine.stack = stack
        del self.pieces[pieces:]

    def report(self, diagnostic: d.Diagnostic, start: int, end: int, **words: object) -> None:
        """Report a finding at a place of this file."""
        self.findings.report(diagnostic, Span(self.source, start, end), **words)


_FOLLOWS = {"text": ("STRING", "BLOCK"), "number": ("NUMBER",)}

_OPERATORS = {
    "=": "COMPARE", "!=": "COMPARE", "<": "COMPARE", "<=": "COMPARE", ">": "COMPARE", ">=": "COMPARE",
    "+": "SUM_OP", "-": "SUM_OP", "*": "MUL_OP", "/": "MUL_OP",
    ",": "_COMMA", "(": "_LPAR", ")": "_RPAR",
}  # fmt: skip
