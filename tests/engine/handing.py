"""Deliveries that answer as they are told, and a queue for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flowlang.contact import Letter
from flowlang.delivery.delivery import Delivery, Outcome
from flowlang.engine.delivered import Delivered
from flowlang.engine.handover import Handover
from flowlang.stores import Store
from flowlang.stores.rows import Changes
from tests.stores.contract import LETTER, NOON

SECOND = replace(LETTER, id="l2", contact="ben", address="ben@example.com")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Scripted(Delivery):
    """A delivery that answers as it was told, and remembers what it got."""

    place = "the script"

    def __init__(self, *answers: str | Outcome, at_once: int = 1, repeatable: bool = False) -> None:
        self.answers = list(answers)
        self.got: list[str] = []
        self.at_once = at_once
        self.repeatable = repeatable

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        self.got += [letter.id for letter in letters]
        if self.answers[:1] == ["killed"]:
            raise KeyboardInterrupt
        if self.answers[:1] == ["broken"]:
            raise LookupError(self.answers.pop(0))
        return [self._outcome(letter) for letter in letters]

    def _outcome(self, letter: Letter) -> Outcome:
        answer = self.answers.pop(0) if self.answers else "delivered"
        if isinstance(answer, Outcome):
            return replace(answer, id=letter.id)
        return Outcome(letter.id, answer, "because")  # type: ignore[arg-type] # as the test says


class Meanwhile(Scripted):
    """While it hands over the first letter, something else happens."""

    def __init__(self, happens: Callable[[], object], *answers: str | Outcome) -> None:
        super().__init__(*answers)
        self.happens = happens

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        if not self.got:
            self.happens()
        return super().hand_over(letters)


class Clock:
    """A time that stands still until it is told."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Deadly(Clock):
    """One by which the program is killed when it has looked at it so often."""

    def __init__(self, looks: int, now: datetime) -> None:
        self.looks, self.now = looks, now

    def __call__(self) -> datetime:
        self.looks -= 1
        if self.looks < 0:
            raise KeyboardInterrupt
        return self.now


def deliver(store: Store, delivery: Delivery, now: datetime = NOON, **others: Any) -> Delivered:
    """One run of a program that does nothing else."""
    return Handover(store, delivery, lambda: now, **others).run()


class TwoWays(Delivery):
    """Push goes by another way than mail."""

    def __init__(self, mail: Delivery, push: Delivery) -> None:
        self.mail, self.push = mail, push

    def way(self, channel: str) -> Delivery:
        return self.push if channel == "push" else self.mail

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        return [one for letter in letters for one in self.way(letter.channel).hand_over([letter])]


def more(store: Store, count: int, domain: str = "example.com") -> None:
    """Queue some letters to a domain, each later than the one before."""
    store.save(
        Changes(
            letters=[
                replace(
                    LETTER,
                    id=f"{domain} {number:03}",
                    address=f"c{number}@{domain}",
                    at=NOON - DAY + timedelta(seconds=number),
                )
                for number in range(count)
            ]
        )
    )
