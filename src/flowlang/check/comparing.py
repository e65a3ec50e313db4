"""How two values compare: text without case, a datetime with its date, missing with nothing."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from flowlang.calendar import Duration
from flowlang.check.view import View
from flowlang.kinds import Kind, read

Fn = Callable[[View], Any]

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

_Family = str


def family(kind: Kind) -> _Family:
    """Kinds of one family can be compared."""
    if kind.is_text:
        return "text"
    if kind.name in ("date", "datetime"):
        return "day"
    return kind.name


def comparable(left: Kind, right: Kind) -> bool:
    """Whether a comparison of these kinds can ever be true."""
    if "list" in (left.name, right.name):
        return False
    return "any" in (left.name, right.name) or family(left) == family(right)


def compare(sign: str, left: Kind, a: Fn, right: Kind, b: Fn, constant: Any = None) -> Fn:
    """The function that compares; false where a value is missing.

    `constant` is the value of the right side where it is written out.
    """
    test = OPERATORS[sign]
    if "any" in (left.name, right.name):
        return lambda v: _unlike(test, a(v), b(v), v)
    kind = family(left)
    if kind == "text":
        return _texts(test, a, b, constant)
    if kind == "day":
        return _days(test, a, b)
    if kind == "duration":
        return lambda v: (
            (x := a(v)) is not None
            and (y := b(v)) is not None
            and test(x.approximate_seconds, y.approximate_seconds)
        )
    if constant is not None:
        return lambda v: (x := a(v)) is not None and test(x, constant)
    return lambda v: (x := a(v)) is not None and (y := b(v)) is not None and test(x, y)


def _texts(test: Callable[[Any, Any], bool], a: Fn, b: Fn, constant: Any) -> Fn:
    if constant is not None:
        folded = constant.casefold()
        return lambda v: (x := a(v)) is not None and test(x.casefold(), folded)
    return lambda v: (
        (x := a(v)) is not None and (y := b(v)) is not None and test(x.casefold(), y.casefold())
    )


def _days(test: Callable[[Any, Any], bool], a: Fn, b: Fn) -> Fn:
    """A date with a span from the data may be a moment: only the values tell."""

    def holds(v: View) -> bool:
        x, y = a(v), b(v)
        if x is None or y is None:
            return False
        if isinstance(x, datetime) is isinstance(y, datetime):
            return test(x, y)
        return test(_day(x, v), _day(y, v))

    return holds


def _day(value: Any, view: View) -> date:
    return view.day_of(value) if isinstance(value, datetime) else value


def _unlike(test: Callable[[Any, Any], bool], x: Any, y: Any, view: View) -> bool:
    """Compare values whose kind only shows now; unlike kinds compare false."""
    if x is None or y is None:
        return False
    if isinstance(x, str) and isinstance(y, str):
        return test(x.casefold(), y.casefold())
    if isinstance(x, bool) or isinstance(y, bool):
        return isinstance(x, bool) and isinstance(y, bool) and test(x, y)
    if isinstance(x, (int, float)) and isinstance(y, (int, float)):
        return test(x, y)
    if isinstance(x, date) and isinstance(y, date):
        if isinstance(x, datetime) != isinstance(y, datetime):
            return test(_day(x, view), _day(y, view))
        return test(x, y)
    if isinstance(x, time) and isinstance(y, time):
        return test(x, y)
    if isinstance(x, Duration) and isinstance(y, Duration):
        return test(x.approximate_seconds, y.approximate_seconds)
    return False


def outside(kind: Kind, a: Fn, choices: list[tuple[Kind, Fn, Any]]) -> Fn:
    """`X not in (…)`: unequal to each of the choices, so false where a value is missing."""
    if all(constant is not None for _, _, constant in choices):
        inside = among(kind, a, choices)
        return lambda v: a(v) is not None and not inside(v)
    tests = [compare("!=", kind, a, other, b, constant) for other, b, constant in choices]
    return lambda v: all(test(v) for test in tests)


def among(kind: Kind, a: Fn, choices: list[tuple[Kind, Fn, Any]]) -> Fn:
    """`X in (…)`: equal to one of the choices; a missing X is in nothing."""
    constants = [constant for _, _, constant in choices]
    if kind.is_text and all(isinstance(constant, str) for constant in constants):
        folded = frozenset(constant.casefold() for constant in constants)
        return lambda v: (x := a(v)) is not None and x.casefold() in folded
    if kind.name in ("number", "weekday") and all(c is not None for c in constants):
        known = frozenset(constants)
        return lambda v: a(v) in known
    tests = [compare("=", kind, a, other, b, constant) for other, b, constant in choices]
    return lambda v: any(test(v) for test in tests)


def suited(value: Any, kind: Kind, view: View) -> Any:
    """A value whose kind only shows now, fit for a field of a kind.  Raises BadValue."""
    if value is None or kind.name == "any":
        return value
    if isinstance(value, datetime) and kind.name == "date":
        return view.day_of(value)
    if kind.name != "one of" and type(value) in _TYPES[kind.name]:
        return value
    return read(value, kind, view.zone)


_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,), "email": (str,), "phone": (str,), "number": (int, float), "date": (date,),
    "datetime": (datetime,), "time": (time,), "duration": (Duration,), "yes/no": (bool,),
    "list": (list,), "weekday": (int,),
}  # fmt: skip
