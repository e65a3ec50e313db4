"""`reload`"""

from __future__ import annotations

from flowlang.repl import saying
from flowlang.repl.session import Session
from flowlang.repl.telling import changes
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word
from flowlang.speech import tr


class Reload(Word):
    """Takes the files as they are now, replays the session, and says what became different.

    It goes up to the line that cannot be done any more, if there is one.
    """

    names = (("en", "reload"), ("de", "neu laden"))
    usage = ("reload",)
    topic = "files"

    def takes(self, rest: str) -> bool:
        return not rest

    def do(self, session: Session, rest: str) -> Told:
        before, lines = _history(session), session.state.lines
        wrong = session.take(session.sources.load())
        different = changes(before, _history(session))
        stopped = saying.stopped(session, lines, wrong) if wrong is not None else []
        if not different:
            return [row("  ", tr("the files are read anew; nothing became different")), *stopped]
        return [row("  ", tr("the files are read anew; now it went so:")), *different, *stopped]


def _history(session: Session) -> list[str]:
    """All that was decided, a line each, with its moment."""
    teller = session.teller(several=len(session.stage.contacts) > 1)
    return [teller.head(one).in_(session.language).text for one in session.stage.decisions]


WORD = Reload()
