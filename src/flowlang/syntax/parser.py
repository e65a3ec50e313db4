"""LINES → TREE: an LALR driver over the table that Lark made, with recovery at the next statement.

The parser's stack is a linked list, so a snapshot costs nothing and going back is an assignment.
A line that does not parse is tried again in ways that a person would think of (a misspelt keyword,
keywords of another language, a condition left out); only then it is given up, and the lines below go on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flowlang.source import Edit, Findings, Fix, Source, Span
from flowlang.syntax import diagnostics as d
from flowlang.syntax import keywords, values, wording
from flowlang.syntax.declarations import File
from flowlang.syntax.keywords import Keywords, Phrase
from flowlang.syntax.lexer import Lexeme, Line, lines
from flowlang.syntax.table import Rule, load
from flowlang.syntax.tree import NODES, Token

MAX_LEVELS = 50
"""Of indentation."""
MAX_STACK = 600
"""Of the parser: bounds parentheses and `not` within each other."""


class Entry(NamedTuple):
    """The top of the parser's stack, and what lies below it."""

    state: int
    value: Any
    start: int | None
    below: Entry | None
    depth: int


class Chain(NamedTuple):
    """What a repetition has gathered so far: shared by snapshots, so never changed in place."""

    before: Chain | None
    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """How a keyword or value stands in the text: what the formatter and the editor work on."""

    terminal: str
    value: Any
    start: int
    end: int
    language: str = ""


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


def parse(source: Source, findings: Findings, language: str = "en") -> Parsed:
    """The tree of a text.  Never fails: what cannot be read becomes findings.

    `language` is the workspace's; the first line of the file may say another.
    """
    return _Parser(source, findings, language).parse()


_Make = Callable[[Source, "list[Any]", int, int], Any]


class _Machine(NamedTuple):
    """The table made ready: for each rule its size, where it leads, and how its value is made."""

    start: int
    end: int
    states: list[dict[str, int]]
    rules: list[tuple[int, str, _Make]]


_machine: _Machine | None = None
_lock = threading.Lock()


def _ready() -> _Machine:
    global _machine  # noqa: PLW0603 - made once, shared, never changed
    with _lock:
        if _machine is None:
            table = load()
            rules = [(rule.size, rule.origin, _maker(rule)) for rule in table.rules]
            _machine = _Machine(table.start, table.end, table.states, rules)
    return _machine


def _flat(chain: Chain) -> list[Any]:
    parts: list[tuple[Any, ...]] = []
    link: Chain | None = chain
    while link is not None:
        parts.append(link.items)
        link = link.before
    return [item for part in reversed(parts) for item in part]


def _maker(rule: Rule) -> _Make:
    """What makes the value of a rule out of the values of its parts."""
    keep = rule.keep
    inlines = any(inline for _, inline in keep)

    def gather(parts: list[Any]) -> list[Any]:
        if not inlines:
            return [parts[index] if index >= 0 else None for index, _ in keep]
        found: list[Any] = []
        for index, inline in keep:
            if index < 0:
                found.append(None)
            elif inline:
                found += _flat(parts[index])
            else:
                found.append(parts[index])
        return found

    if rule.origin.startswith("_"):
        if keep and keep[0][1]:
            first = keep[0][0]
            rest = keep[1:]
            if not any(inline for _, inline in rest):

                def extend(source: Source, parts: list[Any], start: int, end: int) -> Chain:
                    added = tuple(parts[index] if index >= 0 else None for index, _ in rest)
                    return Chain(parts[first], added)

                return extend
        return lambda source, parts, start, end: Chain(None, tuple(gather(parts)))

    if rule.passes and len(keep) == 1 and not inlines:
        only = keep[0][0]
        return lambda source, parts, start, end: parts[only]

    build = NODES.get(rule.name)
    if build is None:
        return lambda source, parts, start, end: tuple(gather(parts))
    return lambda source, parts, start, end: build(Span(source, start, end), *gather(parts))


class _Failure(NamedTuple):
    """Where a line stopped making sense."""

    index: int
    """Of the lexeme; the number of lexemes where the line ended too early."""
    stack: Entry
    before: Entry
    """The stack before the last word, and that word's index: for phrases begun and not ended."""
    before_index: int


