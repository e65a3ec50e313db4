"""`save "the offer goes out"`"""

from __future__ import annotations

from flowlang.repl.saving import Saved, save
from flowlang.repl.script import named
from flowlang.repl.session import Session
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word

SHOWN = 10
"""Contacts that are named when a test is saved."""


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
        told = [row("  ", ("strong", place), said, ("good", "passed"), hang=4)]
        if saved.left_out or len(saved.contacts) > 1:
            told.append(row(f"  {_contents(saved)}", hang=4))
        return told


def _contents(saved: Saved) -> str:
    """Whose data stand in the test."""
    named = [*saved.contacts[:SHOWN], *(["..."] if len(saved.contacts) > SHOWN else [])]
    told = f"with what is known of {', '.join(named) or 'nobody'}"
    if not saved.left_out:
        return told
    others = "contact" if saved.left_out == 1 else "contacts"
    return f"{told}; without {saved.left_out} {others} to whom nothing has happened"


WORD = Save()
