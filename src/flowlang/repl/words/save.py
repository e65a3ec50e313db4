"""`save "the offer goes out"`"""

from __future__ import annotations

from flowlang.repl.saving import save
from flowlang.repl.script import named
from flowlang.repl.session import Session
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word


class Save(Word):
    """Writes the session as a test into the file of the campaign, with what came out expected.

    The test is run before it is said to be there; it can be edited like any other.
    """

    names = (("en", "save"), ("de", "sichern"))
    usage = ('save "the offer goes out"',)
    topic = "files"

    def do(self, session: Session, rest: str) -> Told:
        saved = save(session, named(rest))
        expected = "1 expectation" if saved.expected == 1 else f"{saved.expected} expectations"
        place = f"{saved.file}:{saved.line}"
        said = f'  test "{saved.name}", {expected}: '
        return [row("  ", ("strong", place), said, ("good", "passed"), hang=4)]


WORD = Save()