class _Parser:
    def __init__(self, source: Source, findings: Findings, language: str) -> None:
        machine = _ready()
        self.source = source
        self.text = source.text
        self.findings = findings
        self.start, self.accept, self.states, self.rules = machine
        self.stack = Entry(self.start, None, None, None, 0)
        self.end = 0
        self.pieces: list[Piece] = []
        self.bad_lines: list[Span] = []
        self.words = self._language(language)
        self.reserved = keywords.reserved(self.words.code)

    def _language(self, default: str) -> Keywords:
        found = keywords.header(self.source.line(1)) if self.text[:40].lstrip().startswith("#") else None
        if found is None:
            return keywords.load(default)
        code = found[1]
        if code in keywords.languages():
            return keywords.load(code)
        start = self.text.index(code) if code in self.text else 0
        known = ", ".join(f"`{one}` ({keywords.load(one).name})" for one in keywords.languages())
        span = Span(self.source, start, start + len(code))
        self.findings.report(d.UNKNOWN_LANGUAGE, span, code=code, known=known)
        return keywords.load(default)

    # -------------------------------------------------------------- the file

    def parse(self) -> Parsed:
        found = lines(self.source, self._joins, self.findings)
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
            before = self.stack
            if not self._line(line):
                self.stack = before
                self._shift("_BAD_LINE", None, line.start, line.end)
                self._shift("_NL", None, None, line.end)
                self.bad_lines.append(Span(self.source, line.start, line.end))
                if "_INDENT" not in self._accepted(self.stack):
                    skip = line.width
        for _, real in reversed(levels[1:]):
            if real:
                self._shift("_DEDENT", None, None, self.end)
        return Parsed(self.source, self._finish(), self.words.code, self.pieces, found, self.bad_lines)

    def _joins(self, word: str) -> bool:
        some = self.words.phrases.get(word.lower(), ())
        return any(phrase.terminal in ("_AND", "_OR") for phrase in some)

    def _finish(self) -> File:
        stack: Entry = self.stack
        while True:
            action = self.states[stack.state].get("$END")
            if action is None:
                raise AssertionError(f"the parser stands in the middle of {self.source.name}")
            if action >= 0 or stack.state == self.accept:
                break
            stack = self._reduce(stack, action)
            if isinstance(stack.value, File):
                break
        tree = stack.value
        if not isinstance(tree, File):
            raise TypeError(f"not a file: {tree!r}")
        return tree

    def _indentation(self, line: Line, levels: list[tuple[int, bool]]) -> bool:
        """Open and close blocks before a line; False where the line is too deep to be read."""
        if line.width > levels[-1][0]:
            if len(levels) > MAX_LEVELS:
                self._report(d.NESTED_TOO_DEEP, line.start, line.end, limit=MAX_LEVELS)
                return False
            real = self._shift("_INDENT", None, None, self.end)
            if not real:
                self._report(d.UNEXPECTED_INDENT, line.start, line.end)
            levels.append((line.width, real))
            return True
        closed = False
        while line.width < levels[-1][0]:
            if levels.pop()[1]:
                self._shift("_DEDENT", None, None, self.end)
                closed = True
        if line.width > levels[-1][0]:
            if closed:
                self._report(d.INCONSISTENT_INDENT, line.start, line.end)
            levels.append((line.width, False))
        return True

    # -------------------------------------------------------------- one line

    def _line(self, line: Line) -> bool:
        """Parse a line, mending what a person would mend; False where it has to be given up."""
        start, pieces = self.stack, len(self.pieces)
        failure = self._feed(line.lexemes, self.words)
        if failure is None:
            return True

        def again(lexemes: list[Lexeme], words: Keywords) -> bool:
            self.stack = start
            del self.pieces[pieces:]
            return self._feed(lexemes, words) is None

        good = [lexeme for lexeme in line.lexemes if lexeme.kind != "BAD"]
        known_bad = len(good) < len(line.lexemes)
        if known_bad and good and again(good, self.words):
            return True
        if not known_bad:
            if again(line.lexemes, keywords.union()) and self._mixed(pieces):
                return True
            mended = self._respelled(line.lexemes, failure)
            if mended is not None and again(mended[0], self.words):
                lexeme, word = mended[1:]
                span = Span(self.source, lexeme.start, lexeme.end)
                fix = Fix((Edit(span, word),))
                hint = wording.did_you_mean(word)
                self.findings.report(d.MISSPELLED, span, word=lexeme.text, hint=hint, fix=fix)
                return True
            self._explain(line, failure)
        return self._without_condition(line.lexemes, start, pieces)

    def _feed(self, lexemes: list[Lexeme], words: Keywords) -> _Failure | None:
        """Shift the tokens of a line and its end; says where that stops working, if it does."""
        skip = -1
        before, before_index = self.stack, 0
        for index, lexeme in enumerate(lexemes):
            if lexeme.start < skip:
                continue
            last = self.stack
            stop = self._take(lexemes, index, words)
            if stop is None:
                return _Failure(index, last, before, before_index)
            skip = stop
            before, before_index = last, index
        if not self._shift("_NL", None, None, self.end):
            return _Failure(len(lexemes), self.stack, before, before_index)
        return None

    def _take(self, lexemes: list[Lexeme], index: int, words: Keywords) -> int | None:
        """Shift the token that begins at a lexeme; gives where it ends, None where nothing fits."""
        kind, word, start, end = lexemes[index]
        if kind == "PHRASE":
            return self._take_phrase(lexemes[index], words)
        if kind == "WORD" or kind == ",":  # noqa: PLR1714 - the hot path
            row = self.states[self.stack[0]]
            for phrase in words.phrases.get(word.lower(), ()):
                terminal = phrase.terminal
                if terminal in row:
                    stop = self._phrase_end(phrase, lexemes, index)
                    if stop is None:
                        continue
                    token = None
                    if terminal[0] != "_":
                        token = Token(Span(self.source, start, stop), terminal, phrase.value)
                    if self._shift(terminal, token, start, stop):
                        self.pieces.append(Piece(terminal, phrase.value, start, stop, phrase.language))
                        return stop
            kind = "NAME" if kind == "WORD" else "_COMMA"
        terminal = _OPERATORS.get(kind, kind)
        token = None
        if terminal[0] != "_":
            token = Token(Span(self.source, start, end), terminal, values.value(terminal, word))
        if self._shift(terminal, token, start, end):
            self.pieces.append(Piece(terminal, None, start, end))
            return end
        return None

    def _take_phrase(self, lexeme: Lexeme, words: Keywords) -> int | None:
        """Shift a keyword that was put right: its words stand in the lexeme, not in the text."""
        for phrase in words.phrases.get(lexeme.text.split()[0], ()):
            if phrase.text == lexeme.text:
                span = Span(self.source, lexeme.start, lexeme.end)
                token = Token(span, phrase.terminal, phrase.value)
                if self._shift(phrase.terminal, token, lexeme.start, lexeme.end):
                    self.pieces.append(Piece(phrase.terminal, phrase.value, lexeme.start, lexeme.end))
                    return lexeme.end
        return None

    def _phrase_end(self, phrase: Phrase, lexemes: list[Lexeme], index: int) -> int | None:
        """Where a phrase that begins at a lexeme ends, or None where it does not stand there."""
        end = lexemes[index].end
        if phrase.rest is not None:
            found = phrase.rest(self.text, end)
            return found.end() if found else None
        if phrase.before:
            following = lexemes[index + 1] if index + 1 < len(lexemes) else None
            if following is None:
                return None
            if phrase.before == '"':
                return end if following.kind == "STRING" else None
            named = following.kind == "REF" or (
                following.kind == "WORD" and following.text.lower() not in self.reserved
            )
            return end if named else None
        return end

    def _shift(self, terminal: str, value: Any, start: int | None, end: int) -> bool:
        """Take a token; False, with nothing changed, where it does not fit."""
        stack = self.stack
        states = self.states
        while True:
            action = states[stack[0]].get(terminal)
            if action is None:
                return False
            if action >= 0:
                if stack[4] > MAX_STACK:
                    return False
                self.stack = Entry(action, value, start, stack, stack[4] + 1)
                self.end = end
                return True
            stack = self._reduce(stack, action)

    def _reduce(self, stack: Entry, action: int) -> Entry:
        size, origin, make = self.rules[~action]
        parts: list[Any] = []
        start = None
        entry: Any = stack
        for _ in range(size):
            parts.append(entry[1])
            if entry[2] is not None:
                start = entry[2]
            entry = entry[3]
        parts.reverse()
        value = make(self.source, parts, start if start is not None else self.end, self.end)
        return Entry(self.states[entry[0]][origin], value, start, entry, entry[4] + 1)

    # -------------------------------------------------------------- recovery

    def _accepted(self, stack: Entry) -> set[str]:
        """The terminals that can really come next."""
        return {
            terminal
            for terminal in self.states[stack.state]
            if (terminal.isupper() or terminal == "$END") and self._can_shift(stack, terminal)
        }

    def _can_shift(self, stack: Entry, terminal: str) -> bool:
        trail: list[int] = []
        entry: Entry | None = stack
        while entry is not None and len(trail) <= MAX_STACK + 10:
            trail.append(entry.state)
            entry = entry.below
        trail.reverse()
        while True:
            action = self.states[trail[-1]].get(terminal)
            if action is None:
                return False
            if action >= 0:
                return True
            size, origin, _ = self.rules[~action]
            if size:
                del trail[-size:]
            trail.append(self.states[trail[-1]][origin])

    def _mixed(self, since: int) -> bool:
        """A line that only parses with other languages' keywords: say so, and how to write it."""
        foreign = [
            piece
            for piece in self.pieces[since:]
            if piece.language and piece.language != self.words.code
            and not self._spelled_here(piece)
        ]
        if not foreign:
            return False
        edits = tuple(
            Edit(Span(self.source, piece.start, piece.end), self.words.word(piece.terminal, piece.value))
            for piece in foreign
        )
        shown = ", ".join(f"`{self.text[piece.start : piece.end]}`" for piece in foreign[:3])
        first = foreign[0]
        self.findings.report(
            d.MIXED_LANGUAGES,
            Span(self.source, first.start, first.end),
            words=shown,
            other=keywords.load(first.language).name,
            own=self.words.name,
            fix=Fix(edits),
        )
        return True

    def _spelled_here(self, piece: Piece) -> bool:
        forms = self.words.spelling.get((piece.terminal, piece.value), ())
        return " ".join(self.text[piece.start : piece.end].lower().split()) in forms

    def _respelled(
        self, lexemes: list[Lexeme], failure: _Failure
    ) -> tuple[list[Lexeme], Lexeme, str] | None:
        """The line with the word at fault put right, if it looks like a keyword that fits there."""
        if failure.index >= len(lexemes):
            return None
        return wording.respelled(
            self.words,
            lexemes,
            [
                (failure.index, self._accepted(failure.stack)),
                (failure.before_index, self._accepted(failure.before)),
            ],
        )

    def _without_condition(self, lexemes: list[Lexeme], start: Entry, pieces: int) -> bool:
        """Keep a line whose condition cannot be read: its block is still worth reading."""
        self.stack = start
        del self.pieces[pieces:]
        skip = -1
        for index, lexeme in enumerate(lexemes):
            if lexeme.start < skip:
                continue
            if index and self._can_shift(self.stack, "_BAD_EXPRESSION"):
                break
            stop = self._take(lexemes, index, self.words)
            if stop is None:
                return False
            skip = stop
        end = lexemes[-1].end
        if not self._shift("_BAD_EXPRESSION", None, end, end):
            return False
        return self._shift("_NL", None, None, end)

    def _explain(self, line: Line, failure: _Failure) -> None:
        if failure.stack.depth > MAX_STACK:
            self._report(d.NESTED_TOO_DEEP, line.start, line.end, limit=MAX_STACK // 10)
            return
        accepted = self._accepted(failure.stack)
        what, hint = wording.unexpected(
            self.words, line.lexemes, failure.index, accepted, keywords.union()
        )
        if failure.index < len(line.lexemes):
            lexeme = line.lexemes[failure.index]
            span = Span(self.source, lexeme.start, lexeme.end)
        else:
            span = Span(self.source, line.end, line.end)
        self.findings.report(d.UNEXPECTED, span, what=what, hint=hint)

    def _report(self, diagnostic: d.Diagnostic, start: int, end: int, **words: object) -> None:
        self.findings.report(diagnostic, Span(self.source, start, end), **words)


_OPERATORS = {
    "=": "COMPARE", "!=": "COMPARE", "<": "COMPARE", "<=": "COMPARE", ">": "COMPARE", ">=": "COMPARE",
    "+": "SUM_OP", "-": "SUM_OP", "*": "MUL_OP", "/": "MUL_OP",
    ",": "_COMMA", "(": "_LPAR", ")": "_RPAR",
}  # fmt: skip
