"""The LALR driver: tokens in, tree out, over the table that Lark made.

The stack is a linked list that is never changed in place, so a snapshot costs nothing and going
back is an assignment.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from flowlang.source import Source, Span
from flowlang.syntax import (  # noqa: F401 - their nodes
    campaigns,
    declarations,
    expressions,
    facts,
    moments,
    past,
    policies,
    scripts,
)
from flowlang.syntax.table import Rule, load
from flowlang.syntax.tree import NODES, Node

MAX_NESTING = 200
"""Of the stack within one line: bounds parentheses and `not` within each other."""


class Entry(NamedTuple):
    """The top of the parser's stack, and what lies below it."""

    state: int
    value: Any
    start: int | None
    below: Entry | None
    depth: int


class Chain(NamedTuple):
    """What a repetition has gathered so far: shared by snapshots, so never changed in place."""

    before: Chain | None
    items: tuple[Any, ...]


Make = Callable[["Machine", "list[Any]", int, int], Any]


class _Program(NamedTuple):
    """The table made ready: for each rule its size, where it leads, and how its value is made."""

    start: int
    states: list[dict[str, int]]
    rules: list[tuple[int, str, Make]]


_programs: dict[int, _Program] = {}
_lock = threading.Lock()


def _ready() -> _Program:
    """The one program, made anew only where more nodes have been registered since."""
    with _lock:
        if len(NODES) not in _programs:
            table = load()
            rules = [(rule.size, rule.origin, _maker(rule)) for rule in table.rules]
            _programs[len(NODES)] = _Program(table.start, table.states, rules)
        return _programs[len(NODES)]


class Machine:
    """The parse of one text: `stack` is all of its state."""

    __slots__ = ("end", "lacking", "limit", "rules", "source", "stack", "states")

    def __init__(self, source: Source) -> None:
        start, self.states, self.rules = _ready()
        self.source = source
        self.stack = Entry(start, None, None, None, 0)
        self.end = 0
        self.lacking: list[int] = []
        """Where statements begin that have no lines below them and need some."""
        self.limit = MAX_NESTING

    def begin_line(self) -> None:
        """From here on the stack may grow by MAX_NESTING."""
        self.limit = self.stack.depth + MAX_NESTING

    def shift(self, terminal: str, value: Any, start: int | None, end: int) -> bool:
        """Take a token; False, with nothing changed, where it does not fit."""
        stack = self.stack
        states = self.states
        while True:
            action = states[stack[0]].get(terminal)
            if action is None:
                return False
            if action >= 0:
                if stack[4] > self.limit:
                    return False
                self.stack = Entry(action, value, start, stack, stack[4] + 1)
                self.end = end
                return True
            stack = self._reduce(stack, action)

    def _reduce(self, stack: Entry, action: int) -> Entry:
        size, origin, make = self.rules[~action]
        parts: list[Any] = []
        start = None
        entry: Any = stack
        for _ in range(size):
            parts.append(entry[1])
            if entry[2] is not None:
                start = entry[2]
            entry = entry[3]
        parts.reverse()
        value = make(self, parts, start if start is not None else self.end, self.end)
        return Entry(self.states[entry[0]][origin], value, start, entry, entry[4] + 1)

    def finish(self) -> Node:
        """The tree, at the end of the text, where every block has been closed."""
        stack = self.stack
        while not (stack.below is not None and stack.below.below is None and _is_file(stack.value)):
            action = self.states[stack.state].get("$END")
            if action is None or action >= 0:
                raise AssertionError(f"the parser stands in the middle of {self.source.name}")
            stack = self._reduce(stack, action)
        tree: Node = stack.value
        return tree

    def accepted(self, stack: Entry) -> set[str]:
        """The terminals that can really come next on a stack."""
        return {
            terminal
            for terminal in self.states[stack.state]
            if (terminal.isupper() or terminal == "$END") and self.can_shift(stack, terminal)
        }

    def can_shift(self, stack: Entry, terminal: str) -> bool:
        """Whether a terminal can come next, tried on the states alone."""
        pushed: list[int] = []
        entry = stack
        while True:
            action = self.states[pushed[-1] if pushed else entry.state].get(terminal)
            if action is None:
                return False
            if action >= 0:
                return True
            size, origin, _ = self.rules[~action]
            while size and pushed:
                pushed.pop()
                size -= 1
            for _ in range(size):
                if entry.below is None:
                    raise AssertionError("a reduction below the bottom of the stack")
                entry = entry.below
            pushed.append(self.states[pushed[-1] if pushed else entry.state][origin])


def _is_file(value: Any) -> bool:
    return isinstance(value, Node) and value.rule == "start"


# ------------------------------------------------------------------ values


def _flat(chain: Chain) -> list[Any]:
    parts: list[tuple[Any, ...]] = []
    link: Chain | None = chain
    while link is not None:
        parts.append(link.items)
        link = link.before
    return [item for part in reversed(parts) for item in part]


def _maker(rule: Rule) -> Make:
    """What makes the value of a rule out of the values of its parts."""
    keep = rule.keep
    if rule.origin.startswith("_"):
        return _chain_maker(keep)
    gather = _gatherer(keep)
    if rule.passes and len(keep) == 1 and not keep[0][1]:
        only = keep[0][0]
        return lambda machine, parts, start, end: parts[only]
    build = NODES.get(rule.name)
    if build is None:
        return lambda machine, parts, start, end: tuple(gather(parts))
    if build_block := getattr(
        build, "block", getattr(getattr(build, "__self__", None), "block", "")
    ):
        return _block_maker(build, build_block, gather)
    return lambda machine, parts, start, end: build(
        Span(machine.source, start, end), *gather(parts)
    )


def _block_maker(
    build: Callable[..., Node], block: str, gather: Callable[[list[Any]], list[Any]]
) -> Make:
    """A statement with lines below it: where they are missing, that is noted."""

    def make(machine: Machine, parts: list[Any], start: int, end: int) -> Node:
        made = build(Span(machine.source, start, end), *gather(parts))
        if getattr(made, block) is None:
            machine.lacking.append(start)
        return made

    return make


def _chain_maker(keep: tuple[tuple[int, bool], ...]) -> Make:
    """A repetition: what it has gathered before comes first, if it has."""
    if not keep or not keep[0][1]:
        gather = _gatherer(keep)
        return lambda machine, parts, start, end: Chain(None, tuple(gather(parts)))
    first = keep[0][0]
    added = _gatherer(keep[1:])
    return lambda machine, parts, start, end: Chain(parts[first], tuple(added(parts)))


def _gatherer(keep: tuple[tuple[int, bool], ...]) -> Callable[[list[Any]], list[Any]]:
    """Picks the parts of a rule that become children."""
    indices = [index for index, _ in keep]
    if not any(inline for _, inline in keep):
        return lambda parts: [parts[index] if index >= 0 else None for index in indices]

    def gather(parts: list[Any]) -> list[Any]:
        found: list[Any] = []
        for index, inline in keep:
            if index < 0:
                found.append(None)
            elif inline:
                found += _flat(parts[index])
            else:
                found.append(parts[index])
        return found

    return gather
