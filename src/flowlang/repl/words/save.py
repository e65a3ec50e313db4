"""`save "the offer goes out"`"""

from __future__ import annotations

from flowlang.repl.saving import Saved, save
from flowlang.repl.script import named
from flowlang.repl.session import Session
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word
from flowlang.speech import tr, tr_n

SHOWN = 10
"""Contacts that are named when a test is saved."""


class Save(Word):
    """Writes the session as a test into the file of the campaign, with what came out expected.

    The test is run before it is said to be there; it can be edited like any other.
    """

    names = (("en", "save"), ("de", "sichern"))
    usage = (tr('save "the offer goes out"'),)
    topic = "files"

    def do(self, session: Session, rest: str) -> Told:
        saved = save(session, named(rest))
        said = tr_n(
            'test "{name}", {count} expectation: ', 'test "{name}", {count} expectations: ',
            saved.expected, name=saved.name,
        )  # fmt: skip
        place = f"{saved.file}:{saved.line}"
        told = [row("  ", ("strong", place), "  ", said, ("good", tr("passed")), hang=4)]
        if saved.left_out or len(saved.contacts) > 1:
            told.append(row("  ", _contents(saved), hang=4))
        return told


def _contents(saved: Saved) -> str:
    """Whose data stand in the test."""
    named = [*saved.contacts[:SHOWN], *(["..."] if len(saved.contacts) > SHOWN else [])]
    names = ", ".join(named) or tr("nobody")
    told = tr("with what is known of {names}", names=names)
    if not saved.left_out:
        return told
    return tr_n(
        "{told}; without {count} contact to whom nothing has happened",
        "{told}; without {count} contacts to whom nothing has happened",
        saved.left_out, told=told,
    )  # fmt: skip


WORD = Save()
