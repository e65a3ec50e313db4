"""What can be wrong with the characters of a text, apart from what they say.

A mistake that runs through a file (tabs, typographic quotes, colons) is one finding, with one fix
for all of its places.
"""

from __future__ import annotations

import re
from typing import Any

from flowlang.source import Diagnostic, Edit, Findings, Fix, Source, Span
from flowlang.syntax import diagnostics as d
from flowlang.syntax.keywords import Keywords
from flowlang.syntax.lexeme import Lexeme

KINDS = {"OPEN_STRING", "QUOTES", "WRONG_DATE", "GLUED", "BAD"}
"""The lexer's kinds of what is not right."""

MAX_ADDRESS = 200
"""Characters of an address before and after its first sign."""

_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+|https?://[^\s\"]+")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_CHARACTERS = {
    "{": "braces", "}": "braces", "[": "braces", "]": "braces", ";": "semicolon", ":": "colon",
    "\0": "null", "'": "single-quote", "’": "single-quote", "‘": "single-quote",
    "`": "single-quote",
    "“": "lone-quote", "”": "lone-quote", "„": "lone-quote",
    "_": "underscore", "!": "not-sign", "&": "and-sign", "&&": "and-sign", "|": "or-sign",
    "||": "or-sign", "@": "address", "\t": "tab-inside",
}  # fmt: skip
"""Which sentence of the keyword table is about a character."""
_REMOVED = {":", ";"}
_MEANT = {"≠": "!=", "≥": ">=", "≤": "<=", "⩾": ">=", "⩽": "<=", "×": "*", "÷": "/", "−": "-"}
"""Signs that a word processor or a keyboard puts in the place of those that flow reads."""


