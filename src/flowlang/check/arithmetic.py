"""Arithmetic with the values of the language: a missing operand makes the result missing."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flowlang import calendar
from flowlang.calendar import Duration, instant
from flowlang.check.comparing import suited
from flowlang.check.view import View
from flowlang.kinds import BadValue, Kind

_DUST = 1e-12
LARGEST = 10**30
"""Of numbers: one beyond it is missing."""


def is_number(value: Any) -> bool:
    """Whether a value counts as a number: yes and no do not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def combine(x: Any, y: Any, plus: bool, v: View, *, zero: bool = False) -> Any:
    """The sum of two values, their difference where `plus` is false; None where there is none.

    In a `set`, `zero` lets a missing number count as 0.
    """
    if zero:
        x = 0 if x is None else x
        y = 0 if y is None else y
    if x is None or y is None:
        return None
    sign = 1 if plus else -1
    try:
        if is_number(x) and is_number(y):
            return number(x + sign * y)
        if isinstance(y, Duration):
            return _moved(x, y, sign, v)
        if isinstance(x, date) and isinstance(y, date) and not plus:
            return (date_of(x, v) - date_of(y, v)).days  # type: ignore[operator] # both are dates
    except OverflowError:
        return None
    return None


def _moved(x: Any, by: Duration, sign: int, v: View) -> Any:
    """A moment, a day or a length of time, longer by a duration or shorter; None for all else."""
    if isinstance(x, datetime):
        return calendar.add(x, by, v.zone, sign)
    if isinstance(x, date):
        if by.seconds:
            return calendar.add(instant(x, time(0), v.zone), by, v.zone, sign)
        return calendar.add_to_date(x, by, sign)
    if isinstance(x, Duration):
        return x + by if sign > 0 else x + -by
    return None


def date_of(value: Any, v: View) -> date | None:
    """The day of a date or a moment."""
    if isinstance(value, datetime):
        return v.day_of(value)
    return value if isinstance(value, date) else None


def number(value: float) -> int | float | None:
    """A number as it is kept: whole ones as int, others without the dust of binary fractions."""
    if not -LARGEST <= value <= LARGEST:
        return None
    if isinstance(value, int):
        return value
    near = round(value, 10)
    if abs(value - near) <= _DUST * max(1.0, abs(value)):
        value = near
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def suited_value(value: Any, want: Kind, v: View) -> Any:
    """A value that only shows its kind now; missing where it does not fit."""
    try:
        return suited(value, want, v)
    except BadValue:
        return None
