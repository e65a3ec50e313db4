"""What an expectation becomes: a check that is silent, or says what was so instead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.expressions import Expressions
from flowlang.engine.expectations.instead import as_told, told
from flowlang.source import Diagnostic, Findings
from flowlang.speech import tr
from flowlang.syntax import expressions as tree
from flowlang.syntax import scripts
from flowlang.syntax.by_node import ByNode
from flowlang.syntax.tree import Node, Token

if TYPE_CHECKING:
    from flowlang.engine.play import Play

Holds = Callable[["Play"], "str | None"]
"""None where it is so; else what was so instead."""

Check = Callable[["Play"], None]

Compiled = tuple[Holds, "str | None"]
"""What is asked of a running test, and the contact whose timeline tells why."""
Expect = Callable[["Expectations", Any, "Token | None"], Compiled]
EXPECTATIONS: ByNode[Expect] = ByNode()
"""By node: what checks it and makes it ready."""
expects = EXPECTATIONS.register


class Expectations:
    """Checks and compiles the expectations of a test."""

    def __init__(self, expressions: Expressions, zone: Any, contacts: list[str]) -> None:
        self.expressions = expressions
        self.names = expressions.names
        self.zone = zone
        self.contacts = contacts
        """The contacts that the test has made so far."""

    @property
    def findings(self) -> Findings:
        return self.expressions.findings

    def compile(self, node: scripts.Expect) -> Check:
        """A check of a running test that raises Failed."""
        what, negated = node.what, False
        if isinstance(what, scripts.ExpectNot):
            what, negated = what.what, True
        holds, whom = EXPECTATIONS[type(what)](self, what, node.whom)
        text = node.span.words

        def check(play: Play) -> None:
            instead = holds(play)
            if (instead is None) is negated:
                from flowlang.engine.play import Failed  # of the engine, which runs by now

                so = instead if instead is not None else as_told(play, what, whom)
                raise Failed(
                    tr(
                        "{expected}\nbut {instead}\n{story}",
                        expected=text,
                        instead=so,
                        story=told(play, whom),
                    )
                )

        return check

    def whose(self, token: Token | None, node: Node) -> str:
        """The contact that a line speaks of; a finding where that is not clear."""
        if token is not None:
            if token.value not in self.contacts:
                known = ", ".join(f'"{name}"' for name in self.contacts) or "none"
                self.findings.report(
                    d.UNKNOWN_CONTACT,
                    token.span,
                    what=tr(
                        'there is no contact "{name}" in this test (there is {known})',
                        name=token.value,
                        known=known,
                    ),
                )
            return str(token.value)
        if len(self.contacts) > 1:
            self.findings.report(
                d.UNKNOWN_CONTACT,
                node.span,
                what=tr(
                    "this test has several contacts, and this line does not say which is meant"
                ),
                hint=tr('end it with `for "{name}"`', name=self.contacts[0]),
            )
        elif not self.contacts:
            self.findings.report(
                d.UNKNOWN_CONTACT,
                node.span,
                what=tr("this test has no contact: add `given contact`"),
            )
        return self.contacts[0] if self.contacts else ""

    def known(self, token: Token, known: Any, diagnostic: Diagnostic) -> str:
        """A name that there must be; a finding where there is not."""
        if token.value not in known:
            self.expressions.unknown(diagnostic, token, known)
        return str(token.value)

    def message(self, token: Token) -> str:
        """The name of a message."""
        return self.known(token, self.names.messages, d.UNKNOWN_MESSAGE)

    def campaign(self, token: Token) -> str:
        """The name of a campaign."""
        return self.known(token, self.names.campaigns, d.UNKNOWN_CAMPAIGN)

    def moment(self, node: tree.DateTime | tree.Date | None) -> datetime | None:
        """The instant of a moment that may be left out."""
        return literals.moment(node, self.findings, self.zone) if node is not None else None
