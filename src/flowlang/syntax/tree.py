"""The tree: frozen nodes, named by the grammar, whose span is out of comparison.

So "the German and the English tree are equal" and "the formatter changed nothing" are `==`.
A pass over the tree keeps side tables; none writes into it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar, dataclass_transform

from flowlang.source import Span


@dataclass(frozen=True, slots=True)
class Token:
    """A word or value as it stands in the text.

    `kind` is its terminal in the grammar, and `value` what it means: the name, the text of a
    string, the number, the canonical name of a keyword, or True where the terminal alone says it.
    Both are compared, for `halt` and `skip` differ in their terminal only; it is the same in all
    languages.
    """

    span: Span = field(compare=False, repr=False)
    kind: str
    value: Any

    def __str__(self) -> str:
        return str(self.value)


_TOKENS = {"Token", "Token | None", "tuple[Token, ...]", "tuple[Token, ...] | None"}
"""Kinds of fields in which there are no nodes."""


@dataclass_transform(frozen_default=True)
class _NodeType(type):
    """Makes node classes: what `dataclass(frozen=True, slots=True)` makes, in a tenth of the time.

    The program defines some two hundred nodes, and a dataclass compiles several methods for each.
    """

    _order: tuple[str, ...]
    """The names of the fields, `span` first."""
    _inner: tuple[str, ...]
    """Those of them that may hold nodes."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> _NodeType:
        own = tuple(
            field
            for field, kind in namespace.get("__annotations__", {}).items()
            if not str(kind).startswith("ClassVar")
        )
        defaults = {field: namespace.pop(field) for field in own if field in namespace}
        namespace["__slots__"] = own
        cls = super().__new__(mcs, name, bases, namespace)
        inherited = next((base for base in bases if isinstance(base, _NodeType)), None)
        cls._order = (*inherited._order, *own) if inherited else own
        cls._defaults = {**inherited._defaults, **defaults} if inherited else defaults
        cls._setters = tuple(getattr(cls, field).__set__ for field in cls._order)
        kinds = namespace.get("__annotations__", {})
        inner = tuple(field for field in own if str(kinds[field]) not in _TOKENS)
        cls._inner = (*inherited._inner, *inner) if inherited else ()
        return cls

    _setters: tuple[Callable[[Any, Any], None], ...]
    """Write a field past the guard that keeps a made node as it is."""
    _defaults: dict[str, Any]


class Node(metaclass=_NodeType):
    """A node of the tree: a place, and below it tokens, nodes and tuples of them.

    Two nodes are equal if they are of one class and all but their places is equal.
    """

    span: Span

    rule: ClassVar[str] = ""
    """The grammar's name for it."""
    block: ClassVar[str] = ""
    """The child that must not be missing: the lines that belong below this one."""
    roles: ClassVar[Mapping[str, str]] = {}
    """What its tokens name, by field, where the field is not called so (`check.roles`)."""
    brings: ClassVar[str] = ""
    """What its event or its records are to the declaration around it: `event.x`, `reply.x`."""

    def __init__(self, *values: Any) -> None:
        setters = type(self)._setters
        for put, value in zip(setters, values):  # noqa: B905 - the lengths are compared below
            put(self, value)
        if len(values) != len(setters):
            self._complete(len(values))

    def _complete(self, given: int) -> None:
        cls = type(self)
        if given > len(cls._order):
            raise TypeError(f"{cls.__name__} has {len(cls._order)} parts, not {given}")
        for name in cls._order[given:]:
            if name not in cls._defaults:
                raise TypeError(f"{cls.__name__} lacks {name}")
            object.__setattr__(self, name, cls._defaults[name])

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a {type(self).__name__} never changes")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a {type(self).__name__} never changes")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in type(self)._order[1:])

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in type(self)._order[1:])))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in type(self)._order[1:])
        return f"{type(self).__name__}({shown})"


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


def children(item: Node) -> Iterator[Node]:
    """The nodes directly below a node, in the order of the text."""
    for name in type(item)._inner:
        value = getattr(item, name)
        if value.__class__ is tuple:
            yield from _within(value)
        elif isinstance(value, Node):
            yield value


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
        for name in type(item)._order[1:]:
            data[name] = as_data(getattr(item, name))
        return data
    if isinstance(item, Token):
        return item.value
    if isinstance(item, tuple):
        return [as_data(part) for part in item]
    return item
