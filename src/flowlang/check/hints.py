"""What to tell someone whose expression does not fit: words for kinds, the likely way out."""

from __future__ import annotations

import re

from flowlang.check.meaning import Compiled
from flowlang.kinds import Kind
from flowlang.source import Guess
from flowlang.speech import tr
from flowlang.syntax import expressions as tree
from flowlang.syntax import keywords
from flowlang.syntax.tree import Token


def a_kind(kind: Kind) -> str:
    """A kind in a sentence: `a number`."""
    return _SHOWN.get(kind.name, str(kind))


def named(kind: Kind) -> str:
    """A kind as it is named in a list of fields: `number`."""
    if kind.name == "one of":
        choices = ", ".join(f'"{choice}"' for choice in kind.choices)
        return tr("one of {choices}", choices=choices)
    return _NAMED[kind.name]


def minus_hint(name: str, known: list[str]) -> str:
    """`score-1` is one name: perhaps a minus was meant."""
    left, minus, right = name.rpartition("-")
    if not minus or left not in known or not (right.isdigit() or right in known):
        return ""
    return tr("a minus has a space on both sides: `{left} - {right}`", left=left, right=right)


def instead_of_a_name(token: Token) -> str:
    """What flow has for a word that people take for one of its own: `yes` for `true`, `monday` for
    `mondays`; empty where the word is none of these.
    """
    words, typed = keywords.load(token.span.source.language), str(token.value).lower()
    weekdays = words.forms("WEEKDAY")
    values = weekdays.union(*(words.forms(one) for one in ("_YES", "_NO", "_TODAY", "_NOW")))
    usual = [one for one in words.mistaken.get(typed, ()) if one in values]
    usual += [day for day in weekdays if typed == f"{day}s"]
    if usual:
        return Guess.of(str(token.value), usual[0])
    return words.explained.get(typed, "")


def condition_hint(node: tree.Expression, kind: Kind) -> str:
    """What to do with a value that stands where a condition is asked for."""
    if kind.name in ("text", "email", "phone", "one of", "number", "date", "datetime"):
        return tr("compare it, or write `{text} is set`", text=node.span.text)
    if kind.name == "duration":
        return tr("how long a wait lasts is said behind it: `at most {text}`", text=node.span.text)
    return ""


def beside_hint(text: tree.Text, beside: tree.Expression) -> str:
    """What to do with a text that stands after an `or` for the other end of a condition before it:
    `tagged "a" or "b"`.
    """
    value, whole = text.span.text, beside.span.text
    last = _LAST_TEXT.search(whole)
    if last is None:
        return ""
    return tr("write the condition again: `{text}`", text=whole[: last.start()] + value)


_LAST_TEXT = re.compile(r'"[^"]*"$')


def comparison_hint(node: tree.Compare | tree.TwoSided, left: Compiled, right: Compiled) -> str:
    """How two kinds that cannot be compared were likely meant."""
    kinds = {left.kind.name, right.kind.name}
    if "text" in kinds and isinstance(right.constant, str):
        if left.kind.name == "number" and right.constant.replace(".", "").isdigit():
            return tr("write `{value}` without quotes", value=right.constant)
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
    "text": tr("text"), "number": tr("a number"), "date": tr("a date"),
    "datetime": tr("a date and time"), "time": tr("a time"), "duration": tr("a duration"),
    "yes/no": tr("yes or no"), "one of": tr("a choice"), "email": tr("an e-mail address"),
    "phone": tr("a phone number"), "list": tr("a list"), "weekday": tr("a day of the week"),
    "any": tr("any value"),
}  # fmt: skip
_NAMED = {
    "text": tr("text"), "number": tr("number"), "date": tr("date"), "datetime": tr("datetime"),
    "time": tr("time"), "duration": tr("duration"), "yes/no": tr("yes/no"), "email": tr("email"),
    "phone": tr("phone"), "list": tr("list of rows"), "weekday": tr("weekday"), "any": tr("any"),
}  # fmt: skip
