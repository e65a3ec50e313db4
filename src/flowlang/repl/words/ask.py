"""`? score >= 50 and tagged "hot"`"""

from __future__ import annotations

from collections.abc import Iterable

from flowlang.check.explain import Explainer
from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.repl.script import Wrong, read_lines, refuse
from flowlang.repl.session import Session
from flowlang.repl.told import Told
from flowlang.repl.word import Word
from flowlang.source import Findings
from flowlang.speech import tr
from flowlang.syntax import scripts


class Ask(Word):
    """Says whether a condition holds for the contact now, part by part."""

    names = (("en", "?"),)
    usage = (tr('? score >= 50 and tagged "hot"'),)
    topic = "why"

    def do(self, session: Session, rest: str) -> Told:
        tongue = session.tongue
        lines = read_lines(f"{tongue.word('_EXPECT')} {rest}", tongue.words.code) if rest else []
        node = getattr(lines[0].node, "what", None) if lines else None
        if not isinstance(node, scripts.ExpectCondition):
            raise Wrong(tr("a condition is asked for"), tr("write `{text}`", text=self.usage[0]))
        view, names, findings = session.view(), session.program.names, Findings()
        expressions = Expressions(names)
        expressions.findings = findings
        expressions.condition(node.condition, Place("test"))
        refuse(findings)
        explained = Explainer(names).explain(node.condition, Place("test"), view)
        return session.teller().tree(explained)

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        words = session.tongue.words
        yield from session.program.names.fields
        yield from (words.word(one) for one in ("_TAGGED", "_IN_SEGMENT", "_IN_GROUP"))


WORD = Ask()
