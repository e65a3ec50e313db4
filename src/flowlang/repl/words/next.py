"""`next`"""

from __future__ import annotations

from flowlang.repl import saying
from flowlang.repl.session import Session
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word
from flowlang.speech import tr


class Next(Word):
    """Goes on to the next moment at which something happens."""

    names = (("en", "next"), ("de", "nächstes"))
    usage = ("next",)
    topic = "the clock"

    def takes(self, rest: str) -> bool:
        return not rest

    def do(self, session: Session, rest: str) -> Told:
        before = len(session.stage.decisions)
        if session.travel(once=True):
            return saying.happened(session, before)
        return [row("  ", tr("nothing more is due"))]


WORD = Next()
