"""What a test expects: each line becomes a check that is silent or says what was so instead."""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.comparing import OPERATORS
from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.check.view import View
from flowlang.engine.play import Failed, Play
from flowlang.engine.world import SentOut
from flowlang.intake.report import counted
from flowlang.source import Diagnostic
from flowlang.steps.measure import Measure
from flowlang.syntax import expressions as tree
from flowlang.syntax import scripts
from flowlang.syntax.tree import Node, Token, children, walk

Holds = Callable[[Play], "str | None"]
"""None where it is so; else what was so instead."""

Check = Callable[[Play], None]

_ADDRESS = re.compile(r".*@|[+\d]")
"""What begins like an address for mail or a phone; names of contacts go before."""


class Expectations:
    """Checks and compiles the expectations of a test."""

    def __init__(self, expressions: Expressions, zone: Any, contacts: list[str]) -> None:
        self.expressions = expressions
        self.names = expressions.names
        self.findings = expressions.findings
        self.zone = zone
        self.contacts = contacts
        """The contacts that the test has made so far."""

    def compile(self, node: scripts.Expect) -> Check:
        """A check of a running test that raises Failed."""
        what, negated = node.what, False
        if isinstance(what, scripts.ExpectNot):
            what, negated = what.what, True
        holds, whom = _COMPILERS[type(what)](self, what, node.whom)
        text = " ".join(node.span.text.split())

        def check(play: Play) -> None:
            instead = holds(play)
            if (instead is None) is negated:
                so = instead if instead is not None else _as_told(play, what, whom)
                raise Failed(f"{text}\nbut {so}\n{_told(play, whom)}")

        return check

    # -------------------------------------------------------------- whose

    def whose(self, token: Token | None, node: Node) -> str:
        """The contact that a line speaks of; a finding where that is not clear."""
        if token is not None:
            if token.value not in self.contacts:
                known = ", ".join(f'"{name}"' for name in self.contacts) or "none"
                self.findings.report(
                    d.UNKNOWN_CONTACT,
                    token.span,
                    what=f'there is no contact "{token.value}" in this test (there is {known})',
                )
            return str(token.value)
        if len(self.contacts) > 1:
            self.findings.report(
                d.UNKNOWN_CONTACT, node.span,
                what="this test has several contacts, and this line does not say which is meant",
                hint=f'end it with `for "{self.contacts[0]}"`',
            )  # fmt: skip
        elif not self.contacts:
            self.findings.report(
                d.UNKNOWN_CONTACT, node.span, what="this test has no contact: add `given contact`"
            )
        return self.contacts[0] if self.contacts else ""

    def _known(self, token: Token, known: Any, diagnostic: Diagnostic) -> str:
        if token.value not in known:
            self.expressions.unknown(diagnostic, token, known)
        return str(token.value)

    def _message(self, token: Token) -> str:
        return self._known(token, self.names.messages, d.UNKNOWN_MESSAGE)

    def _campaign(self, token: Token) -> str:
        return self._known(token, self.names.campaigns, d.UNKNOWN_CAMPAIGN)

    def _moment(self, node: tree.DateTime | tree.Date | None) -> datetime | None:
        return literals.moment(node, self.findings, self.zone) if node is not None else None

    # -------------------------------------------------------------- conditions

    def _condition(
        self, node: scripts.ExpectCondition, whom: Token | None
    ) -> tuple[Holds, str | None]:
        speaks = any(isinstance(part, _OF_CONTACT) for part in walk(node.condition))
        name = self.whose(whom, node) if speaks or whom is not None else None
        condition = self.expressions.condition(node.condition, Place("test"))
        values = self._values(node.condition)

        def holds(play: Play) -> str | None:
            contact = (
                play.contact(name) if name else next(iter(play.timeline.contacts.values()), _NOBODY)
            )
            view = View(contact, play.now, self.zone, play.timeline.interpreter)
            if condition(view):
                return None
            return _listed(values(view))

        return holds, name

    def _values(self, node: tree.Expression) -> Callable[[View], list[tuple[str, Any]]]:
        """The values of what a condition speaks of, by its text."""
        parts = [
            (" ".join(part.span.text.split()), self.expressions.compile(part, Place("test")).fn)
            for part in _spoken_of(node)
            if isinstance(
                part, (tree.FieldValue, tree.CouponsLeft, tree.CountOf, tree.SumOf, tree.OfLast)
            )
        ]
        tags = any(isinstance(part, tree.Tagged) for part in walk(node))
        groups = any(isinstance(part, tree.InGroup) for part in walk(node))

        def values(view: View) -> list[tuple[str, Any]]:
            found = [(text, fn(view)) for text, fn in parts]
            if tags:
                shown = ", ".join(f'"{tag}"' for tag in view.contact.tags)
                found.append(("its tags", shown or "none"))
            if groups:
                found.append(("its groups", ", ".join(sorted(view.contact.groups)) or "none"))
            return found

        return values

    # -------------------------------------------------------------- messages

    def _sent(self, node: scripts.ExpectSent, whom: Token | None) -> tuple[Holds, str | None]:
        message = self._message(node.message)
        reached = self._reached(node.to, whom)
        about = next((one.value for one in (whom, node.to) if one is not None), None)
        at, times = self._moment(node.at), node.times.value if node.times else None

        def holds(play: Play) -> str | None:
            if at is not None and at > play.now:
                play.move(at)
            copies = [
                one for one in play.world.sent if one.message == message and reached(play, one)
            ]
            fitting = [
                one for one in copies if at is None or one.at.replace(second=0, microsecond=0) == at
            ]
            if len(fitting) == times if times is not None else fitting:
                return None
            return _copies(play, message)

        return holds, about if about in self.contacts else None

    def _reached(self, to: Token | None, whom: Token | None) -> Callable[[Play, SentOut], bool]:
        """Whether a copy is meant: `to` says who got it, by name or address, `for` whose it was."""
        name = self._recipient(to)
        about = self.whose(whom, Node(whom.span)) if whom is not None else None

        def reached(play: Play, sent: SentOut) -> bool:
            if about is not None and sent.contact != about:
                return False
            if name is None:
                return True
            if name in self.contacts:
                return sent.contact == name and not sent.elsewhere
            return sent.address.casefold() == name.casefold()

        return reached

    def _recipient(self, token: Token | None) -> str | None:
        if token is None:
            return None
        if token.value not in self.contacts and _ADDRESS.match(token.value):
            return str(token.value)
        return self.whose(token, Node(token.span))

    def _skipped(self, node: scripts.ExpectSkipped, whom: Token | None) -> tuple[Holds, str | None]:
        message = self._message(node.message)
        to = node.to or whom
        name = self.whose(to, node) if to is not None else None
        because = node.because.value if node.because else ""

        def holds(play: Play) -> str | None:
            found = [
                one
                for one in play.world.skipped
                if one.message == message and name in (None, one.contact)
            ]
            said = [f"{one.because}: {one.detail}".casefold() for one in found]
            if any(because.casefold() in one for one in said):
                return None
            if not found:
                return f'"{message}" was not skipped'
            return "it was skipped because: " + ", ".join(sorted({one.because for one in found}))

        return holds, name

    def _copy(
        self, node: scripts.ExpectSubject | scripts.ExpectBody, whom: Token | None
    ) -> tuple[Holds, str | None]:
        message = self._message(node.message)
        reached = self._reached(node.to, whom)
        about = next((one.value for one in (whom, node.to) if one is not None), None)
        part = "subject" if isinstance(node, scripts.ExpectSubject) else "body"
        text = node.text.value

        def holds(play: Play) -> str | None:
            copies = [
                one for one in play.world.sent if one.message == message and reached(play, one)
            ]
            if not copies:
                return f'"{message}" was not sent'
            shown: str = getattr(copies[-1], part)
            return None if text.casefold() in shown.casefold() else f"the {part} is:\n{shown}"

        return holds, about if about in self.contacts else None

    # -------------------------------------------------------------- runs

    def _waiting(self, node: scripts.ExpectWaiting, whom: Token | None) -> tuple[Holds, str | None]:
        name, campaign = self.whose(whom, node), self._campaign(node.campaign)
        until = self._moment(node.until)

        def holds(play: Play) -> str | None:
            runs = play.runs(name, campaign)
            for run in runs:
                if run.status == "waiting" and (until is None or run.due == until):
                    return None
            return _standing(play, runs)

        return holds, name

    def _state(self, node: scripts.ExpectState, whom: Token | None) -> tuple[Holds, str | None]:
        name, campaign = self.whose(whom, node), self._campaign(node.campaign)
        state = node.state.value

        def holds(play: Play) -> str | None:
            runs = play.runs(name, campaign)
            return None if any(run.status == state for run in runs) else _standing(play, runs)

        return holds, name

    def _in(self, node: scripts.ExpectIn, whom: Token | None) -> tuple[Holds, str | None]:
        name, campaign = self.whose(whom, node), self._campaign(node.campaign)

        def holds(play: Play) -> str | None:
            runs = play.runs(name, campaign)
            return None if any(run.under_way for run in runs) else _standing(play, runs)

        return holds, name

    def _round(self, node: scripts.ExpectRound, whom: Token | None) -> tuple[Holds, str | None]:
        name, campaign = self.whose(whom, node), self._campaign(node.campaign)
        number = node.round.value

        def holds(play: Play) -> str | None:
            runs = play.runs(name, campaign)
            return None if any(run.round == number for run in runs) else _standing(play, runs)

        return holds, name

    # -------------------------------------------------------------- the world

    def _notified(
        self, node: scripts.ExpectNotified | scripts.ExpectNotifiedInbox, whom: Token | None
    ) -> tuple[Holds, str | None]:
        who = node.who.value if isinstance(node, scripts.ExpectNotified) else "inbox"
        text = node.text.value

        def holds(play: Play) -> str | None:
            said = [notice.text for notice in play.world.notices if notice.who == who]
            if any(text.casefold() in one.casefold() for one in said):
                return None
            return f"{who} was told: {'; '.join(said)}" if said else f"{who} was told nothing"

        return holds, None

    def _called(self, node: scripts.ExpectCalled, whom: Token | None) -> tuple[Holds, str | None]:
        url, times = node.url.value, node.times.value if node.times else None

        def holds(play: Play) -> str | None:
            count = sum(1 for _, called, _ in play.world.called if called == url)
            good = count == times if times is not None else count > 0
            return None if good else f"it was called {counted(count, 'time', 'times')}"

        return holds, None

    def _moved(
        self, node: scripts.ExpectExported | scripts.ExpectImported, whom: Token | None
    ) -> tuple[Holds, str | None]:
        """A file that a job of an automation wrote or read; its path begins at the test's file."""
        source, times = node.path.span.source.path, node.times.value if node.times else None
        folder = source.parent if source else Path()
        path = folder / node.path.value
        exported = isinstance(node, scripts.ExpectExported)

        def holds(play: Play) -> str | None:
            files = play.files.written if exported else play.files.read
            count = sum(one == path for one in files)
            if count == times if times is not None else count:
                return None
            others = sorted({os.path.relpath(one, folder) for one in files})
            verb = "written" if exported else "read"
            if count or not others:
                return f"it was {verb} {counted(count, 'time', 'times')}"
            return f"what was {verb} is " + ", ".join(f'"{one}"' for one in others)

        return holds, None

    def _reported(
        self, node: scripts.ExpectReported, whom: Token | None
    ) -> tuple[Holds, str | None]:
        who = node.who.value

        def holds(play: Play) -> str | None:
            reported = {notice.who for notice in play.world.reported}
            return (
                None
                if who in reported
                else f"reports went to: {', '.join(sorted(reported)) or 'nobody'}"
            )

        return holds, None

    def _measured(
        self, node: scripts.ExpectMeasured, whom: Token | None
    ) -> tuple[Holds, str | None]:
        measures = {
            one.name.value: one
            for campaign in self.names.campaigns.values()
            for one in walk(campaign)
            if isinstance(one, Measure)
        }
        name, amount = self._known(node.name, measures, d.UNKNOWN_MEASURE), node.amount.value
        test = OPERATORS[str(node.operator.value)]

        def holds(play: Play) -> str | None:
            count = play.world.measured[name]
            return None if test(count, amount) else f"{count} were measured"

        return holds, None

    def _process(self, node: scripts.ExpectProcess, whom: Token | None) -> tuple[Holds, str | None]:
        message = self._message(node.message)
        done, of = node.done.value, node.of.value

        def holds(play: Play) -> str | None:
            found = [one for one in play.world.processes.sends() if one.name == message]
            went = sum(one.done for one in found)
            about = sum(one.past for one in found) + play.standing(message)
            return None if (went, about) == (done, of) else f"it is done {went} of {about}"

        return holds, None

    def _history(self, node: scripts.ExpectHistory, whom: Token | None) -> tuple[Holds, str | None]:
        name = self.whose(whom, node)
        text = node.text.value.casefold()

        def holds(play: Play) -> str | None:
            for entry in play.entries:
                if (
                    entry.contact == name
                    and text in f"{entry.step}: {entry.what} ({entry.because})".casefold()
                ):
                    return None
            return "it does not"

        return holds, name

    def _refused(self, node: scripts.ExpectRefused, whom: Token | None) -> tuple[Holds, str | None]:
        text = node.text.value

        def holds(play: Play) -> str | None:
            refused, play.looked = play.refused, True
            if refused is None:
                return "nothing was refused"
            return (
                None if text.casefold() in refused.casefold() else f"it was refused with: {refused}"
            )

        return holds, None


