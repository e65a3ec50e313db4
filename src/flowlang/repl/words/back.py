"""`back`"""

from __future__ import annotations

from flowlang.repl.outcome import in_words
from flowlang.repl.session import Session
from flowlang.repl.telling import changes
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word
from flowlang.speech import tr


class Back(Word):
    """Comes back from `what if`, and says what was different there."""

    names = (("en", "back"), ("de", "zurück"), ("de", "zurueck"))
    usage = ("back",)
    topic = "other ways"

    def takes(self, rest: str) -> bool:
        return not rest

    def do(self, session: Session, rest: str) -> Told:
        there = in_words(session) if session.state.branches else []
        session.back()
        here = in_words(session)
        clock = session.teller().clock(session.now)
        told = [row("  ", tr("back at {moment}", moment=clock))]
        different = changes(here, there)
        if different:
            told += [row("  ", tr("there it was:")), *different]
        return told


WORD = Back()
