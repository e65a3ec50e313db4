"""What sends came to is told, in the inbox or by mail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flowlang.engine.handover import Handover
from flowlang.engine.results import untold
from flowlang.engine.worker import Worker
from flowlang.source import Findings, Source
from flowlang.stores import Store
from flowlang.syntax.format import format_source
from flowlang.syntax.parser import parse
from tests.engine.applied import begin, move
from tests.engine.automating import (
    HOUR,
    START,
    Memory,
    Refusing,
    came,
    compiled,
    feed,
    notices,
    person,
    run,
    told,
)
from tests.engine.handing import Meanwhile

REPORTING = """
contact
  score number

message "Hello"
  kind service
  channel email
  subject "Hello"
  body "Hello."

message "Offer"
  kind marketing
  channel email
  subject "Offer"
  body "An offer."

event birthday_today
  every day at 08:00
  for contacts where score = 1

campaign "Birthday"
  runs again
  start on birthday_today
  send "Offer"

campaign "Signed up"
  start when tagged "new"
  report to "ops@example.com"
  send "Hello"

campaign "Quiet"
  start when tagged "quiet"
  send "Hello"
"""


@pytest.mark.parametrize("batch", [500, 2])
def test_what_one_firing_set_off_is_one_result(store: Store, batch: int) -> None:
    feed(store, [person(0, f"c{number}", score=1) for number in range(5)])
    feed(store, [came(1, "c3", "withdraw", channel="email")])
    run(compiled(REPORTING), store, 20, 24, batch=batch)
    at = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    text = '"Offer" by the campaign "Birthday": 4 sent, 1 skipped (no consent)'
    assert notices(store) == [(at, "inbox", text)]


def test_a_result_goes_to_the_address_that_asked_for_it_as_a_letter(store: Store) -> None:
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="new")])
    feed(store, [came(2, "anna", "tag", tag="quiet")])
    run(compiled(REPORTING, sender="shop@example.com"), store, 3)
    text = '"Hello" by the campaign "Signed up": 1 sent'
    assert notices(store) == [(START + HOUR, "ops@example.com", text)]
    letters = [row.letter for row in store.letters(["queued"], 9)]
    mail = next(one for one in letters if one.contact == "")
    assert (mail.address, mail.message, mail.subject) == ("ops@example.com", "", text)
    assert (mail.sender, mail.at, mail.channel) == ("shop@example.com", START + HOUR, "email")
    assert len({one.id for one in letters}) == 3


TWICE = """
message "Hello"
  kind service
  channel email
  subject "Hello"
  body "Hello."

message "Offer"
  kind marketing
  channel email
  subject "Offer"
  body "An offer."

campaign "Twice"
  start when tagged "new"
  report to "ops@example.com"
  send "Hello"
  wait 1 day
  send "Offer"
  send "Hello"
