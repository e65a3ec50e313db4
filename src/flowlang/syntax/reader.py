"""LEXEMES → TOKENS: what each word of a line is, told by what the grammar has room for."""

from __future__ import annotations

from typing import Any, NamedTuple

from flowlang.source import Source, Span
from flowlang.syntax import keywords, values
from flowlang.syntax.keywords import Keywords, Phrase
from flowlang.syntax.lexeme import Lexeme
from flowlang.syntax.machine import Entry, Machine
from flowlang.syntax.tree import Token


class Piece(NamedTuple):
    """How a keyword or value stands in the text: what the formatter and the editor work on."""

    terminal: str
    value: Any
    start: int
    end: int
    language: str = ""
    """Of a keyword; empty for everything else."""


class Failure(NamedTuple):
    """Where a line stopped making sense."""

    at: int
    """Of the lexeme; the number of lexemes where the line ended too early."""
    stack: Entry
    before: Entry
    """The stack before the last word, and that word's index: for phrases begun and not ended."""
    before_index: int


class Reader:
    """Reads the lines of one file into the machine, as the words of a language."""

    def __init__(self, source: Source, words: Keywords) -> None:
        self.source = source
        self.text = source.text
        self.machine = Machine(source)
        self.pieces: list[Piece] = []
        self.speak(words)

    def speak(self, words: Keywords) -> None:
        """Read with the words of this language from here on."""
        self.source.language = words.code
        self.words = words
        self.joining = words.joining
        self.reserved = keywords.reserved(words.code)

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
        if kind == "WORD" or kind == ",":  # noqa: PLR1714 - the hot path
            row = self.machine.states[self.machine.stack[0]]
            lower = word.lower()
            phrases = words.phrases.get(lower, ())
            for phrase in phrases:
                if phrase.terminal in row:
                    stop = self._take_keyword(phrase, phrases, lexemes, index)
                    if stop is not None:
                        return stop
            if lower in self.joining:
                return None
            kind = "NAME" if kind == "WORD" else "_COMMA"
        return self._take_value(_OPERATORS.get(kind, kind), word, start, end)

    def _take_keyword(
        self, phrase: Phrase, beside: tuple[Phrase, ...], lexemes: list[Lexeme], index: int
    ) -> int | None:
        stop = self._phrase_end(phrase, beside, lexemes, index)
        if stop is None:
            return None
        terminal, start = phrase.terminal, lexemes[index].start
        token = None
        if terminal[0] != "_":
            token = Token(Span(self.source, start, stop), terminal, phrase.value)
        if not self.machine.shift(terminal, token, start, stop):
            return None
        self.pieces.append(Piece(terminal, phrase.value, start, stop, phrase.language))
        return stop

    def _take_value(self, terminal: str, text: str, start: int, end: int) -> int | None:
        token = None
        if terminal[0] != "_":
            token = Token(Span(self.source, start, end), terminal, values.value(terminal, text))
        if self.machine.shift(terminal, token, start, end):
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

    def _phrase_end(
        self, phrase: Phrase, beside: tuple[Phrase, ...], lexemes: list[Lexeme], index: int
    ) -> int | None:
        """Where a phrase that begins at a lexeme ends, or None where it does not stand there."""
        end = lexemes[index].end
        if phrase.rest is not None:
            found = phrase.rest(self.text, end)
            if found is None:
                return None
            end = found.end()
        if phrase.before and self._contested(phrase, beside):
            following = index + 1
            while following < len(lexemes) and lexemes[following].start < end:
                following += 1
            return end if self._precedes(phrase.before, lexemes, following) else None
        return end

    def _contested(self, phrase: Phrase, beside: tuple[Phrase, ...]) -> bool:
        """Whether a name, or another keyword of the same words, could stand where this one does."""
        row = self.machine.states[self.machine.stack[0]]
        return "NAME" in row or any(
            other.text == phrase.text and other is not phrase and other.terminal in row
            for other in beside
        )

    def _precedes(self, wanted: str, lexemes: list[Lexeme], index: int) -> bool:
        """Whether what a keyword asks for follows it; without that the word is a name."""
        if index >= len(lexemes):
            return False
        kind, text = lexemes[index][:2]
        if wanted == "name":
            return kind == "REF" or (kind == "WORD" and text.lower() not in self.reserved)
        if wanted == "value":
            return kind not in _AFTER_VALUE
        return kind in _FOLLOWS[wanted]

    def back(self, stack: Entry, pieces: int) -> None:
        """Go back to where the parser stood before."""
        self.machine.stack = stack
        del self.pieces[pieces:]


_AFTER_VALUE = (",", ")", "+", "-", "*", "/", "=", "!=", "<", "<=", ">", ">=")
_FOLLOWS = {"text": ("STRING", "BLOCK"), "number": ("NUMBER",), "date": ("DATE",)}

_OPERATORS = {
    "=": "COMPARE", "!=": "COMPARE", "<": "COMPARE", "<=": "COMPARE", ">": "COMPARE",
    ">=": "COMPARE",
    "+": "SUM_OP", "-": "SUM_OP", "*": "MUL_OP", "/": "MUL_OP",
    ",": "_COMMA", "(": "_LPAR", ")": "_RPAR",
}  # fmt: skip
