"""A step that fails leaves nobody in no state: each goes on, or waits for a reason that is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from flowlang.contact import Letter
from flowlang.delivery.calls import Calls
from flowlang.delivery.delivery import Delivery, Outcome
from flowlang.engine.handover import Handover
from flowlang.engine.worker import Worker
from flowlang.stores import Store
from tests.cli.machine import Machine
from tests.delivery.hooks import Answer, hook
from tests.engine.applied import begin
from tests.engine.test_worker import DAY, HOUR, START, came, compiled, feed, person, run, told
from tests.engine_cases.sums import wrong_sums

PEOPLE = ["anna", "ben", "cleo"]
RAISES = """
contact
  score number
  first_name text
  last_name text

coupons "codes"
  when empty halt

message "Sum"
  kind service
  channel email
  subject "Your code {{ coupon('codes') }}"
  body "{{ first_name + score }}"

message "Fine"
  kind service
  channel email
  subject "Fine"
  body "{% if score > 3 %}Many{% endif %} {{ score | default(0) }}"

campaign "Both"
  start when tagged "go"
  send "Sum"
  if sent
    tag "got it"
  else
    tag "did not"
  wait 1 day
  send "Fine"
"""


def what(store: Store, name: str) -> list[str]:
    return [f"{one.what} {one.because}".strip() for one in told(store, [name])[name]]


def test_who_a_template_fails_for_goes_on_and_the_others_get_theirs(store: Store) -> None:
    """parcelvoy PR#434: a template that raises."""
    store.import_codes("codes", ["A1", "A2"], START)
    feed(store, [person(0, "anna", "go", score=4, first_name="Anna")])
    feed(store, [person(0, "ben", "go", score=3, first_name=2)])  # adds up, by chance
    feed(store, [person(0, "cleo", "go", first_name="Cleo", score=None)])
    run(compiled(RAISES), store, 30)
    assert 'skipped template error: can only concatenate str (not "int") to str' in what(
        store, "anna"
    )
    assert "skipped missing value: score" in what(store, "cleo")
    assert 'sent to ben@example.com, code A1 of "codes"' in what(store, "ben")
    for name in PEOPLE:
        assert what(store, name)[-1] == "finished"
        assert "sent to" in what(store, name)[-2]
    assert store.shared().stock["codes"] == (1, 1)  # what failed has taken none
    (sums,) = (one for one in store.processes() if one.name == "Sum")
    assert (sums.done, sums.skipped) == (1, {"missing value": 1, "template error": 1})


def test_contacts_why_tells_of_a_template_that_fails(machine: Machine) -> None:
    """parcelvoy PR#434."""
    machine.file("flow.toml", 'timezone = "UTC"\n[sender]\nfrom = "a@example.com"\n')
    machine.file("shop.flow", RAISES)
    machine.file("c.csv", "id,email,first_name,score,tags\na,a@x.example,Anna,4,go\n")
    machine.file("codes.txt", "A1\n")
    machine("coupons", "import", "codes", "codes.txt")
    machine("contacts", "import", "c.csv")
    assert "skipped    Sum: template error 1" in machine("run", "--once").talk
    assert "can only concatenate str" in machine("contacts", "why", "a", "--message", "Sum").data
    assert machine("coupons", "list").data == "codes: 1 left, 0 used\n"


def test_a_notice_whose_text_cannot_be_filled_in_is_given_all_the_same(store: Store) -> None:
    """parcelvoy PR#434."""
    program = compiled(
        'contact\n  first_name text\n\ncampaign "C"\n  start when tagged "go"\n'
        '  notify inbox "{{ first_name + 1 }}"\n  tag "end"\n'
    )
    feed(store, [person(0, "anna", "go", first_name="Anna", score=None)])
    run(program, store, 1)
    assert what(store, "anna")[-1] == "finished"
    assert [one.text for one in store.notices(9)] == [
        '{{ first_name + 1 }} (can only concatenate str (not "int") to str)'
    ]


# ---------------------------------------------------------------------- a channel

MAILS = """
contact
  score number

message "First"
  kind service
  channel email
  subject "First"
  body "First"

message "Second"
  kind service
  channel email
  subject "Second"
  body "Second"

campaign "Two"
  start when tagged "go"
  send "First"
  wait 2 hours
  send "Second"
  wait 1 day
  tag "end"
"""


class Channel(Delivery):
    """A way out that is down until it is repaired, or that answers as it is told."""

    place = "the channel"

    def __init__(self, outcome: str = "down") -> None:
        self.outcome = outcome
        self.got: list[tuple[str, str]] = []

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        if self.outcome == "broken":
            raise RuntimeError("a sender that raises")
        if self.outcome == "delivered":
            self.got += [(one.contact, one.message) for one in letters]
        return [Outcome(one.id, self.outcome, "451 out of order") for one in letters]  # type: ignore[arg-type] # as the test says


