"""COMPARISONS → VALUES for which they turn out as wanted, found by asking the comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from copy import copy
from itertools import islice, product
from math import prod
from typing import Any, NamedTuple

from flowlang.check.expressions import Expressions
from flowlang.check.view import View
from flowlang.contact import Run
from flowlang.coverage.drafts import Call, Change, Data, RowIs
from flowlang.coverage.facts import field_is
from flowlang.coverage.scenes import Scene, Wish
from flowlang.coverage.values import Constants, domain, written
from flowlang.source import Findings
from flowlang.syntax import expressions as tree
from flowlang.syntax.tree import Node, walk

TRIES = 6_000
"""Assignments of values that are tried for comparisons that belong together."""


class Variable(NamedTuple):
    """What a comparison reads: of the contact, an event, a row, a reply or an answer."""

    space: str
    name: str


def variables(node: Node, scene: Scene) -> Iterator[Variable]:
    """What a comparison reads that could be otherwise."""
    for one in walk(node):
        if isinstance(one, tree.FieldValue):
            name = str(one.name.value)
            if scene.row is not None and name in scene.row:
                yield Variable("row", name)
            elif name in scene.names.fields and name not in ("id", "created"):
                yield Variable("contact", name)
        elif isinstance(one, tree.Ref):
            space, _, name = str(one.name.value).partition(".")
            known = space == "event" and name in scene.brought
            if not (space in ("event", "reply") and name == "at") and not known:
                yield Variable(space, name)


def values_for(nodes: Sequence[tree.Expression], want: bool, scene: Scene) -> Iterator[Wish]:
    """Values for which all these comparisons turn out as wanted, the plainest first."""
    names = scene.names
    found = list(dict.fromkeys(one for node in nodes for one in variables(node, scene)))
    expressions = Expressions(names)
    # What there is to find has been found when the program was checked.
    expressions.findings = Findings()
    asked = [expressions.condition(node, scene.place()) for node in nodes]
    known = Constants.of(nodes, names)
    known.take(scene.brought.values())
    choices = [domain(scene.kind(*one), known, scene.now, names) for one in found]
    for values in islice(_assignments(choices), TRIES):
        assigned = dict(zip(found, values, strict=True))
        view = _view(assigned, scene)
        # A value of a kind that only shows now may not fit what it is compared with.
        with suppress(ArithmeticError, AttributeError, TypeError, ValueError):
            if all(bool(fn(view)) is want for fn in asked):
                yield tuple(_change(one, value, scene) for one, value in assigned.items())


def _assignments(choices: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    """All ways to choose; where they are few, those first that choose the first of each."""
    ways: Iterable[tuple[int, ...]] = product(*(range(len(one)) for one in choices))
    if prod(map(len, choices)) <= TRIES:
        ways = sorted(ways, key=sum)
    for way in ways:
        yield tuple(one[index] for one, index in zip(choices, way, strict=True))


def _view(assigned: dict[Variable, Any], scene: Scene) -> View:
    """A view of a contact that has these values, and is else as it is."""
    contact = copy(scene.contact)
    contact.fields = dict(contact.fields)
    at = {"at": scene.now}
    spaces: dict[str, dict[str, Any]] = {
        "contact": contact.fields, "event": at | scene.brought, "row": dict(at),
        "reply": dict(at), "answer": {},
    }  # fmt: skip
    for (space, name), value in assigned.items():
        if space in spaces:
            spaces[space][name] = value
    run = Run("", "", "", reply=spaces["reply"], answer=spaces["answer"])
    view = View(contact, scene.now, scene.names.config.timezone, scene.world, run, spaces["event"])
    if scene.row is not None:
        view.row = spaces["row"]
    return view


def _change(variable: Variable, value: Any, scene: Scene) -> Change:
    space, name = variable
    shown = written(value, scene.names)
    match space:
        case "contact":
            return field_is(name, value, scene.names)
        case "event" | "reply":
            return Data(scene.carrier(space, name), name, shown)
        case "answer":
            answer = ((name.partition(".")[0], shown),) if shown else ()
            return Call(scene.urls[-1] if scene.urls else "", answer)
    return RowIs(name, value)
