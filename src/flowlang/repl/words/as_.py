"""`as anna`"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flowlang.repl.script import Wrong, named, quoted
from flowlang.repl.session import Session
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word
from flowlang.source import did_you_mean
from flowlang.speech import tr


class As(Word):
    """Speaks of another contact from here on; `contact bob` does so too."""

    names = (("en", "as"), ("de", "als"))
    usage = (tr("as bob"),)
    topic = "what happens"

    def do(self, session: Session, rest: str) -> Told:
        name = there(session, rest)
        if name != session.whom:
            session.go(replace(session.state, whom=name))
        return [row("  ", tr("from here on: {name}", name=name))]

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        return list(session.stage.contacts)


def there(session: Session, rest: str) -> str:
    """The contact of a name that was typed.  Raises Wrong."""
    name, known = named(rest), session.stage.contacts
    if not name:
        raise Wrong(
            tr("which contact?"),
            tr("there is {names}", names=", ".join(known)) if known else _make("anna"),
        )
    if name not in known:
        ids = [one for one, contact in session.stage.play.timeline.contacts.items()
               if name.casefold() == str(contact.fields.get("email", "")).casefold()]  # fmt: skip
        hint = (
            tr("that is the address of `{name}`", name=ids[0]) if ids else did_you_mean(name, known)
        )
        raise Wrong(tr('there is no contact "{name}"', name=name), hint or _make(name))
    return name


def _make(name: str) -> str:
    return tr("make one: `contact {name}`", name=name if name.isidentifier() else quoted(name))


WORD = As()
