"""`event purchase total=99`"""

from __future__ import annotations

from collections.abc import Iterable

from flowlang.repl import saying
from flowlang.repl.session import Session
from flowlang.repl.told import Told
from flowlang.repl.typed import literal, pairs
from flowlang.repl.word import Word
from flowlang.speech import tr


class Event(Word):
    """Lets an event happen to the contact.

    Its values are `name=value`, or as in a test: `event purchase total 99, order_id "A"`.
    """

    names = (("en", "event"), ("de", "ereignis"))
    usage = (tr("event purchase total=99 order_id=A1"),)
    topic = "what happens"

    def do(self, session: Session, rest: str) -> Told:
        return saying.say(session, f"{session.tongue.word('_EVENT')} {_written(session, rest)}")

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        events = session.program.names.events
        name = rest.split(maxsplit=1)[0] if rest.split() else ""
        if name in events and (" " in rest):
            yield from (f"{field}=" for field in events[name].fields if field != "at")
        else:
            yield from (name for name, event in events.items() if event.outside)


def _written(session: Session, rest: str) -> str:
    """The name of an event and its values, as a test writes them."""
    event = session.program.names.events.get(rest.split(maxsplit=1)[0] if rest.split() else "")
    fields = event.fields if event is not None else {}
    parts: list[str] = []
    for before, name, value in pairs(rest):
        given = before.strip().strip(",").strip()
        if given:
            parts.append(given)
        if name:
            parts.append(f"{name} {literal(session, value, name, fields)}")
    head, *values = parts or [""]
    return f"{head} {', '.join(values)}" if values else head


WORD = Event()
