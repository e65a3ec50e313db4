"""`run`"""

from __future__ import annotations

from flowlang.repl import saying
from flowlang.repl.session import Session
from flowlang.repl.stage import MOST
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word
from flowlang.speech import tr


class Run(Word):
    """Goes on until nothing more is due.

    Where schedules have no end, it goes on for 400 days.
    """

    names = (("en", "run"), ("de", "durchlauf"))
    usage = ("run",)
    topic = "the clock"

    def takes(self, rest: str) -> bool:
        return not rest

    def do(self, session: Session, rest: str) -> Told:
        before = len(session.stage.decisions)
        if not session.travel(once=False):
            return [row("  ", tr("nothing more is due"))]
        told = saying.happened(session, before)
        if len(session.stage.decisions) - before >= MOST // 4:
            told.append(row("  ", tr("there is more to come: `run` goes on")))
        return told


WORD = Run()