def test_a_channel_that_is_down_for_a_day_holds_up_letters_and_nobody(store: Store) -> None:
    """parcelvoy PR#434."""
    program, channel = compiled(MAILS), Channel()
    feed(store, [person(0, name, "go") for name in PEOPLE])
    worker = Worker(program, store)
    begin(store, worker.program, START)
    for hours in range(25):
        now = START + hours * HOUR
        worker.run(now)
        Handover(store, channel, lambda now=now: now).run()  # type: ignore[misc] # bound now
    waiting = store.letters(["queued"], 99)
    assert {row.reason for row in waiting} == {"451 out of order"}
    assert len(waiting) == 6
    went = [line for name in PEOPLE for line in what(store, name) if line.startswith("sent to")]
    assert len(went) == 6
    assert wrong_sums(store) == []
    channel.outcome = "delivered"
    for hours in range(25, 40):
        now = START + hours * HOUR
        worker.run(now)
        Handover(store, channel, lambda now=now: now).run()  # type: ignore[misc] # bound now
    assert Counter(channel.got) == Counter(
        {(name, message): 1 for name in PEOPLE for message in ("First", "Second")}
    )
    assert [what(store, name)[-1] for name in PEOPLE] == ["finished"] * 3


@pytest.mark.parametrize(
    ("outcome", "fate", "counts"),
    [("failed", "failed", (0, 3)), ("unknown", "unknown", (3, 0)), ("broken", "unknown", (3, 0))],
)
def test_a_send_that_cannot_succeed_ends_and_adds_up(
    store: Store, outcome: str, fate: str, counts: tuple[int, int]
) -> None:
    """dittofeed broadcastWorkflowV2.test.ts: a non-retryable error; a sender that throws."""
    program = compiled(MAILS + '\nautomation "All"\n  send "First" to everyone\n')
    feed(store, [person(0, name) for name in PEOPLE])
    feed(store, [came(1, None, "run automation", automation="All")])
    run(program, store, 2)
    Handover(store, Channel(outcome), lambda: START + 2 * HOUR).run()
    (process,) = (one for one in store.processes() if one.type == "group send")
    assert (process.status, process.audience) == ("finished", 3)
    assert (process.done, process.failed) == counts
    assert process.done + process.failed + sum(process.skipped.values()) == process.audience
    assert len(store.letters([fate], 9)) == 3  # type: ignore[list-item] # as the test says
    assert len(store.notices(9)) >= 3


def test_what_needs_a_person_halts_and_adds_up_once_it_is_cancelled(store: Store) -> None:
    """dittofeed broadcastWorkflowV2.test.ts: pause, as configured."""
    program = compiled(
        MAILS.replace('body "First"', "body \"{{ coupon('codes') }}\"", 1)
        + '\ncoupons "codes"\n  when empty halt\n\nautomation "All"\n  send "First" to everyone\n'
    )
    store.import_codes("codes", ["A1"], START)
    feed(store, [person(0, name) for name in PEOPLE])
    feed(store, [came(1, None, "run automation", automation="All")])
    run(program, store, 2)
    (process,) = (one for one in store.processes() if one.type == "group send")
    assert (process.status, process.done) == ("halted", 1)
    identity = [process.type, process.name, process.by, process.key]
    feed(store, [came(3, None, "cancel", process=identity, who="ada", because="")])
    run(program, store, 4)
    (process,) = (one for one in store.processes() if one.type == "group send")
    assert (process.status, process.done, process.skipped) == ("cancelled", 1, {"cancelled": 2})


# ---------------------------------------------------------------------- a webhook


def test_a_webhook_that_never_answers_has_failed_and_everybody_goes_on(store: Store) -> None:
    """parcelvoy PR#434: real silence on a real socket."""
    with hook(*[Answer(silent=True)] * 100) as silent:
        program = compiled(
            f'campaign "Ask"\n  start when tagged "go"\n  call "{silent.url}"\n'
            '  if failed\n    tag "no answer"\n  else\n    tag "answered"\n'
        )
        feed(store, [came(0, "anna", "contact", fields={}, tags=["go"])])
        feed(store, [came(0, "ben", "contact", fields={}, tags=["go"])])
        worker = Worker(program, store, answers=Calls(timeout=0.2), batch=1)
        begin(store, worker.program, START)
        worker.run(START)
        tried, waits = what(store, "anna")[-2:]
        assert tried.startswith("call failed")
        assert waits == "waiting until 2026-11-20 09:10"
        assert store.contacts(["anna"])[0].due is not None
        worker.run(START + 2 * DAY)
        assert len(silent.posts) == 8
    for name in ("anna", "ben"):
        assert what(store, name)[-2:] == ["tagged no answer", "finished"]
