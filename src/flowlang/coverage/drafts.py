"""A test in the making: what is given, when the clock starts, and what happens.

Drafts are plain values, written in English; `staging` runs them and `writing` prints them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

Delay = timedelta | Literal["due", "tick"]
"""How long after what was before: a length of time; up to what is due next for the contact; or up
to the next thing that is due at all, schedules included."""
NOW = timedelta()


@dataclass(frozen=True, slots=True)
class Happens:
    """An event with its data, as pairs of a field and a value as it is written."""

    event: str
    data: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        data = ", ".join(f"{name} {value}" for name, value in self.data)
        return f"event {self.event} {data}".rstrip()


@dataclass(frozen=True, slots=True)
class Act:
    """A line that moves the clock, and what happens then; empty where only time passes."""

    delay: Delay
    what: str | Happens = ""
    about: bool = True
    """It happens to the contact, not to the system."""


@dataclass(frozen=True, slots=True)
class Call:
    """How calls of a URL are answered: values as they are written, None where they fail."""

    url: str
    answer: tuple[tuple[str, str], ...] | None

    def __str__(self) -> str:
        if self.answer is None:
            return f'given call "{self.url}" fails'
        values = ", ".join(f"{name} {value}" for name, value in self.answer)
        return f'given call "{self.url}" answers {values}'


@dataclass(frozen=True, slots=True)
class Draft:
    """One contact, one story."""

    start: datetime
    name: str = ""
    given: tuple[tuple[str, str], ...] = ()
    """What the contact has: what each line is about, and the line."""
    coupons: tuple[tuple[str, int], ...] = ()
    calls: tuple[Call, ...] = ()
    acts: tuple[Act, ...] = ()

    @property
    def length(self) -> int:
        """How much there is to read, for choosing the shorter of two."""
        data = sum(len(act.what.data) for act in self.acts if isinstance(act.what, Happens))
        lines = len(self.given) + len(self.coupons) + len(self.calls)
        return 3 * len(self.acts) + lines + data


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about the contact, as a line below `given contact` and as what happens."""

    about: str
    given: str = ""
    """Empty: what was given about this is left out."""
    act: str = ""


@dataclass(frozen=True, slots=True)
class Data:
    """A value that an event carries."""

    event: str
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Stock:
    """How many codes a list has."""

    list: str
    amount: int


@dataclass(frozen=True, slots=True)
class Named:
    """What the contact is called: by that a split chooses."""

    name: str


@dataclass(frozen=True, slots=True)
class Begins:
    """When the clock starts."""

    start: datetime


@dataclass(frozen=True, slots=True)
class Later:
    """The clock starts so much later: the day of the week, or of a calendar, is another."""

    by: timedelta


@dataclass(frozen=True, slots=True)
class RowIs:
    """A value of a row that is being put together; a draft has no room for it."""

    name: str
    value: Any


Change = Fact | Data | Stock | Call | Named | Begins | Later | Act | RowIs
"""One thing in which a draft can be made to differ."""


def given(draft: Draft, changes: Iterable[Change]) -> Draft:
    """The draft with these things so from the beginning; what cannot be given happens last."""
    for change in changes:
        if isinstance(change, Fact) and (change.given or not change.act):
            kept = tuple(pair for pair in draft.given if pair[0] != change.about)
            added = ((change.about, change.given),) if change.given else ()
            draft = replace(draft, given=kept + added)
        elif isinstance(change, Fact):
            kept = tuple(pair for pair in draft.given if pair[0] != change.about)
            first = Act(NOW, change.act)
            draft = replace(draft, given=kept, acts=(first, *draft.acts))
        else:
            draft = happening(draft, [change], len(draft.acts))
    return draft


def happening(draft: Draft, changes: Iterable[Change], at: int) -> Draft:
    """The draft in which these things happen before its act number `at`."""
    new: list[Act] = []
    for change in changes:
        match change:
            case Fact():
                new += [Act(NOW, change.act)] if change.act else []
            case Act():
                new.append(change)
            case Data():
                draft = replace(draft, acts=tuple(_with(act, change) for act in draft.acts))
                new = [_with(act, change) for act in new]
            case Stock(list=name, amount=amount):
                kept = tuple(pair for pair in draft.coupons if pair[0] != name)
                draft = replace(draft, coupons=(*kept, (name, amount)))
            case Call():
                draft = replace(draft, calls=_answered(draft.calls, change))
            case Named(name=name):
                draft = replace(draft, name=name)
            case Begins(start=start):
                draft = replace(draft, start=start)
            case Later(by=by):
                draft = replace(draft, start=draft.start + by)
    return replace(draft, acts=(*draft.acts[:at], *new, *draft.acts[at:]))


def otherwise(draft: Draft, changes: Iterable[Change]) -> Draft | None:
    """The draft in which the fields that it sets are set so at the same places; None where it sets
    none of them.
    """
    acts = {change.about: change.act for change in changes if isinstance(change, Fact)}
    new = tuple(
        replace(act, what=acts[about]) if (about := _sets(act)) in acts else act
        for act in draft.acts
    )
    return replace(draft, acts=new) if new != draft.acts else None


def _sets(act: Act) -> str:
    """What an act that sets or clears a field is about, as facts call it."""
    verb, _, rest = str(act.what).partition(" ")
    return f"field {rest.partition(' ')[0]}" if verb in ("set", "clear") else ""


def without(draft: Draft, about: str) -> Draft:
    """The draft in which nothing of this is given, and no act sets it."""
    kept = tuple(pair for pair in draft.given if pair[0] != about)
    acts = tuple(act for act in draft.acts if _sets(act) != about)
    return replace(draft, given=kept, acts=acts)


def without_a_line(draft: Draft) -> Iterator[Draft]:
    """The draft with one thing left out, in turn."""
    for at in range(len(draft.acts)):
        yield replace(draft, acts=(*draft.acts[:at], *draft.acts[at + 1 :]))
    for at in range(len(draft.given)):
        yield replace(draft, given=(*draft.given[:at], *draft.given[at + 1 :]))
    for at in range(len(draft.coupons)):
        yield replace(draft, coupons=(*draft.coupons[:at], *draft.coupons[at + 1 :]))
    for at in range(len(draft.calls)):
        yield replace(draft, calls=(*draft.calls[:at], *draft.calls[at + 1 :]))


def _with(act: Act, change: Data) -> Act:
    """An act whose event carries a value; another act as it is."""
    if not isinstance(act.what, Happens) or act.what.event != change.event:
        return act
    kept = tuple(pair for pair in act.what.data if pair[0] != change.field)
    added = ((change.field, change.value),) if change.value else ()
    return replace(act, what=Happens(act.what.event, kept + added))


def _answered(calls: tuple[Call, ...], change: Call) -> tuple[Call, ...]:
    """The calls with one answered so; what else it was answered with stays."""
    kept = tuple(call for call in calls if call.url != change.url)
    before = next((call.answer for call in calls if call.url == change.url), None)
    if change.answer is None or before is None:
        return (*kept, change)
    said = dict(before) | dict(change.answer)
    return (*kept, Call(change.url, tuple(said.items())))
