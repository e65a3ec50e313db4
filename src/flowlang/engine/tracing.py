"""What a program asked and decided: the history with the conditions behind each of its entries.

A program that is compiled with `Asks.expressions` behaves like any other; while a trace listens,
each condition of a campaign that is asked is also explained, at that very moment.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from flowlang.check.comparing import Fn
from flowlang.check.explain import Explain, Explained, Explainer
from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Compiled, Place
from flowlang.check.names import Names
from flowlang.check.view import View
from flowlang.contact import Entry, RunKey
from flowlang.engine.interpreter import Interpreter
from flowlang.engine.obstacles import Fact, obstacles
from flowlang.engine.play import Play
from flowlang.program.program import Campaign, Program
from flowlang.syntax import campaigns as tree
from flowlang.syntax.expressions import Expression
from flowlang.syntax.tree import Node, Token, children

Role = Literal["start", "stop", "restart", "goal", "step"]

_ROLES: dict[type, Role] = {
    tree.StartWhen: "start", tree.StartAsSoonAs: "start", tree.StartOn: "start",
    tree.StopWhen: "stop", tree.StopOn: "stop",
    tree.RestartWhen: "restart", tree.RestartOn: "restart",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stated:
    """A condition where it stands: in which statement of which campaign."""

    campaign: str
    role: Role
    line: int
    statement: str
    """The statement's first line."""
    node: Expression
    event: str = ""
    """The event that the condition filters."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition that was asked, as it was found at that very moment."""

    at: datetime
    stated: Stated
    explained: Explained


@dataclass(frozen=True, slots=True)
class Decision:
    """An entry of a history with what it hung on."""

    entry: Entry
    key: RunKey = ("", "")
    """Of the run it was made for."""
    pc: int = -1
    """At which step that run stood; -1 where the entry is about none."""
    asked: tuple[Asked, ...] = ()
    facts: tuple[Fact, ...] = ()


class Asks:
    """Makes expressions that tell a trace what is asked, while one listens."""

    def __init__(self) -> None:
        self.trace: Trace | None = None
        self.conditions: dict[int, tuple[Expression, Place]] = {}
        """By the identity of their node, which the tree keeps alive."""
        self.values: dict[int, tuple[Expression, Place]] = {}

    def expressions(self, names: Names) -> Expressions:
        """What `workspace.load` takes."""
        return _Telling(names, self)


class _Telling(Expressions):
    """Tells each condition that is asked for its own sake, not as a part of another."""

    def __init__(self, names: Names, asks: Asks) -> None:
        super().__init__(names)
        self._asks = asks
        self._depth = 0

    def condition(self, node: Expression, place: Place) -> Fn:
        fn: Fn = self._deeper(lambda: super(_Telling, self).condition(node, place))
        if self._depth:
            return fn
        asks = self._asks
        asks.conditions[id(node)] = (node, place)

        def asked(view: View) -> Any:
            if asks.trace is not None:
                asks.trace.ask(node, place, view)
            return fn(view)

        return asked

    def compile(self, node: Expression, place: Place) -> Compiled:
        if not self._depth:
            self._asks.values[id(node)] = (node, place)
        found: Compiled = self._deeper(lambda: super(_Telling, self).compile(node, place))
        return found

    def segment(self, token: Token, place: Place | None = None) -> Fn:
        fn: Fn = self._deeper(lambda: super(_Telling, self).segment(token, place))
        return fn

    def _deeper(self, compiled: Callable[[], Any]) -> Any:
        self._depth += 1
        try:
            return compiled()
        finally:
            self._depth -= 1


