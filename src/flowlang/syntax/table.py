"""The LALR table of the grammar: Lark makes it, plain data carries it, the parser walks it.

Building takes about a third of a second; so it is done once, when the wheel is built, or at the
first run from a source tree, and kept.  The table knows no words: one serves all languages.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from typing import Any, NamedTuple

VERSION = 4
"""Raised when the layout of the data below changes."""

_TERMINAL = re.compile(r"\b_?[A-Z][A-Z_]*\b")


class Rule(NamedTuple):
    """What a reduction does: which node it makes, of which of its parts."""

    name: str
    origin: str
    size: int
    keep: tuple[tuple[int, bool], ...]
    """The parts that become children: their index, -1 for what is not there; whether to inline."""
    passes: bool
    """A single child stands for the whole."""


class Table(NamedTuple):
    """States as dictionaries: a terminal gives a state to shift to, or ~i to reduce by rule i;
    a rule's origin gives the state after it.
    """

    start: int
    end: int
    states: list[dict[str, int]]
    rules: list[Rule]


def fingerprint(grammar: str) -> str:
    """What a table must have been built from to serve this grammar."""
    return hashlib.sha256(f"{VERSION}\n{grammar}".encode()).hexdigest()[:24]


def terminals(grammar: str) -> set[str]:
    """Every terminal that the rules name."""
    rules = re.sub(r"//.*|^%.*", "", grammar, flags=re.MULTILINE)
    return set(_TERMINAL.findall(rules))


def analysed(grammar: str) -> Any:
    """What Lark makes of a grammar.  Raises lark's GrammarError on a conflict."""
    from lark import Lark
    from lark.lexer import Lexer

    class NoLexer(Lexer):
        def __init__(self, conf: Any) -> None:
            pass

        def lex(self, *arguments: Any) -> Any:
            return iter(())

    declared = grammar + "\n%declare " + " ".join(sorted(terminals(grammar))) + "\n"
    return Lark(declared, parser="lalr", lexer=NoLexer, strict=True, maybe_placeholders=True)


def build(grammar: str) -> bytes:
    """The table of a grammar, as bytes for `read`.  Raises lark's GrammarError on a conflict."""
    from lark.parsers.lalr_analysis import Shift

    lark = analysed(grammar)
    # Lark offers its table to no one else; the version in pyproject.toml is pinned below the next.
    table = lark.parser.parser._parse_table
    numbers = {rule: index for index, rule in enumerate(lark.rules)}
    order = {state: index for index, state in enumerate(sorted(table.states))}
    sets: dict[tuple[str, ...], int] = {}
    states = [
        _packed(
            {
                symbol: order[target] if action is Shift else ~numbers[target]
                for symbol, (action, target) in sorted(table.states[state].items())
            },
            sets,
        )
        for state in order
    ]
    data = {
        "fingerprint": fingerprint(grammar),
        "start": order[table.start_states["start"]],
        "end": order[table.end_states["start"]],
        "sets": list(sets),
        "states": states,
        "rules": [_rule(rule) for rule in lark.rules],
    }
    return json.dumps(data, separators=(",", ":")).encode()


def _packed(state: dict[str, int], sets: dict[tuple[str, ...], int]) -> list[Any]:
    """A state as plain data, for `_unpacked`: the terminals that it shifts, the states after them,
    and each rule to reduce by with the terminals before which it does.

    Few sets of terminals serve all states, so each is kept once, in `sets`, and known by number.
    """
    by_rule: dict[int, list[str]] = {}
    for symbol, action in state.items():
        if action < 0:
            by_rule.setdefault(~action, []).append(symbol)
    shifted = {symbol: action for symbol, action in state.items() if action >= 0}
    reduced = [
        (rule, sets.setdefault(tuple(symbols), len(sets))) for rule, symbols in by_rule.items()
    ]
    return [sets.setdefault(tuple(shifted), len(sets)), list(shifted.values()), reduced]


def _unpacked(states: list[Any], sets: list[list[str]]) -> list[dict[str, int]]:
    found: list[dict[str, int]] = []
    for shifted, after, reduced in states:
        state = dict(zip(sets[shifted], after, strict=True))
        for rule, before in reduced:
            state.update(dict.fromkeys(sets[before], ~rule))
        found.append(state)
    return found


def _rule(rule: Any) -> list[Any]:
    """A rule of Lark as plain data; which parts are kept is Lark's own convention."""
    keep: list[tuple[int, bool]] = []
    empty = rule.options.empty_indices
    gaps = [len(ones) for ones in "".join(str(int(e)) for e in empty).split("0")] if empty else []
    for index, symbol in enumerate(rule.expansion):
        if gaps:
            keep += [(-1, False)] * gaps[index]
        if not (symbol.is_term and symbol.filter_out):
            keep.append((index, not symbol.is_term and symbol.name.startswith("_")))
    if gaps:
        keep += [(-1, False)] * gaps[len(rule.expansion)]
    passes = bool(rule.options.expand1) and rule.alias is None
    name = rule.alias or rule.origin.name
    return [name, rule.origin.name, len(rule.expansion), keep, passes]


def read(data: bytes, grammar: str) -> Table | None:
    """The table that `build` wrote, or None where it was built from another grammar."""
    try:
        raw = json.loads(data)
        if raw["fingerprint"] != fingerprint(grammar):
            return None
        rules = [
            Rule(name, origin, size, tuple(map(tuple, keep)), passes)
            for name, origin, size, keep, passes in raw["rules"]
        ]
        return Table(raw["start"], raw["end"], _unpacked(raw["states"], raw["sets"]), rules)
    except (ValueError, KeyError, TypeError, IndexError):
        return None


@cache
def load() -> Table:
    """The table of the grammar in use: the one shipped, else a kept one, else made now and kept."""
    from flowlang import resources

    folder = resources.grammar()
    grammar = (folder / "flow.lark").read_text(encoding="utf-8")
    kept = resources.kept()
    own = kept / f"{fingerprint(grammar)}.table" if kept else None
    for path in filter(None, (folder / "flow.table", own)):
        try:
            table = read(path.read_bytes(), grammar)
        except OSError:
            continue
        if table is not None:
            return table
    data = build(grammar)
    if own:
        resources.keep(own, data)
    table = read(data, grammar)
    if table is None:
        raise AssertionError("a table that was just built does not read")
    return table
