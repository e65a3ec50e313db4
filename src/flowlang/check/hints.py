"""What to tell someone whose expression does not fit: words for kinds, the likely way out."""

from __future__ import annotations

from flowlang.check.meaning import Compiled
from flowlang.kinds import Kind
from flowlang.syntax import expressions as tree
from flowlang.speech import tr


def a_kind(kind: Kind) -> str:
    """A kind in a sentence: `a number`."""
    return _SHOWN.get(kind.name, str(kind))


def minus_hint(name: str, known: list[str]) -> str:
    """`score-1` is one name: perhaps a minus was meant."""
    left, minus, right = name.rpartition("-")
    if not minus or left not in known or not (right.isdigit() or right in known):
        return ""
    return tr("a minus has a space on both sides: `{left} - {right}`", left=left, right=right)


def condition_hint(node: tree.Expression, kind: Kind) -> str:
    """What to do with a value that stands where a condition is asked for."""
    if kind.name in ("text", "email", "phone", "one of", "number", "date", "datetime"):
        return tr("compare it, or write `{node} is set`", node=node.span.text)
    return ""


def comparison_hint(node: tree.Compare | tree.TwoSided, left: Compiled, right: Compiled) -> str:
    """How two kinds that cannot be compared were likely meant."""
    kinds = {left.kind.name, right.kind.name}
    if "text" in kinds and isinstance(right.constant, str):
        if left.kind.name == "number" and right.constant.replace(".", "").isdigit():
            return tr("write `{constant}` without quotes", constant=right.constant)
        if left.kind.name in ("date", "datetime"):
            return tr("dates are written without quotes: 2026-12-24")
        if left.kind.name == "yes/no":
            return tr("write `yes` or `no` without quotes")
    if kinds == {"number", "duration"}:
        return tr("a date minus a date is a number of days: compare it with a number")
    if kinds in ({"date", "number"}, {"datetime", "number"}):
        return tr("`days since …` and `days until …` give numbers")
    return ""


_SHOWN = {
    "text": "text", "number": "a number", "date": "a date", "datetime": "a date and time",
    "time": "a time", "duration": "a duration", "yes/no": "yes or no", "one of": "a choice",
    "email": "an e-mail address", "phone": "a phone number", "list": "a list",
    "weekday": "a day of the week", "any": "any value",
}  # fmt: skip