@dataclass(slots=True)
class Outline:
    """Where the conditions and values of a program stand."""

    explainer: Explainer
    stated: dict[int, Stated] = field(default_factory=dict)
    """By the identity of the condition's node."""
    at: dict[tuple[str, int], list[Stated]] = field(default_factory=dict)
    """By campaign and line."""
    values: dict[tuple[str, int], list[tuple[Expression, Place]]] = field(default_factory=dict)
    """What the statements of a campaign read besides, by campaign and line."""
    _prepared: dict[int, Explain] = field(default_factory=dict)

    @classmethod
    def of(cls, program: Program, asks: Asks) -> Outline:
        outline = cls(Explainer(program.names))
        for campaign in program.by_name.values():
            for line in campaign.item.lines or () if campaign.item else ():
                for statement, node in _expressions(line):
                    outline._take(campaign.name, statement, node, asks)
        return outline

    def _take(self, campaign: str, statement: Node, node: Expression, asks: Asks) -> None:
        place = campaign, statement.span.line
        if id(node) in asks.conditions:
            text = " ".join(statement.span.first_line.split())
            role = "goal" if statement.rule == "goal" else _ROLES.get(type(statement), "step")
            event = getattr(getattr(statement, "event", None), "event", None)
            stated = Stated(campaign, role, place[1], text, node, str(event.value) if event else "")
            self.stated[id(node)] = stated
            self.at.setdefault(place, []).append(stated)
        elif id(node) in asks.values:
            self.values.setdefault(place, []).append(asks.values[id(node)])

    def explain(self, node: Expression, place: Place, view: View) -> Explained:
        """What a condition is for a view."""
        explain = self._prepared.get(id(node))
        if explain is None:
            explain = self._prepared[id(node)] = self.explainer.prepared(node, place)
        return explain(view)

    def of_campaign(self, campaign: str, *roles: Role) -> list[Stated]:
        """The conditions of a campaign in these roles, in the order of the text."""
        return [
            one for one in self.stated.values() if one.campaign == campaign and one.role in roles
        ]


def _expressions(statement: Node) -> Iterator[tuple[Node, Expression]]:
    """The expressions that stand by themselves in a statement and in those below it."""
    for child in children(statement):
        if isinstance(child, Expression):
            yield statement, child
            # `1 day before webinar_date`: the moment is what is read.
            yield from ((statement, part) for _, part in _expressions(child))
        else:
            yield from _expressions(child)


class TooMuch(Exception):
    """More happens than a person can look at; the play is left in the midst of it."""