_OF_CONTACT = tuple(
    kind
    for kind in vars(tree).values()
    if isinstance(kind, type)
    and issubclass(kind, tree.Expression)
    and kind
    not in (
        tree.Expression, tree.CouponsLeft, tree.Compare, tree.And, tree.Or, tree.Not, tree.Sum,
        tree.Product, tree.OneSided, tree.TwoSided, tree.Between, tree.InList, tree.NotInList,
        tree.BadExpression,
    )
    and not issubclass(kind, tree.Literal)
)  # fmt: skip


def _spoken_of(node: Node) -> Iterator[Node]:
    """A condition and its parts, but for what a `where` says: that is about each row."""
    yield node
    for part in children(node):
        if part is not getattr(node, "where", None):
            yield from _spoken_of(part)


def _as_told(play: Play, what: scripts.Expectation, whom: str | None) -> str:
    """What was so although it was not to be."""
    if isinstance(what, scripts.ExpectSent):
        return _copies(play, what.message.value)
    if isinstance(what, scripts.ExpectIn) and whom is not None:
        return _standing(play, play.runs(whom, what.campaign.value))
    return "it is so"


def _copies(play: Play, message: str) -> str:
    copies = [one for one in play.world.sent if one.message == message]
    if not copies:
        return f'"{message}" was not sent'
    when = ", ".join(f"{play.clock(one.at)} to {one.address}" for one in copies[:8])
    more = " and so on" if len(copies) > 8 else ""
    times = "once" if len(copies) == 1 else f"{len(copies)} times"
    return f'"{message}" was sent {times}: {when}{more}'


