"""`set score=70`"""

from __future__ import annotations

from collections.abc import Iterable

from flowlang.repl import saying
from flowlang.repl.session import Session
from flowlang.repl.told import Told
from flowlang.repl.word import Word


class Set(Word):
    """Gives a field of the contact a value."""

    names = (("en", "set"), ("de", "setze"))
    usage = ("set score to 70", "set country=CH")
    topic = "what happens"

    def do(self, session: Session, rest: str) -> Told:
        tongue, fields = session.tongue, session.program.names.fields
        found = list(saying.pairs(rest))
        if len(found) == 2 and not found[0][0].strip() and not found[1][0].strip():
            _, name, value = found[0]
            shown = saying.literal(value, name, fields, saying.yes_no(session))
            rest = f"{name} {tongue.word('_SET_TO')} {shown}"
        return saying.say(session, f"{tongue.word('_SET')} {rest}")

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        fields = session.program.names.fields
        name = rest.split(maxsplit=1)[0].partition("=")[0] if rest.split() else ""
        if name in fields and ("=" in rest or " " in rest):
            yield from (f'"{choice}"' for choice in fields[name].choices)
            if "=" not in rest and len(rest.split()) < 3:
                yield session.tongue.word("_SET_TO")
        else:
            yield from (name for name in fields if name != "id")


WORD = Set()
