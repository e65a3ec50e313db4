"""What the values in a template are, and whether each shape in it is harmless."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flowlang.check import diagnostics as d
from flowlang.check.hints import named
from flowlang.check.names import Names, Part
from flowlang.check.template_places import place_of
from flowlang.kinds import ANY, DATE, DATETIME, NUMBER, TEXT, Fields, Kind
from flowlang.source import Diagnostic, Span, did_you_mean
from flowlang.speech import tr

if TYPE_CHECKING:
    from jinja2 import nodes

MAX_LOOPS = 2
"""Loops within each other: what a loop may cost is bounded by the data to that power."""

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


@dataclass(frozen=True, slots=True)
class EventNeed:
    """`event.x` or `reply.x` in a template: every campaign that sends it must bring that."""

    head: str
    name: str
    span: Span


@dataclass(slots=True)
class Found:
    """What a template needs, as far as it was walked."""

    lists: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    needs: set[tuple[str, str]] = field(default_factory=set)
    certain: bool = True
    """False where what is needed depends on the data: a branch, a loop."""
    may_fail: bool = False
    events: list[EventNeed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    """The kind of a name or value within a template."""

    kind: Kind = ANY
    fields: Fields | None = None
    need: tuple[str, str] | None = None


class Checker:
    """Walks a parsed template.  Every shape that is not known to be harmless is refused."""

    def __init__(self, part: Part, names: Names, found: Found) -> None:
        self.part = part
        self.names = names
        self.found = found

    def body(
        self, body: Sequence[nodes.Node], local: dict[str, _Known], *, certain: bool, loops: int
    ) -> None:
        from jinja2 import nodes as n

        if not certain:
            self.found.certain = False
        for node in body:
            match node:
                case n.Output():
                    for child in node.nodes:
                        if not isinstance(child, n.TemplateData):
                            self._needed(self.value(child, local))
                case n.If():
                    self.found.certain = False
                    self.value(node.test, local)
                    for block in (node.body, node.else_, node.elif_):
                        self.body(block, dict(local), certain=False, loops=loops)
                case n.For():
                    self._loop(node, local, loops)
                case n.Assign(target=n.Name(name=str() as name)):
                    local[name] = self.value(node.node, local)
                case _:
                    self._refuse(
                        node, tr("`{text}` has no place in a template", text=_spelled(node))
                    )

    def _loop(self, node: nodes.For, local: dict[str, _Known], loops: int) -> None:
        from jinja2 import nodes as n

        self.found.certain = False
        if loops >= MAX_LOOPS or node.recursive:
            self._refuse(node, tr("at most {most} loops within each other", most=MAX_LOOPS))
            return
        over = self.value(node.iter, local)
        inner = dict(local)
        inner["loop"] = _Known(
            fields={"index": NUMBER, "first": ANY, "last": ANY, "length": NUMBER}
        )
        if isinstance(node.target, n.Name):
            row = over.kind.row if over.kind.name == "list" else None
            inner[node.target.name] = _Known(ANY, row or None)
        else:
            self._refuse(node, tr("a loop has one name for its rows"))
        self.body(node.body, inner, certain=False, loops=loops + 1)
        self.body(node.else_, dict(local), certain=False, loops=loops)

    def value(self, node: nodes.Node, local: dict[str, _Known]) -> _Known:
        """The kind of a value; reports what is not known or not allowed."""
        from jinja2 import nodes as n

        match node:
            case n.Const() | n.TemplateData():
                return _Known(
                    NUMBER if isinstance(getattr(node, "value", ""), (int, float)) else TEXT
                )
            case n.Name():
                return self._name(node, local)
            case n.Getattr():
                return self._attribute(node, node.attr, local)
            case n.Getitem(arg=n.Const(value=str() as name)):
                return self._attribute(node, name, local)
            case n.Getitem(arg=n.Const(value=int()) | n.Slice()):
                inner = self.value(node.node, local)
                return _Known(ANY, inner.kind.row if inner.kind.name == "list" else None)
            case n.Filter():
                return self._filter(node, local)
            case n.Call():
                return self._call(node, local)
            case _:
                return self._reckoned(node, local)

    def _reckoned(self, node: nodes.Node, local: dict[str, _Known]) -> _Known:
        """The kind of what is made of other values."""
        from jinja2 import nodes as n

        if not isinstance(node, (n.Test, n.Not, n.And, n.Or, n.Concat)):
            self.found.may_fail = True  # a text and a number do not add up
        match node:
            case n.Test() | n.Not() | n.Neg():
                self._values((node.node,), local)
            case n.Compare():
                self._values((node.expr, *(part.expr for part in node.ops)), local)
            case n.And() | n.Or():
                self._values((node.left, node.right), local)
            case n.Add() | n.Sub():
                self._values((node.left, node.right), local, needed=True)
            case n.Mul() | n.Div() if _numbers(node):
                self._values((node.left, node.right), local, needed=True)
                return _Known(NUMBER)
            case n.Concat():
                self._values(node.nodes, local, needed=True)
            case n.List() | n.Tuple():
                self._values(node.items, local, needed=True)
            case n.CondExpr():
                self.found.certain = False
                self._values((node.test, node.expr1, *filter(None, (node.expr2,))), local)
            case _:
                self._refuse(node, tr("`{text}` has no place in a template", text=_spelled(node)))
        return _Known()

    def _values(
        self, operands: Iterable[nodes.Node], local: dict[str, _Known], *, needed: bool = False
    ) -> None:
        for operand in operands:
            known = self.value(operand, local)
            if needed:
                self._needed(known)

    def _name(self, node: nodes.Name, local: dict[str, _Known]) -> _Known:
        name = node.name
        if name in local:
            return local[name]
        names = self.names
        if name in names.fields:
            return _Known(names.fields[name], need=("contact", name))
        if name in names.records:
            return _Known(Kind("list", row=names.records[name]))
        if name == "today":
            return _Known(DATE)
        if name == "now":
            return _Known(DATETIME)
        if name == "unsubscribe_link":
            return _Known(TEXT)
        if name in ("event", "reply", "answer", "contact"):
            return _Known()
        known = [*names.fields, *names.records, "today", "unsubscribe_link"]
        if name in FUNCTIONS:
            what = tr("`{name}` is a function: write `{name}('…')`", name=name)
            self._report(d.TEMPLATE_FIELD, node, name, what=what)
        elif name in ("range", "dict", "lipsum", "cycler", "joiner", "namespace", "self"):
            self._refuse(
                node,
                tr("`{name}` is not known in templates: a loop goes over data only", name=name),
                name,
            )
        else:
            what = tr("the contact has no field `{name}`", name=name)
            self._report(d.TEMPLATE_FIELD, node, name, what=what, hint=did_you_mean(name, known))
        return _Known()

    def _attribute(self, node: Any, name: str, local: dict[str, _Known]) -> _Known:
        from jinja2 import nodes as n

        if name.startswith("_"):
            self._refuse(
                node, tr("`{name}` reaches into Python; a template sees data only", name=name), name
            )
            return _Known()
        head = node.node
        if isinstance(head, n.Name) and head.name not in local:
            if head.name in ("event", "reply"):
                span = place_of(self.part, f"{head.name}.{name}", node.lineno)
                self.found.events.append(EventNeed(head.name, name, span))
                kind = self._of_some_event(head.name, name)
                return _Known(kind, need=(head.name, name))
            if head.name == "answer":
                span = place_of(self.part, f"answer.{name}", node.lineno)
                self.found.events.append(EventNeed("answer", name, span))
                return _Known(ANY, need=("answer", name))
            if head.name == "contact":
                return self._name(n.Name(name, "load", lineno=node.lineno), local)
        inner = self.value(head, local)
        if inner.fields is not None:
            if name not in inner.fields:
                hint = did_you_mean(name, list(inner.fields))
                self._report(
                    d.TEMPLATE_FIELD,
                    node,
                    name,
                    what=tr("there is no field `{name}` here", name=name),
                    hint=hint,
                )
                return _Known()
            return _Known(inner.fields[name])
        if inner.need is not None and inner.need[0] == "answer":
            return _Known(ANY, need=("answer", f"{inner.need[1]}.{name}"))
        if inner.kind.name not in ("any", "list"):
            what = tr(
                "`{name}` is asked of {kind}, which has no parts", name=name, kind=named(inner.kind)
            )
            self._report(d.TEMPLATE_FIELD, node, name, what=what)
        return _Known()

    def _of_some_event(self, head: str, name: str) -> Kind:
        for event in self.names.events.values():
            if name in event.fields:
                return event.fields[name]
        return ANY

    def _filter(self, node: nodes.Filter, local: dict[str, _Known]) -> _Known:
        if node.node is None:
            self._refuse(node, tr("a filter stands behind a value"))
            return _Known()
        inner = self.value(node.node, local)
        for argument in node.args:
            self.value(argument, local)
        for keyword in node.kwargs:
            self.value(keyword.value, local)
        if node.name not in FILTERS:
            hint = did_you_mean(node.name, sorted(FILTERS))
            self._report(d.TEMPLATE_FILTER, node, node.name, name=node.name, hint=hint)
        if node.name not in _FOR_ANY_VALUE or (node.name == "date" and node.args):
            self.found.may_fail = True
        if node.name in ("default", "d"):
            return replace(inner, need=None)
        return inner

    def _call(self, node: nodes.Call, local: dict[str, _Known]) -> _Known:
        from jinja2 import nodes as n

        name = node.node.name if isinstance(node.node, n.Name) else ""
        first = node.args[0].value if node.args and isinstance(node.args[0], n.Const) else None
        if name not in FUNCTIONS or len(node.args) != 1 or not isinstance(first, str):
            known = ", ".join(f"`{one}('…')`" for one in FUNCTIONS)
            if isinstance(node.node, n.Getattr) and node.node.attr.startswith("_"):
                self._attribute(node.node, node.node.attr, local)
                return _Known()
            if name in FUNCTIONS:
                self._refuse(
                    node, tr("`{name}` is called with one name in quotes", name=name), name
                )
            else:
                attribute = node.node.attr if isinstance(node.node, n.Getattr) else ""
                name = name or attribute
                shown = name or "this"
                if attribute in FILTERS:
                    known = tr("write `| {name}`", name=attribute)
                self._refuse(
                    node,
                    tr("`{name}` is no function of templates ({known})", name=shown, known=known),
                    name or "(",
                )
            return _Known()
        return self._function(node, name, first)

    def _function(self, node: nodes.Call, name: str, first: str) -> _Known:
        keywords = {keyword.key: keyword.value for keyword in node.kwargs}
        if name in ("coupon", "coupon_expires"):
            if first not in self.names.coupons:
                hint = did_you_mean(first, list(self.names.coupons), tr("coupon list"))
                self._report(d.UNKNOWN_COUPONS, node, first, name=first, hint=hint)
            elif name == "coupon_expires" and self.names.coupons[first].valid_for is None:
                what = tr(
                    'the list "{name}" does not say how long a code is valid: `valid for …`',
                    name=first,
                )
                self._report(d.TEMPLATE_FIELD, node, first, what=what)
            if name == "coupon_expires":
                # Of the code that is shown, or else of the last one: there may be none.
                self.found.certain = False
                return _Known(DATE)
            self.found.lists.add(first)
            again = getattr(keywords.get("again"), "value", False) is True
            if not again:
                self.found.fresh.add(first)
            return _Known(TEXT)
        fields = self.names.event_fields(first)
        if fields is None:
            hint = did_you_mean(first, list(self.names.events), tr("event"))
            self._report(d.UNKNOWN_EVENT, node, first, name=first, hint=hint)
        elif name == "event_link" and not self._comes_from_outside(first):
            what = tr(
                "a link makes events happen that come from outside, and `{name}` is none",
                name=first,
            )
            self._report(d.TEMPLATE_FIELD, node, first, what=what)
        if name == "last":
            self.found.certain = False
            return _Known(ANY, fields)
        return _Known(NUMBER if name == "count" else TEXT)

    def _comes_from_outside(self, event: str) -> bool:
        declared = self.names.events.get(event)
        return declared is not None and declared.outside

    def _needed(self, known: _Known) -> None:
        if known.need is not None:
            self.found.needs.add(known.need)

    def _refuse(self, node: nodes.Node, what: str, word: str = "") -> None:
        self.names.findings.report(
            d.TEMPLATE_UNSAFE, place_of(self.part, word or _spelled(node), node.lineno), what=what
        )

    def _report(self, diagnostic: Diagnostic, node: nodes.Node, word: str, **words: Any) -> None:
        self.names.findings.report(diagnostic, place_of(self.part, word, node.lineno), **words)


def _numbers(node: Any) -> bool:
    """A product is harmless where no text can be in it: a text times a number could be endless."""
    from jinja2 import nodes as n

    def harmless(operand: Any) -> bool:
        if isinstance(operand, n.Const):
            return isinstance(operand.value, (int, float)) and abs(operand.value) < 10**9
        return isinstance(operand, n.Filter) and operand.name in (
            "int",
            "float",
            "round",
            "length",
            "count",
        )

    return harmless(node.left) and harmless(node.right)


def _spelled(node: Any) -> str:
    return {
        "Mul": "*", "Pow": "**", "Mod": "%", "FloorDiv": "//",
        "Include": "include", "Import": "import",
        "FromImport": "from", "Extends": "extends", "Macro": "macro", "Block": "block",
        "CallBlock": "call", "FilterBlock": "filter", "Div": "/",
    }.get(type(node).__name__, type(node).__name__.lower())  # fmt: skip
