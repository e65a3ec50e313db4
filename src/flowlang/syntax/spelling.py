"""How a token is written: in the canonical form of its language, or in that of another.

A keyword that has several forms is written as what stands beside it asks for, where that can be
told (`[written]`, `[counted]` of its table); where only its author can know (`irgendeine lizenz`),
it stays as typed.
"""

from __future__ import annotations

from flowlang.source import Edit, Source, Span
from flowlang.syntax import keywords
from flowlang.syntax.keywords import Keywords
from flowlang.syntax.reader import Piece


def ordered(pieces: list[Piece], words: Keywords) -> list[Piece]:
    """The pieces as the language puts them: `times 2` in one is `2 mal` in another."""
    found = list(pieces)
    for index, piece in enumerate(pieces):
        side = words.order.get(piece.terminal)
        other = index + 1 if side == "behind" else index - 1
        if side and 0 <= other < len(found) and found[other].terminal == "NUMBER":
            found[index], found[other] = found[other], piece
    return found


def mended(source: Source, pieces: list[Piece], words: Keywords) -> list[Edit]:
    """What makes a line of one language out of one that has keywords of others in it: those are
    written as the formatter would translate them.
    """
    right = ordered(pieces, words)
    spelling = Spelling(source.text, right, words, "")
    return [
        Edit(Span(source, piece.start, piece.end), spelling.of(index, 0))
        for index, piece in enumerate(pieces)
        if right[index] is not piece or is_foreign(source.text, piece, words)
    ]


def is_foreign(text: str, piece: Piece, words: Keywords) -> bool:
    """Whether a piece is a keyword that a language does not have."""
    if not piece.language or piece.language == words.code:
        return False
    typed = " ".join(text[piece.start : piece.end].lower().split())
    return typed not in words.spelling.get((piece.terminal, piece.value), ())


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
        if self.translates or piece.terminal in self.words.written:
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
        following = [piece.terminal for piece in self.pieces[index + 1 : index + 3]]
        return (
            forms.get(" ".join(following))
            or forms.get("".join(following[:1]))
            or forms.get(self.pieces[first].terminal)
        )

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
