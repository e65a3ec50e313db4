"""`quit`"""

from __future__ import annotations

from flowlang.repl.session import Session
from flowlang.repl.told import Told
from flowlang.repl.word import Word


class Quit(Word):
    """Ends the session; nothing is kept that was not saved. Ctrl-D does the same."""

    names = (("en", "quit"), ("en", "exit"), ("de", "schluss"))
    usage = ("quit",)
    topic = "the session"

    def takes(self, rest: str) -> bool:
        return not rest

    def do(self, session: Session, rest: str) -> Told:
        session.over = True
        return []


WORD = Quit()
