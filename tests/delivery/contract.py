"""What every delivery must do, whatever it delivers to.

A delivery passes it with a class that says where it delivers:

    class TestOutbox(DeliveryContract):
        def place(self, folder: Path) -> Place:
            return OutboxPlace(folder)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from flowlang.contact import Letter
from flowlang.delivery.delivery import Delivery

LETTER = Letter(
    id="c1/Webinar/1.1/3",
    contact="c1",
    message="Offer",
    campaign="Webinar",
    at=datetime(2026, 12, 1, 19, 0, tzinfo=UTC),
    channel="email",
    kind="marketing",
    address="anna@example.com",
    subject="Ihr Gutschein über 5 €",
    text="Hallo Änne, hier ist er: A1",
    html="",
    sender="Shop <news@example.com>",
    reply_to="",
    unsubscribe="https://shop.example.com/u?c=c1",
    codes=(("early-bird", "A1"),),
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A letter as the other side got it."""

    identity: str
    """What the other side can tell a repetition by."""
    address: str
    subject: str
    text: str


class Place(Protocol):
    """Where a delivery delivers to, seen from the other side."""

    @property
    def delivery(self) -> Delivery:
        """A delivery to this place; each is a new one, as after a restart."""
        ...

    def arrived(self) -> list[Arrived]:
        """What the other side has got so far."""
        ...


class DeliveryContract(ABC):
    @abstractmethod
    def place(self, folder: Path) -> Place:
        """A place that has got nothing yet; `folder` is empty and its own."""

    @pytest.fixture
    def other_side(self, tmp_path: Path) -> Place:
        return self.place(tmp_path / "place")

    def test_a_letter_arrives_with_its_address_subject_and_text(self, other_side: Place) -> None:
        outcomes = other_side.delivery.hand_over([LETTER])

        assert [(outcome.id, outcome.status) for outcome in outcomes] == [(LETTER.id, "delivered")]
        (got,) = other_side.arrived()
        assert got.address == LETTER.address
        assert got.subject == LETTER.subject
        assert got.text.strip() == LETTER.text

    def test_nothing_handed_over_is_nothing_delivered(self, other_side: Place) -> None:
        assert other_side.delivery.hand_over([]) == []
        assert other_side.arrived() == []

    def test_outcomes_come_one_for_each_letter_in_their_order(self, other_side: Place) -> None:
        letters = [replace(LETTER, id=f"letter {number}") for number in range(20)]

        outcomes = other_side.delivery.hand_over(letters)

        assert [outcome.id for outcome in outcomes] == [letter.id for letter in letters]
        assert len({got.identity for got in other_side.arrived()}) == len(letters)

    def test_a_letter_handed_over_again_after_a_crash_bears_the_same_identity(
        self, other_side: Place
    ) -> None:
        # The crash: handed over, and nobody lived to record it.
        other_side.delivery.hand_over([LETTER])
        other_side.delivery.hand_over([LETTER])

        assert len({got.identity for got in other_side.arrived()}) == 1

    def test_a_letter_that_cannot_be_delivered_fails_alone_and_says_why(
        self, other_side: Place
    ) -> None:
        bad = replace(LETTER, id="bad", address="anna@example.com, eve@example.net")
        good = replace(LETTER, id="good")

        outcomes = other_side.delivery.hand_over([bad, good])

        assert [outcome.status for outcome in outcomes] == ["failed", "delivered"]
        assert "address" in outcomes[0].reason
        assert len(other_side.arrived()) == 1

    def test_contact_data_in_a_subject_adds_no_recipient(self, other_side: Place) -> None:
        evil = replace(LETTER, subject="Hi Anna\r\nBcc: eve@example.net\r\n\r\nbuy")

        other_side.delivery.hand_over([evil])

        (got,) = other_side.arrived()
        assert got.address == LETTER.address
        assert "\n" not in got.subject
        assert got.text.strip() == LETTER.text
