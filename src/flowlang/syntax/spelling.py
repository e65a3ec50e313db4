"""How a token is written: in the canonical form of its language, or in that of another."""

from __future__ import annotations

from flowlang.syntax import keywords
from flowlang.syntax.keywords import Keywords
from flowlang.syntax.reader import Piece


class Spelling:
    """How each piece is written: values as typed, keywords as the table of a language has them."""

    def __init__(self, text: str, pieces: list[Piece], words: Keywords, language: str) -> None:
        self.text = text
        self.pieces = pieces
        self.words = words
        self.translates = words.code != language

    def of(self, index: int, first: int) -> str:
        """A piece as it is to be written; `first` is the piece that its line begins with."""
        piece = self.pieces[index]
        typed = self.text[piece.start : piece.end]
        if piece.language:
            return self._keyword(index, first, " ".join(typed.lower().split()))
        if piece.terminal == "STRING" and not typed.startswith('"'):
            return '"' + typed[1:-1].replace("\\", "\\\\") + '"'
        if piece.terminal == "DATETIME":
            return " ".join(typed.split())
        if piece.terminal == "PERCENT":
            return typed.replace(" ", "")
        return typed

    def _keyword(self, index: int, first: int, typed: str) -> str:
        piece = self.pieces[index]
        forms = self.words.spelling[piece.terminal, piece.value]
        if piece.terminal in self.words.counted:
            return self._counted(index, forms)
        if self.translates:
            return self._written(index, first) or forms[0]
        if typed in forms:
            return typed
        right = self.words.synonyms.get(typed)
        if right is not None:
            return right
        return next((form for form in forms if keywords.same(form, typed)), forms[0])

    def _written(self, index: int, first: int) -> str | None:
        forms = self.words.written.get(self.pieces[index].terminal)
        if forms is None:
            return None
        following = self.pieces[index + 1].terminal if index + 1 < len(self.pieces) else ""
        return forms.get(following) or forms.get(self.pieces[first].terminal)

    def _counted(self, index: int, forms: tuple[str, ...]) -> str:
        """A word that agrees with the number before it, and with what stands before that."""
        one, many, changed = (*forms, forms[-1], forms[-1])[:3]
        at = index - 1
        if at > 0 and self.pieces[at].language and self.pieces[at - 1].terminal == "NUMBER":
            at -= 1  # `3 marketing messages`
        if self.pieces[at].terminal != "NUMBER":
            return one if self.pieces[index].terminal == "UNIT" else many
        if self.text[self.pieces[at].start : self.pieces[at].end].lstrip("-") == "1":
            return one
        while at >= 2 and self.pieces[at - 1].terminal == "UNIT":
            at -= 2  # `1 week 3 days` is one duration
        return changed if self.pieces[at - 1].terminal in self.words.changes_after else many
