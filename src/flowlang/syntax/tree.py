"""The tree: frozen nodes, named by the grammar, whose span is out of comparison.

So "the German and the English tree are equal" and "the formatter changed nothing" are `==`.
A pass over the tree keeps side tables; none writes into it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, ClassVar, TypeVar

from flowlang.source import Span


@dataclass(frozen=True, slots=True)
class Token:
    """A word or value as it stands in the text.

    `value` is what it means: the name, the text of a string, the number, the canonical name of a
    keyword.  `kind` is its terminal in the grammar.
    """

    span: Span = field(compare=False, repr=False)
    kind: str = field(compare=False)
    value: Any

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the tree: a place, and below it tokens, nodes and tuples of them."""

    span: Span = field(compare=False, repr=False)

    rule: ClassVar[str] = ""
    """The grammar's name for it."""
    block: ClassVar[str] = ""
    """The child that must not be missing: the lines that belong below this one."""


N = TypeVar("N", bound=Node)

NODES: dict[str, Callable[..., Node]] = {}
"""What makes the node of a rule of the grammar, filled by `node`."""


def node(*rules: str, block: str = "") -> Callable[[type[N]], type[N]]:
    """Register a node class for rules of the grammar.  Its fields are the rule's children in order.

    Where children and fields do not fit one to one, the class has a `build(span, *children)`.
    """

    def register(cls: type[N]) -> type[N]:
        for rule in rules:
            if rule in NODES:
                raise ValueError(f"two nodes for the rule {rule}")
            NODES[rule] = getattr(cls, "build", cls)
        cls.rule = rules[0]
        cls.block = block
        return cls

    return register


@cache
def _parts(cls: type[Node]) -> tuple[str, ...]:
    """The names of a class's children."""
    return tuple(spec.name for spec in fields(cls) if spec.name != "span")


def children(item: Node) -> Iterator[Node]:
    """The nodes directly below a node, in the order of the text."""
    for name in _parts(type(item)):
        value = getattr(item, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from _within(value)


def _within(parts: tuple[Any, ...]) -> Iterator[Node]:
    for part in parts:
        if isinstance(part, Node):
            yield part
        elif isinstance(part, tuple):
            yield from _within(part)


def walk(item: Node) -> Iterator[Node]:
    """A node and all below it, in the order of the text."""
    stack = [item]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(list(children(top))))


def as_data(item: Any) -> Any:
    """The tree as JSON data: `node`, its place, and its parts by name."""
    if isinstance(item, Node):
        source, start, end = item.span
        line, column = source.position(start)
        end_line, end_column = source.position(end)
        data: dict[str, Any] = {
            "node": type(item).__name__,
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
        }
        for name in _parts(type(item)):
            data[name] = as_data(getattr(item, name))
        return data
    if isinstance(item, Token):
        return item.value
    if isinstance(item, tuple):
        return [as_data(part) for part in item]
    return item
