"""`back`"""

from __future__ import annotations

from flowlang.repl.outcome import in_words
from flowlang.repl.script import Wrong
from flowlang.repl.session import Session
from flowlang.repl.telling import Teller, changes
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word


class Back(Word):
    """Comes back from `what if`, and says what was different there."""

    names = (("en", "back"), ("de", "zurück"), ("de", "zurueck"))
    usage = ("back",)
    topic = "other ways"

    def takes(self, rest: str) -> bool:
        return not rest

    def do(self, session: Session, rest: str) -> Told:
        if not session.state.branches:
            raise Wrong("there is nothing to come back to", "`what if` tries another way")
        there = in_words(session)
        session.go(session.state.branches[0])
        here = in_words(session)
        clock = Teller(session.program).clock(session.now)
        told = [row(f"  back at {clock}")]
        different = changes(here, there)
        if different:
            told += [row("  there it was:"), *different]
        return told


WORD = Back()