class Trace:
    """Listens to one play: its decisions, and what was asked of each contact last."""

    def __init__(self, play: Play, outline: Outline, asks: Asks) -> None:
        self.outline = outline
        self.decisions: list[Decision] = []
        self.limit = sys.maxsize
        """How many there may be before `TooMuch` is raised."""
        self._asks = asks
        self._last: dict[tuple[str, int], Asked] = {}
        self._do: Interpreter = play.timeline.interpreter
        self._entries = play.entries
        play.world.history = self._record

    def listen(self) -> None:
        """From now on this is the trace that is told."""
        self._asks.trace = self

    def ask(self, node: Expression, place: Place, view: View) -> None:
        """A condition is asked."""
        stated = self.outline.stated.get(id(node))
        if stated is not None:
            asked = Asked(view.now, stated, self.outline.explain(node, place, view))
            self._last[view.contact.id, id(node)] = asked

    def now(self, stated: Stated, view: View) -> Explained:
        """How a condition is for a view, whether it is asked or not."""
        node, place = self._asks.conditions[id(stated.node)]
        return self.outline.explain(node, place, view)

    def last(self, contact: str, stated: Stated) -> Asked | None:
        """How a condition was found when it was last asked for a contact."""
        return self._last.get((contact, id(stated.node)))

    def of(self, contact: str) -> list[Decision]:
        """The decisions about one contact."""
        return [one for one in self.decisions if one.entry.contact == contact]

    def remember(
        self, known: Iterable[tuple[Entry, Decision | None]], view: View, parted: Container[str]
    ) -> None:
        """Take what was decided before the play begins.

        What was asked where only the entry is known cannot be told; of campaigns that have parted
        from their history the conditions are told as they are now, for a view.
        """
        self.decisions += [
            one or self._remembered(entry, view if entry.campaign in parted else None)
            for entry, one in known
        ]

    def _remembered(self, entry: Entry, view: View | None) -> Decision:
        campaign = self._do.by_name.get(entry.campaign)
        pcs = [
            # The turn of a group send bears the words of its send, which is what is told of.
            (where.line != entry.line, not hasattr(one, "message"), pc)
            for pc, one in enumerate(campaign.instructions if campaign else ())
            if (where := one.where).text == entry.step
        ]
        if not entry.step or not pcs:
            return Decision(entry, (entry.campaign, ""))
        line = entry.line if not min(pcs)[0] else 0
        asked = tuple(
            Asked(view.now, stated, self.now(stated, view))
            for stated in self.outline.at.get((entry.campaign, line), ())
            if view is not None and not stated.event
        )
        return Decision(entry, (entry.campaign, ""), min(pcs)[2], asked)

    # ------------------------------------------------------------------ recording

    def _record(self, entry: Entry) -> None:
        if len(self.decisions) >= self.limit:
            raise TooMuch
        self._entries.append(entry)
        do = self._do
        if not entry.campaign or do.campaign.name != entry.campaign:
            campaign = do.by_name.get(entry.campaign)
            asked = self._asked(campaign, entry) if campaign is not None else ()
            self.decisions.append(Decision(entry, (entry.campaign, ""), asked=asked))
            return
        run, campaign = do.run, do.campaign
        pc = run.pc if entry.step else -1
        message = None
        if entry.step and run.pc < len(campaign.instructions):
            message = getattr(campaign.instructions[run.pc], "message", None)
        facts = obstacles(do, message, entry) if message is not None else self._read(entry)
        key = (run.campaign, run.key)
        self.decisions.append(Decision(entry, key, pc, self._asked(campaign, entry), facts))

    def _asked(self, campaign: Campaign, entry: Entry) -> tuple[Asked, ...]:
        """The conditions behind an entry: those of its own statement, or of its kind of setting."""
        found: list[Stated] = []
        roles = _BEHIND.get(entry.what) or (
            ("start",) if entry.what.startswith("started") else None
        )
        if roles is not None:
            found = self.outline.of_campaign(campaign.name, *roles)
        if entry.step:
            found = found + self.outline.at.get((campaign.name, entry.line), [])
        asked = []
        for stated in {id(one.node): one for one in found}.values():
            last = self._last.get((entry.contact, id(stated.node)))
            if last is not None and last.at == entry.at and _fits(last, entry):
                asked.append(last)
        return tuple(asked)

    def _read(self, entry: Entry) -> tuple[Fact, ...]:
        """The values by which a wait was reckoned."""
        if entry.what not in RECKONED:
            return ()
        found = self.outline.values.get((entry.campaign, entry.line), [])
        told = [self.outline.explainer.value(node, place)(self._do.view) for node, place in found]
        return tuple(Fact(text, value) for text, value in told)


_BEHIND: dict[str, tuple[Role, ...]] = {
    "too early": ("start",),
    "start ignored": ("start",),
    "stopped": ("stop",),
    "waiting for restart": ("restart",),
    "goal met": ("goal",),
    "goal not met": ("goal",),
}
"""What was asked before an entry of a kind."""
RECKONED = ("waiting", "missed", "ends here", "timed out")
"""What a wait comes to, by the values that it reads."""


def _fits(asked: Asked, entry: Entry) -> bool:
    """Whether what was asked is why the entry is there: of settings, only what held."""
    if asked.stated.role == "step" or entry.what == "goal not met":
        return True
    if asked.stated.role == "goal":
        return asked.explained.holds and f'"{entry.because}"' in asked.stated.statement
    if entry.what in ("too early", "start ignored"):
        return asked.explained.holds
    return asked.explained.holds and asked.stated.statement in entry.because