class Flaws:
    """Takes the flawed tokens of one text: reports each, and gives the parser what was meant."""

    def __init__(self, source: Source, words: Keywords, findings: Findings) -> None:
        self.source = source
        self.text = source.text
        self.words = words
        self.findings = findings
        self.resume = 0
        """Where to go on reading, if not here: after a token longer than the lexer took it for."""
        self.tabs: list[Edit] = []
        self.quotes: list[Edit] = []
        self.undecoded = "\ufffd" in self.text and any(
            finding.diagnostic.code == d.NOT_UTF8.code and finding.span.source is source
            for finding in findings.found
        )
        """It has been reported already that the bytes of this text were no UTF-8."""
        self.characters: dict[str, list[Span]] = {}
        self.glued: list[tuple[int, int]] = []

    def take(self, kind: str, start: int, end: int, lexemes: list[Lexeme]) -> bool:
        """Add what was meant to the lexemes; True where the line may not parse because of it."""
        self.resume = 0
        text = self.text[start:end]
        if kind == "OPEN_STRING":
            return self._open_string(text, start, end, lexemes)
        if kind == "QUOTES":
            right = '"' + text[1:-1].replace("\\", "\\\\").replace('"', '\\"') + '"'
            self.quotes.append(Edit(Span(self.source, start, end), right))
            lexemes.append(Lexeme("STRING", right, start, end))
            return False
        if kind == "GLUED":
            self.glued.append((start, end))
            lexemes.append(Lexeme("NUMBER", text, start, end))
            return False
        if kind == "WRONG_DATE":
            return self._date(text, start, end, lexemes)
        return self._address(start, lexemes) or self._character(text, start, end, lexemes)

    def _open_string(self, text: str, start: int, end: int, lexemes: list[Lexeme]) -> bool:
        # A quote with nothing behind it more likely closes a text that was never opened.
        empty = not text.strip('"')
        fix = None if empty else Fix((Edit(Span(self.source, end, end), '"'),), safe=False)
        self._report(d.UNCLOSED_STRING, start, start + 1, quotes='"', fix=fix)
        lexemes.append(Lexeme("STRING", text.rstrip("\\") + '"', start, end))
        return True

    def _date(self, text: str, start: int, end: int, lexemes: list[Lexeme]) -> bool:
        fix = None
        found = _DAY_FIRST.fullmatch(text)
        right = text
        if found:
            right = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
            fix = Fix((Edit(Span(self.source, start, end), right),))
        hint = self.words.say("write", text=right) if found else ""
        self._report(d.WRONG_DATE, start, end, fix=fix, hint=hint)
        lexemes.append(Lexeme("DATE", right, start, end))
        return True

    def _in_words(self, start: int, lexemes: list[Lexeme]) -> bool:
        """`3. März 2027`"""
        from flowlang.syntax.dates_in_words import said_at  # mostly nobody writes one

        said = said_at(self.text, start)
        if said is None:
            return False
        span = Span(self.source, start, said.end)
        fix = Fix((Edit(span, said.date),)) if said.date else None
        hint = self.words.say("write", text=said.date) if said.date else ""
        self._report(d.WRONG_DATE, start, said.end, fix=fix, hint=hint)
        lexemes.append(Lexeme("DATE", said.date, start, said.end))
        self.resume = said.end
        return True

    def _address(self, start: int, lexemes: list[Lexeme]) -> bool:
        """An address that stands without quotes."""
        if self.text[start] not in "@:":
            return False
        begin = start
        while (
            begin
            and start - begin < MAX_ADDRESS
            and not self.text[begin - 1].isspace()
            and self.text[begin - 1] not in '"(),'
        ):
            begin -= 1
        found = _ADDRESS.match(self.text, begin, start + MAX_ADDRESS)
        if found is None or found.end() <= start:
            return False
        while lexemes and lexemes[-1].start >= begin:
            lexemes.pop()
        right = f'"{found[0]}"'
        self._report(
            d.MISSING_QUOTES,
            begin,
            found.end(),
            fix=Fix((Edit(Span(self.source, begin, found.end()), right),)),
            hint=self.words.say("write", text=right),
        )
        lexemes.append(Lexeme("STRING", right, begin, found.end()))
        self.resume = found.end()
        return True

    def _character(self, text: str, start: int, end: int, lexemes: list[Lexeme]) -> bool:
        if text[0].isdigit() and self._in_words(start, lexemes):
            return True
        # In a file that is no text, what is no letter says nothing new.
        if not self.undecoded:
            habit = "number" if text[0].isdigit() else _CHARACTERS.get(text, text)
            self.characters.setdefault(habit, []).append(Span(self.source, start, end))
        sign = _MEANT.get(text)
        if sign is not None:
            lexemes.append(Lexeme(sign, sign, start, end))
            return False
        lexemes.append(Lexeme("BAD", text, start, end))
        return True

    def comment(self, start: int) -> int:
        """A line that is meant as a comment of another language; gives where it ends."""
        end = self.text.find("\n", start)
        end = len(self.text) if end < 0 else end
        fix = Fix((Edit(Span(self.source, start, start + 2), "#"),))
        what = self.words.say("comment")
        self._report(d.BAD_CHARACTER, start, start + 2, what=what, fix=fix)
        return end

    def tab(self, start: int, end: int, right: str) -> None:
        """Note an indentation with tabs in it."""
        self.tabs.append(Edit(Span(self.source, start, end), right))

    def report_collected(self) -> None:
        """Report what ran through the file, at its first place."""
        for diagnostic, edits in ((d.TAB_INDENTATION, self.tabs), (d.WRONG_QUOTES, self.quotes)):
            if edits:
                first = edits[0].span
                self._report(diagnostic, first.start, first.end, fix=Fix(tuple(edits)))
        for habit, spans in self.characters.items():
            first = spans[0]
            key = f"character-{habit}"
            what = (
                self.words.say(key, text=_shown(first.text))
                if key in self.words.sentences
                else self.words.say("character", text=_shown(first.text))
            )
            fix, hint = None, ""
            if first.text in _MEANT:
                hint = self.words.say("write", text=_MEANT[first.text])
                fix = Fix(tuple(Edit(span, _MEANT[span.text]) for span in spans))
            if first.text in _REMOVED:
                edits = [Edit(span, "") for span in spans if self._closes_a_word(span)]
                fix = Fix(tuple(edits)) if edits else None
            self._report(d.BAD_CHARACTER, first.start, first.end, what=what, fix=fix, hint=hint)

    def _closes_a_word(self, span: Span) -> bool:
        return span.end == len(self.text) or self.text[span.end].isspace()

    def _report(
        self,
        diagnostic: Diagnostic,
        start: int,
        end: int,
        *,
        hint: str = "",
        fix: Fix | None = None,
        **words: Any,
    ) -> None:
        span = Span(self.source, start, end)
        self.findings.report(diagnostic, span, hint=hint, fix=fix, **words)


def _shown(text: str) -> str:
    if len(text) > 20:
        return text[:17] + "..."
    return text if text.isprintable() and not text.isspace() else f"U+{ord(text[0]):04X}"
