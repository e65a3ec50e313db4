"""`redo`"""

from __future__ import annotations

from flowlang.repl.session import Session
from flowlang.repl.told import Told
from flowlang.repl.word import Word
from flowlang.repl.words.undo import AGAIN, difference, stands, times


class Redo(Word):
    """Does again what was undone; `redo 3` the next three."""

    names = (("en", "redo"), ("de", "wiederholen"))
    usage = ("redo",)
    topic = "other ways"

    def do(self, session: Session, rest: str) -> Told:
        told: Told = []
        for _ in range(times(rest)):
            if told and not session.future:
                break
            left = session.redo()
            told += difference(AGAIN, session.state, left)
        return [*told, stands(session)]


WORD = Redo()
