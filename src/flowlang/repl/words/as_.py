"""`as anna`"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flowlang.repl.script import Wrong, named
from flowlang.repl.session import Session
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word
from flowlang.source import did_you_mean


class As(Word):
    """Speaks of another contact from here on."""

    names = (("en", "as"), ("de", "als"))
    usage = ("as bob",)
    topic = "what happens"

    def do(self, session: Session, rest: str) -> Told:
        name, known = named(rest), session.stage.contacts
        if name not in known:
            hint = did_you_mean(name, known)
            raise Wrong(f'there is no contact "{name}"', hint or "make one: `contact anna`")
        if name != session.whom:
            session.go(replace(session.state, whom=name))
        return [row("  from here on: ", ("strong", name))]

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        return list(session.stage.contacts)


WORD = As()
