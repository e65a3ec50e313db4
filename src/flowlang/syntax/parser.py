"""LINES → TREE: every word becomes a keyword or a name as it fits, line by line.

A line that does not parse goes to `recovery`; only what that cannot mend is given up, and the lines
below go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flowlang.source import Edit, Findings, Fix, Source, Span
from flowlang.syntax import diagnostics as d
from flowlang.syntax import keywords, places, recovery, values, wording
from flowlang.syntax.declarations import File
from flowlang.syntax.keywords import Keywords, Phrase
from flowlang.syntax.lexeme import Lexeme, Line
from flowlang.syntax.lexer import lines
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
    parser = Parser(source, findings, language)
    parsed = parser.parse()
    parsed.sound = _sound(source, findings, before)
    other = None if parsed.sound or parser.named else parser.mostly_in()
    if other is None:
        return parsed
    # Nobody forgets a language in every line: it is the first line that is missing.
    again = Findings()
    reparsed = Parser(source, again, other).parse()
    if not _sound(source, again, 0):
        return parsed
    del findings.found[before:]
    parser.report_language(other)
    reparsed.sound = False
    return reparsed


def _sound(source: Source, findings: Findings, before: int) -> bool:
    if any(finding.diagnostic.code not in _LAYOUT for finding in findings.found[before:]):
        return False
    # What could not be decoded was found before the parser saw the text.
    return "\ufffd" not in source.text or not any(
        finding.diagnostic.code == d.NOT_UTF8.code and finding.span.source is source
        for finding in findings.found
    )


_LAYOUT = {d.TAB_INDENTATION.code, d.WRONG_QUOTES.code, d.MISSING_SPACE.code}


class _Level(NamedTuple):
    """A depth of indentation, and the line that opened it; it is not real where none may be there."""

    width: int
    header: Line | None
    real: bool


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
        self.levels = [_Level(0, None, real=True)]
        self.header: Line | None = None
        """The line above, below which a deeper one would stand."""
        self.lost = False
        """The line above could not be read."""
        self.misplaced = False
        """The line above stood in a wrong place, which may be why this one does."""
        self.explained = 0
        self.foreign: dict[str, int] = {}
        """Lines with words of other languages, by language."""
        self.named = False
        """Its first line says which language it is in."""
        self.words = self._language(language)
        self.joining = self.words.forms("_AND") | self.words.forms("_OR")
        self.reserved = keywords.reserved(self.words.code)

    def _language(self, default: str) -> Keywords:
        found = keywords.language_line(self.text)
        if found is None:
            return keywords.load(default)
        self.named = True
        code, start = found
        if code in keywords.languages():
            return keywords.load(code)
        meant = next((c for c in keywords.languages() if code in keywords.load(c).aliases), None)
        words = self.words = keywords.load(meant or default)
        known = [f"`{one}` ({self.language_name(one)})" for one in keywords.languages()]
        span = Span(self.source, start, start + len(code))
        self.findings.report(
            words.spoken(d.UNKNOWN_LANGUAGE),
            span,
            code=code,
            known=wording.listed(known, words, "and"),
            hint=words.say("write", text=meant) if meant else "",
            fix=Fix((Edit(span, meant),)) if meant else None,
        )
        return words

    def language_name(self, code: str) -> str:
        """What a language is called in the language of this file."""
        return self.words.sentences.get(f"language-{code}", keywords.load(code).name)

    def mostly_in(self) -> str | None:
        """The other language that as many lines are in as can be, or None."""
        for code, count in self.foreign.items():
            if count >= 2 and count * 2 >= self.explained:
                return code
        return None

    def report_language(self, code: str) -> None:
        """Report that the file is in a language that it does not name."""
        other = keywords.load(code)
        start = len(self.text) - len(self.text.lstrip())
        end = self.text.find("\n", start)
        span = Span(self.source, start, end if end >= 0 else len(self.text))
        line = f"# {other.header}: {code}"
        self.findings.report(
            self.words.spoken(d.OTHER_LANGUAGE),
            span,
            other=self.language_name(code),
            hint=self.words.say("write", text=line),
            fix=Fix((Edit(Span(self.source, 0, 0), line + "\n"),)),
        )

    # -------------------------------------------------------------- the file

    def parse(self) -> Parsed:
        machine = self.machine
        found = lines(self.source, self.words, self.findings)
        skip: int | None = None
        for line in found:
            if skip is not None:
                if line.width > skip:
                    continue
                skip = None
            if not self._indentation(line):
                skip = self.levels[-1].width
                continue
            if self._line(line):
                self.misplaced = self.lost = False
            elif self._give_up(line) or self.misplaced:
                skip = line.width
            self.header = line
        for level in reversed(self.levels[1:]):
            if level.real:
                machine.shift("_DEDENT", None, None, machine.end)
        tree = machine.finish()
        if not isinstance(tree, File):
            raise TypeError(f"not a file: {tree!r}")
        self._report_missing_blocks(found)
        return Parsed(self.source, tree, self.words.code, self.pieces, found, self.bad_lines)

    def _indentation(self, line: Line) -> bool:
        """Open and close blocks before a line; False where the line is too deep to be read."""
        machine, levels = self.machine, self.levels
        if line.width > levels[-1].width:
            if len(levels) > MAX_LEVELS:
                self.report(d.NESTED_TOO_DEEP, line.start, line.end, limit=MAX_LEVELS)
                return False
            machine.begin_line()
            real = machine.shift("_INDENT", None, None, machine.end)
            if not real:
                self.report(d.UNEXPECTED_INDENT, line.start, line.end)
            header = self.header if real else levels[-1].header
            levels.append(_Level(line.width, header, real=real))
            self.misplaced = False
            return True
        closed = False
        while line.width < levels[-1].width:
            self.misplaced = False
            if levels.pop().real:
                machine.begin_line()
                machine.shift("_DEDENT", None, None, machine.end)
                closed = True
        if line.width > levels[-1].width:
            if closed:
                self.report(d.INCONSISTENT_INDENT, line.start, line.end)
            levels.append(_Level(line.width, levels[-1].header, real=False))
        return True

    def _line(self, line: Line) -> bool:
        """Parse a line, mended where it must be; False where it has to be given up."""
        self.machine.begin_line()
        start, pieces = self.machine.stack, len(self.pieces)
        failure = self.feed(line.lexemes, self.words)
        if failure is None:
            for place in line.glued:
                self._report_glued(*place)
            return True
        if recovery.mended(self, line, failure, start, pieces):
            return True
        self.back(start, pieces)
        return False

    def _give_up(self, line: Line) -> bool:
        """Put a mark in the place of a line; True where the lines below it are lost too."""
        machine = self.machine
        self.lost = True
        machine.shift("_BAD_LINE", None, line.start, line.end)
        machine.shift("_NL", None, None, line.end)
        self.bad_lines.append(Span(self.source, line.start, line.end))
        return not machine.can_shift(machine.stack, "_INDENT")

    def _report_glued(self, start: int, end: int) -> None:
        """A space is missing: around a minus, or between a number and its unit."""
        text, words = self.text, self.words
        if text[start:end] == "-":
            what, right = words.say("minus"), "-"
            before = "" if text[start - 1].isspace() else " "
            right = f"{before}-" + ("" if text[end : end + 1].isspace() else " ")
        else:
            found = keywords.first_word(text[end : end + 40])
            what = words.say("space", first=text[start:end], second=found)
            right = f"{text[start:end]} "
        span = Span(self.source, start, end)
        self.findings.report(d.MISSING_SPACE, span, what=what, fix=Fix((Edit(span, right),)))

    # -------------------------------------------------------------- blocks

    def where(self) -> str:
        """Where the line at hand stands, in words."""
        header = self.levels[-1].header
        if header is None:
            return self.words.say("where-top")
        word = places.heading(self.words, self.text, header.lexemes)
        return self.words.say("where-in" if not header.width else "where-below", word=word)

    def missing_block(self, header: Line) -> None:
        """Report that a line has no lines below it."""
        word = places.heading(self.words, self.text, header.lexemes)
        end = header.start + len(word)
        self.report(d.MISSING_BLOCK, header.start, end, what=f"`{word}`")

    def _report_missing_blocks(self, found: list[Line]) -> None:
        if not self.machine.lacking:
            return
        lacking = set(self.machine.lacking)
        below = 0
        for line, following in zip(found, [*found[1:], None], strict=True):
            # Lines that stand below it and could not be read have been reported.
            below = following.width if following is not None else 0
            if line.start in lacking and below <= line.width:
                self.missing_block(line)

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
            if kind == ",":
                kind = "_COMMA"
            elif word.lower() in self.joining:
                return None
            else:
                kind = "NAME"
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
        for phrase in words.phrases.get(keywords.first_word(lexeme.text), ()):
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
        span = Span(self.source, start, end)
        self.findings.report(self.words.spoken(diagnostic), span, **words)


_FOLLOWS = {"text": ("STRING", "BLOCK"), "number": ("NUMBER",)}

_OPERATORS = {
    "=": "COMPARE", "!=": "COMPARE", "<": "COMPARE", "<=": "COMPARE", ">": "COMPARE", ">=": "COMPARE",
    "+": "SUM_OP", "-": "SUM_OP", "*": "MUL_OP", "/": "MUL_OP",
    ",": "_COMMA", "(": "_LPAR", ")": "_RPAR",
}  # fmt: skip
