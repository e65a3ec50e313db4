"""The filters and functions of templates: which there are, and what each of them gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flowlang.check import diagnostics as d
from flowlang.check.template_needs import Known
from flowlang.kinds import ANY, DATE, NUMBER, TEXT
from flowlang.source import Diagnostic, did_you_mean
from flowlang.speech import tr

if TYPE_CHECKING:
    from jinja2 import nodes

    from flowlang.check.names import Names
    from flowlang.check.template_values import Checker

FILTERS = frozenset((
    "date", "money", "default", "d", "upper", "lower", "title", "capitalize", "trim", "length",
    "count", "join", "first", "last", "round", "int", "float", "escape", "e", "truncate", "sort",
    "unique", "sum", "urlencode", "abs", "striptags", "safe", "map",
))  # fmt: skip
"""Filters that cost no more than their input is long."""

_FOR_ANY_VALUE = frozenset((
    "date", "money", "default", "d", "upper", "lower", "title", "capitalize", "trim", "int",
    "float", "escape", "e", "striptags", "safe",
))  # fmt: skip
"""Those that never fail; whether another one does, only rendering can tell."""

FUNCTIONS = ("coupon", "coupon_expires", "last", "count", "event_link")


def filtered(checker: Checker, node: nodes.Filter, local: dict[str, Known]) -> Known:
    """The kind of what a filter gives; reports one that templates do not have."""
    if node.node is None:
        checker.refuse(node, tr("a filter stands behind a value"))
        return Known()
    inner = checker.value(node.node, local)
    for argument in node.args:
        checker.value(argument, local)
    for keyword in node.kwargs:
        checker.value(keyword.value, local)
    if node.name not in FILTERS:
        hint = did_you_mean(node.name, sorted(FILTERS))
        checker.report(d.TEMPLATE_FILTER, node, node.name, name=node.name, hint=hint)
    if node.name not in _FOR_ANY_VALUE or (node.name == "date" and node.args):
        checker.found.may_fail = True
    if node.name in ("default", "d"):
        return replace(inner, need=None)
    return inner


def called(checker: Checker, node: nodes.Call, local: dict[str, Known]) -> Known:
    """The kind of what a function gives; reports a call that templates do not have."""
    from jinja2 import nodes as n

    name = node.node.name if isinstance(node.node, n.Name) else ""
    first = node.args[0].value if node.args and isinstance(node.args[0], n.Const) else None
    if name not in FUNCTIONS or len(node.args) != 1 or not isinstance(first, str):
        known = ", ".join(f"`{one}('…')`" for one in FUNCTIONS)
        if isinstance(node.node, n.Getattr) and node.node.attr.startswith("_"):
            checker.attribute(node.node, node.node.attr, local)
            return Known()
        if name in FUNCTIONS:
            checker.refuse(node, tr("`{name}` is called with one name in quotes", name=name), name)
        else:
            attribute = node.node.attr if isinstance(node.node, n.Getattr) else ""
            name = name or attribute
            shown = name or "this"
            if attribute in FILTERS:
                known = tr("write `| {name}`", name=attribute)
            checker.refuse(
                node,
                tr("`{name}` is no function of templates ({known})", name=shown, known=known),
                name or "(",
            )
        return Known()
    return _function(checker, node, name, first)


def _function(checker: Checker, node: nodes.Call, name: str, first: str) -> Known:
    mistake = _mistake(checker.names, name, first)
    if mistake is not None:
        diagnostic, words = mistake
        checker.report(diagnostic, node, first, **words)
    if name == "coupon":
        checker.found.lists.add(first)
        keywords = {keyword.key: keyword.value for keyword in node.kwargs}
        if getattr(keywords.get("again"), "value", False) is not True:
            checker.found.fresh.add(first)
        return Known(TEXT)
    if name == "coupon_expires":
        # Of the code that is shown, or else of the last one: there may be none.
        checker.found.certain = False
        return Known(DATE)
    if name == "last":
        checker.found.certain = False
        return Known(ANY, checker.names.event_fields(first))
    return Known(NUMBER if name == "count" else TEXT)


def _mistake(names: Names, name: str, first: str) -> tuple[Diagnostic, dict[str, str]] | None:
    """What is wrong with the list or the event that a function is called with, and its words."""
    of_list = name in ("coupon", "coupon_expires")
    if of_list and first not in names.coupons:
        hint = did_you_mean(first, list(names.coupons), tr("coupon list"))
        return d.UNKNOWN_COUPONS, {"name": first, "hint": hint}
    if name == "coupon_expires" and names.coupons[first].valid_for is None:
        what = tr(
            'the list "{name}" does not say how long a code is valid: `valid for …`', name=first
        )
        return d.TEMPLATE_FIELD, {"what": what}
    if not of_list and names.event_fields(first) is None:
        hint = did_you_mean(first, list(names.events), tr("event"))
        return d.UNKNOWN_EVENT, {"name": first, "hint": hint}
    if name == "event_link" and not (first in names.events and names.events[first].outside):
        what = tr(
            "a link makes events happen that come from outside, and `{name}` is none", name=first
        )
        return d.TEMPLATE_FIELD, {"what": what}
    return None
