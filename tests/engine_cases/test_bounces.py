"""Addresses where nobody is: what makes a bounce, how often, and whose it is."""

from __future__ import annotations

import ssl
from datetime import timedelta

import pytest

from flowlang.delivery.kinds.smtp import Smtp
from flowlang.engine.handover import Handover
from flowlang.engine.worker import Worker
from flowlang.stores import Store
from tests.delivery.postbox import postbox
from tests.engine.applied import begin
from tests.engine.test_worker import HOUR, START, came, compiled, feed, person, told

SHOP = """
message "Hello"
  kind service
  channel email
  subject "Hello"
  body "Hello"

campaign "Hello"
  runs again
  start when tagged "go"
  untag "go"
  send "Hello"

campaign "Gone"
  runs again
  start on bounced
  tag "unreachable"
"""


class Sender:
    """An engine that hands over to a mail server which says what it is told."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.worker = Worker(compiled(SHOP, sender="Shop <shop@example.com>"), store)
        begin(store, self.worker.program, START)
        self.now = START

    def write(self, *answers: str, hours: float = 1, **arrival: object) -> list[str]:
        """Let time pass and the queue go out; where mail arrived."""
        self.now += hours * HOUR
        self.worker.run(self.now)
        with postbox({"RCPT": list(answers)}) as box:
            trust = ssl.create_default_context()
            smtp = Smtp("localhost", box.port, "none", timeout=2, context=trust)
            Handover(self.store, smtp, lambda: self.now).run()
            smtp.rest()
            self.worker.run(self.now)
            return [to for _, recipients in box.envelopes for to in recipients]

    def arrive(self, kind: str, **data: object) -> None:
        feed(self.store, [came((self.now - START) / HOUR, "anna", kind, **data)])

    def happened(self, what: str) -> list[str]:
        return [one.because for one in told(self.store, ["anna"])["anna"] if one.what == what]

    @property
    def bounces(self) -> int:
        return self.happened("event").count("bounced")


@pytest.fixture
def sender(store: Store) -> Sender:
    feed(store, [person(0, "anna", "go")])
    return Sender(store)


def test_nobody_there_at_hand_over_is_a_bounce_once(sender: Sender) -> None:
    """knadh/listmonk#2623: 550 5.1.1 at hand-over was no bounce."""
    assert sender.write("550 5.1.1 user unknown") == []
    assert (sender.bounces, sender.happened("tagged")[-1]) == (1, "unreachable")
    for _ in range(3):
        assert sender.write("550 5.1.1 user unknown", hours=30) == []
    assert sender.bounces == 1
    sender.arrive("tag", tag="go")
    assert sender.write() == []
    assert sender.happened("skipped") == ["no address"]


@pytest.mark.parametrize(
    "answer",
    ["450 4.2.0 greylisted, try again", "452 4.2.2 mailbox full", "421 4.3.2 shutting down",
     "554 5.7.1 spam", "552 5.2.2 mailbox full"],
)  # fmt: skip
def test_what_may_pass_and_what_is_no_about_the_address_is_no_bounce(
    sender: Sender, answer: str
) -> None:
    """craft-campaign#178: every soft failure was one."""
    assert sender.write(answer) == []
    arrived = sender.write(hours=2)
    assert sender.bounces == 0
    assert arrived == ([] if answer.startswith("55") else ["anna@example.com"])
    sender.arrive("tag", tag="go")
    assert sender.write() == ["anna@example.com"]


def test_a_bounce_belongs_to_the_address_it_came_from(sender: Sender) -> None:
    """mautic#5723: a new address after a bounce stayed "bounced"."""
    sender.write("550 5.1.1 user unknown")
    sender.arrive("set", field="email", value="anna@new.example")
    sender.arrive("tag", tag="go")
    assert sender.write() == ["anna@new.example"]
    sender.arrive("set", field="email", value="Anna@Example.com")  # the old one again
    sender.arrive("tag", tag="go")
    assert sender.write() == []
    assert sender.happened("skipped") == ["no address"]


def test_a_bounce_that_comes_late_does_not_mark_the_new_address(sender: Sender) -> None:
    """mautic#5723: by a report that arrives days later."""
    assert sender.write() == ["anna@example.com"]
    sender.arrive("set", field="email", value="anna@new.example")
    sender.now += timedelta(days=2)
    sender.arrive("bounced", message="Hello", channel="email", address="anna@example.com")
    sender.arrive("tag", tag="go")
    assert sender.write() == ["anna@new.example"]
