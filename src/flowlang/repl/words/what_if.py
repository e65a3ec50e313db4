"""`what if`"""

from __future__ import annotations

from collections.abc import Iterable

from flowlang.repl import saying
from flowlang.repl.session import Session
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word
from flowlang.speech import tr


class WhatIf(Word):
    """Tries another way from here; `back` comes back to this point.

    With something behind it, that happens at once. One can be tried within another.
    """

    names = (("en", "what if"), ("de", "was wäre wenn"), ("de", "was waere wenn"))
    usage = (
        "what if",
        tr('what if tag "attended"'),
    )
    topic = "other ways"

    def do(self, session: Session, rest: str) -> Told:
        before, past, told = session.state, list(session.past), []
        session.branch()
        if rest:
            try:
                told = saying.enter(session, rest)
            except BaseException:
                session.back()
                raise
            if len(session.state.branches) > len(before.branches):
                session.past = [*past, before]  # both are undone at once
        clock = session.teller().clock(session.now)
        return told or [
            row("  ", tr("what if, from {moment} on; `back` comes back here", moment=clock))
        ]

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        from flowlang.repl.completion import complete

        return complete(session, rest)


WORD = WhatIf()