"""


def test_each_result_is_told_once_and_bears_its_moment_whenever_somebody_looks(
    store: Store,
) -> None:
    program = compiled(TWICE)
    story = [person(0, "anna"), person(0, "ben"), came(1, "anna", "tag", tag="new")]
    story += [came(2, "ben", "tag", tag="new"), came(5, "ben", "withdraw", channel="email")]
    feed(store, story)
    run(program, store, 0.5, 1.5, 3, 25.5, 25.5, 30)
    expected = Memory(program, story, 30).world.reported
    assert notices(store) == [(one.at, one.who, one.text) for one in expected]
    assert [text.split(": ")[1] for _, _, text in notices(store)] == [
        "1 sent", "1 sent", "1 sent", "1 sent", "1 sent", "1 skipped (no consent)"
    ]  # fmt: skip
    assert untold(store.shared().counters) == []


def test_what_a_mail_server_refuses_later_is_told_at_that_moment(store: Store) -> None:
    program = compiled(REPORTING)
    people = [f"c{number}" for number in range(3)]
    feed(store, [person(0, name) for name in people])
    feed(store, [came(1, name, "tag", tag="new") for name in people])
    feed(store, [came(2, "c1", "tag", tag="quiet")])
    run(program, store, 3)
    Handover(store, Refusing(), lambda: START + 4 * HOUR).run()
    run(program, store, 5, 6)
    by = '"Hello" by the campaign "Signed up"'
    assert [one for one in notices(store) if by in one[2]] == [
        (START + HOUR, "ops@example.com", f"{by}: 3 sent"),
        (START + 4 * HOUR, "ops@example.com", f"{by}: 1 failed"),
    ]
    assert untold(store.shared().counters) == []


def test_what_comes_back_and_is_not_tried_again_is_told_as_skipped(store: Store) -> None:
    program = compiled(TWICE)
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="new")])
    run(program, store, 2)

    def blocked() -> None:
        feed(store, [came(2.5, "anna", "block")])
        run(program, store, 3)

    Handover(store, Meanwhile(blocked, "retry"), lambda: START + 3 * HOUR).run()
    run(program, store, 4, 5)
    by = '"Hello" by the campaign "Twice"'
    assert [one[2] for one in notices(store) if by in one[2]] == [
        f"{by}: 1 sent",
        f"{by}: 1 skipped (blocked)",
    ]
    assert untold(store.shared().counters) == []


def test_who_asked_for_results_and_does_so_no_more_is_told_nothing(store: Store) -> None:
    asking = compiled(TWICE)
    silent = compiled(TWICE.replace('  report to "ops@example.com"\n', ""))
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="new")])
    run(asking, store, 2)
    Handover(store, Refusing("anna@example.com"), lambda: START + 3 * HOUR).run()
    assert untold(store.shared().counters) != []
    move(store, asking, silent, START + 4 * HOUR)
    run(silent, store, 5, 6)
    assert len(notices(store)) == 2  # what was sent, and in the inbox that it was refused
    assert untold(store.shared().counters) == []


def test_a_notice_that_is_refused_stands_in_the_inbox(store: Store) -> None:
    program = compiled('automation "Tell"\n  notify "c1@example.com" "Look:\nBcc: x@example.com"\n'
                       .replace("\nBcc", "\\nBcc"))  # fmt: skip
    feed(store, [came(1, None, "run automation", automation="Tell")])
    run(program, store, 2)
    letter = store.letters(["queued"], 9)[0].letter
    assert letter.subject == "Look: Bcc: x@example.com"
    done = Handover(store, Refusing(), lambda: START + 2 * HOUR).run()
    assert done.failed[0].startswith('the notice "Look:')
    assert notices(store)[-1][1:] == ("inbox", done.failed[0])


def test_automations_that_set_each_other_off_come_to_an_end(store: Store) -> None:
    program = compiled(
        'message "M"\n  kind service\n  channel email\n  subject "M"\n  body "M"\n'
        'automation "A"\n  on send finished\n  send "M" to everyone\n'
        'automation "B"\n  on send finished\n  send "M" to everyone\n'
        'automation "Go"\n  send "M" to everyone\n'
    )
    story = [came(1, None, "run automation", automation="Go")]
    feed(store, story)
    run(program, store, 2)
    assert any("set each other off without end" in text for _, _, text in notices(store))
    assert told(store, [""]) == Memory(program, story, 2).histories


def test_in_a_german_workspace_people_are_told_in_german(store: Store) -> None:
    source = Source("shop.flow", REPORTING)
    german = format_source(parse(source, Findings(), "en"), "de")
    program = compiled(german, language="de", sender="shop@example.com")
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="new")])
    feed(store, [person(0, f"c{number}", score=1) for number in range(1, 3)])
    feed(store, [came(1, "c2", "withdraw", channel="email")])
    run(program, store, 20, 24)
    said = [(who, text) for _, who, text in notices(store)]
    assert said == [
        ("ops@example.com", '"Hello" der Kampagne "Signed up": 1 gesendet'),
        (
            "inbox",
            '"Offer" der Kampagne "Birthday": 1 gesendet, 1 ausgelassen (keine Einwilligung)',
        ),
    ]
    assert "skipped" in {row.entry.what for row in store.history("c2")}
    done = Handover(store, Refusing(), lambda: START + 30 * HOUR, language="de").run()
    assert done.failed == ['"Offer" an c1@example.com: fehlgeschlagen, 550 no']


def test_to_apply_another_version_tells_nothing_of_an_instant_that_is_not_over(
    store: Store,
) -> None:
    before = compiled(REPORTING)
    after = compiled(REPORTING.replace('  send "Hello"\n\n', '  send "Hello"\n  wait 1 day\n\n', 1))
    names = [f"c{number}" for number in range(6)]
    feed(store, [person(0, name) for name in names])
    begin(store, before, START)
    run(before, store, 0.5)
    feed(store, [came(1, name, "tag", tag="new") for name in names])
    worker = Worker(before, store, batch=3)
    worker.between = lambda: setattr(worker, "stopping", True)
    worker.run(START + 2 * HOUR)
    assert 0 < len(store.letters(["queued"], 9)) < 6
    move(store, before, after, START + 3 * HOUR)
    run(after, store, 4)
    (told_once,) = notices(store)
    assert "6 sent" in told_once[2]
