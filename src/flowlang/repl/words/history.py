"""`history`"""

from __future__ import annotations

from flowlang.repl.session import Session
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word
from flowlang.speech import tr


class History(Word):
    """Shows all that was decided about the contact, numbered for `why`."""

    names = (("en", "history"), ("de", "verlauf"))
    usage = ("history",)
    topic = "looking"

    def takes(self, rest: str) -> bool:
        return not rest

    def do(self, session: Session, rest: str) -> Told:
        told = session.teller().timeline(session.decisions(), numbered=True)
        return told or [row("  ", tr("nothing has happened yet"))]


WORD = History()
