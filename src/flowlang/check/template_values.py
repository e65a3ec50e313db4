"""What the values in a template are, and whether each shape in it is harmless."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from flowlang.check import diagnostics as d
from flowlang.check.hints import named
from flowlang.check.names import Names, Part
from flowlang.check.template_functions import FUNCTIONS, called, filtered
from flowlang.check.template_needs import EventNeed, Found, Known
from flowlang.check.template_places import place_of
from flowlang.kinds import ANY, DATE, DATETIME, NUMBER, TEXT, Kind
from flowlang.source import Diagnostic, did_you_mean
from flowlang.speech import tr

if TYPE_CHECKING:
    from jinja2 import nodes

MAX_LOOPS = 2
"""Loops within each other: what a loop may cost is bounded by the data to that power."""


class Checker:
    """Walks a parsed template.  Every shape that is not known to be harmless is refused."""

    def __init__(self, part: Part, names: Names, found: Found) -> None:
        self.part = part
        self.names = names
        self.found = found

    def body(
        self, body: Sequence[nodes.Node], local: dict[str, Known], *, certain: bool, loops: int
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
                    self.refuse(
                        node, tr("`{text}` has no place in a template", text=_spelled(node))
                    )

    def _loop(self, node: nodes.For, local: dict[str, Known], loops: int) -> None:
        from jinja2 import nodes as n

        self.found.certain = False
        if loops >= MAX_LOOPS or node.recursive:
            self.refuse(node, tr("at most {most} loops within each other", most=MAX_LOOPS))
            return
        over = self.value(node.iter, local)
        inner = dict(local)
        inner["loop"] = Known(fields={"index": NUMBER, "first": ANY, "last": ANY, "length": NUMBER})
        if isinstance(node.target, n.Name):
            row = over.kind.row if over.kind.name == "list" else None
            inner[node.target.name] = Known(ANY, row or None)
        else:
            self.refuse(node, tr("a loop has one name for its rows"))
        self.body(node.body, inner, certain=False, loops=loops + 1)
        self.body(node.else_, dict(local), certain=False, loops=loops)

    def value(self, node: nodes.Node, local: dict[str, Known]) -> Known:
        """The kind of a value; reports what is not known or not allowed."""
        from jinja2 import nodes as n

        match node:
            case n.Const() | n.TemplateData():
                return Known(
                    NUMBER if isinstance(getattr(node, "value", ""), (int, float)) else TEXT
                )
            case n.Name():
                return self._name(node, local)
            case n.Getattr():
                return self.attribute(node, node.attr, local)
            case n.Getitem(arg=n.Const(value=str() as name)):
                return self.attribute(node, name, local)
            case n.Getitem(arg=n.Const(value=int()) | n.Slice()):
                inner = self.value(node.node, local)
                return Known(ANY, inner.kind.row if inner.kind.name == "list" else None)
            case n.Filter():
                return filtered(self, node, local)
            case n.Call():
                return called(self, node, local)
            case _:
                return self._reckoned(node, local)

    def _reckoned(self, node: nodes.Node, local: dict[str, Known]) -> Known:
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
                return Known(NUMBER)
            case n.Concat():
                self._values(node.nodes, local, needed=True)
            case n.List() | n.Tuple():
                self._values(node.items, local, needed=True)
            case n.CondExpr():
                self.found.certain = False
                self._values((node.test, node.expr1, *filter(None, (node.expr2,))), local)
            case _:
                self.refuse(node, tr("`{text}` has no place in a template", text=_spelled(node)))
        return Known()

    def _values(
        self, operands: Iterable[nodes.Node], local: dict[str, Known], *, needed: bool = False
    ) -> None:
        for operand in operands:
            known = self.value(operand, local)
            if needed:
                self._needed(known)

    def _name(self, node: nodes.Name, local: dict[str, Known]) -> Known:
        name = node.name
        if name in local:
            return local[name]
        names = self.names
        if name in names.fields:
            return Known(names.fields[name], need=("contact", name))
        if name in names.records:
            return Known(Kind("list", row=names.records[name]))
        if name == "today":
            return Known(DATE)
        if name == "now":
            return Known(DATETIME)
        if name == "unsubscribe_link":
            return Known(TEXT)
        if name in ("event", "reply", "answer", "contact"):
            return Known()
        known = [*names.fields, *names.records, "today", "unsubscribe_link"]
        if name in FUNCTIONS:
            what = tr("`{name}` is a function: write `{name}('…')`", name=name)
            self.report(d.TEMPLATE_FIELD, node, name, what=what)
        elif name in ("range", "dict", "lipsum", "cycler", "joiner", "namespace", "self"):
            self.refuse(
                node,
                tr("`{name}` is not known in templates: a loop goes over data only", name=name),
                name,
            )
        else:
            what = tr("the contact has no field `{name}`", name=name)
            self.report(d.TEMPLATE_FIELD, node, name, what=what, hint=did_you_mean(name, known))
        return Known()

    def attribute(self, node: Any, name: str, local: dict[str, Known]) -> Known:
        """The kind of `X.name` and `X["name"]`."""
        from jinja2 import nodes as n

        if name.startswith("_"):
            self.refuse(
                node, tr("`{name}` reaches into Python; a template sees data only", name=name), name
            )
            return Known()
        head = node.node
        if isinstance(head, n.Name) and head.name not in local:
            if head.name in ("event", "reply"):
                span = place_of(self.part, f"{head.name}.{name}", node.lineno)
                self.found.events.append(EventNeed(head.name, name, span))
                kind = self._of_some_event(head.name, name)
                return Known(kind, need=(head.name, name))
            if head.name == "answer":
                span = place_of(self.part, f"answer.{name}", node.lineno)
                self.found.events.append(EventNeed("answer", name, span))
                return Known(ANY, need=("answer", name))
            if head.name == "contact":
                return self._name(n.Name(name, "load", lineno=node.lineno), local)
        inner = self.value(head, local)
        if inner.fields is not None:
            if name not in inner.fields:
                hint = did_you_mean(name, list(inner.fields))
                self.report(
                    d.TEMPLATE_FIELD,
                    node,
                    name,
                    what=tr("there is no field `{name}` here", name=name),
                    hint=hint,
                )
                return Known()
            return Known(inner.fields[name])
        if inner.need is not None and inner.need[0] == "answer":
            return Known(ANY, need=("answer", f"{inner.need[1]}.{name}"))
        if inner.kind.name not in ("any", "list"):
            what = tr(
                "`{name}` is asked of {kind}, which has no parts", name=name, kind=named(inner.kind)
            )
            self.report(d.TEMPLATE_FIELD, node, name, what=what)
        return Known()

    def _of_some_event(self, head: str, name: str) -> Kind:
        for event in self.names.events.values():
            if name in event.fields:
                return event.fields[name]
        return ANY

    def _needed(self, known: Known) -> None:
        if known.need is not None:
            self.found.needs.add(known.need)

    def refuse(self, node: nodes.Node, what: str, word: str = "") -> None:
        """Report a shape that has no place in a template, at a word of it."""
        self.names.findings.report(
            d.TEMPLATE_UNSAFE, place_of(self.part, word or _spelled(node), node.lineno), what=what
        )

    def report(self, diagnostic: Diagnostic, node: nodes.Node, word: str, **words: Any) -> None:
        """Report a mistake at a word of the line in which a node stands."""
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
