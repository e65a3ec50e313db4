"""`set score=70`"""

from __future__ import annotations

from collections.abc import Iterable

from flowlang.check import literals
from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.repl import saying
from flowlang.repl.outcome import written
from flowlang.repl.script import Wrong, refuse
from flowlang.repl.session import Session
from flowlang.repl.told import Told
from flowlang.repl.typed import literal, pairs
from flowlang.repl.usual import usual
from flowlang.repl.word import Word
from flowlang.source import Findings
from flowlang.speech import tr
from flowlang.steps.set import Set as SetStep


class Set(Word):
    """Gives a field of the contact a value."""

    names = (("en", "set"), ("de", "setze"))
    usage = (
        tr("set score to 70"),
        tr("set country=CH"),
    )
    topic = "what happens"

    def do(self, session: Session, rest: str) -> Told:
        session.contact()
        tongue, fields = session.tongue, session.program.names.fields
        found = list(pairs(rest))
        if len(found) == 2 and not found[0][0].strip() and not found[1][0].strip():
            _, name, value = found[0]
            rest = f"{name} {tongue.word('_SET_TO')} {literal(session, value, name, fields)}"
        return saying.say(session, _reckoned(session, f"{tongue.word('_SET')} {rest}"))

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        fields = session.program.names.fields
        name = rest.split(maxsplit=1)[0].partition("=")[0] if rest.split() else ""
        if name in fields and ("=" in rest or " " in rest):
            yield from usual(session, name)
            if "=" not in rest and len(rest.split()) < 3:
                yield session.tongue.word("_SET_TO")
        else:
            yield from (name for name in fields if name != "id")


def _reckoned(session: Session, text: str) -> str:
    """The line with its value written out, where it has to be reckoned.  Raises Wrong."""
    lines = session.read(session.at(text))
    node = getattr(lines[0].node, "action", None) if lines else None
    if not isinstance(node, SetStep) or literals.literal(node.value, Findings()) is not None:
        return text
    findings = Findings()
    expressions = Expressions(session.program.names)
    expressions.findings = findings
    compiled = expressions.compile(node.value, Place("test"))
    refuse(findings)
    value = compiled.fn(session.view())
    shown = written(value, session.program.config.timezone)
    if value is None or shown is None:
        raise Wrong(tr("`{text}` has no value now that could be set", text=node.value.span.text))
    return f"{text[: text.rindex(node.value.span.text)]}{shown}"


WORD = Set()