def _standing(play: Play, runs: list[Any]) -> str:
    if not runs:
        return "it never started there"
    told = []
    for run in runs:
        campaign = play.program.by_name[run.campaign]
        at = ""
        if run.under_way and run.pc < len(campaign.instructions):
            at = f" at `{campaign.instructions[run.pc].where.text}`"
        until = f" until {play.clock(run.due)}" if run.due else ""
        told.append(f"{run.status}{at}{until} (round {run.round})")
    return "it is " + ", ".join(told)


def _listed(values: list[tuple[str, Any]]) -> str:
    if not values:
        return "it is not so"
    return ", ".join(
        f"{text} {'are' if text.startswith('its ') else 'is'} "
        f"{'not set' if value is None else value}"
        for text, value in values
    )


def _told(play: Play, whom: str | None) -> str:
    who = f' of "{whom}"' if whom else ""
    return f"the timeline{who}:\n{play.story(whom)}"


_NOBODY: Any = None

_X = Expectations
_COMPILERS: dict[type, Callable[[Expectations, Any, Token | None], tuple[Holds, str | None]]] = {
    scripts.ExpectCondition: _X._condition,
    scripts.ExpectSent: _X._sent,
    scripts.ExpectSkipped: _X._skipped,
    scripts.ExpectSubject: _X._copy,
    scripts.ExpectBody: _X._copy,
    scripts.ExpectWaiting: _X._waiting,
    scripts.ExpectState: _X._state,
    scripts.ExpectIn: _X._in,
    scripts.ExpectRound: _X._round,
    scripts.ExpectNotified: _X._notified,
    scripts.ExpectNotifiedInbox: _X._notified,
    scripts.ExpectCalled: _X._called,
    scripts.ExpectExported: _X._moved,
    scripts.ExpectImported: _X._moved,
    scripts.ExpectReported: _X._reported,
    scripts.ExpectMeasured: _X._measured,
    scripts.ExpectProcess: _X._process,
    scripts.ExpectHistory: _X._history,
    scripts.ExpectRefused: _X._refused,
}
