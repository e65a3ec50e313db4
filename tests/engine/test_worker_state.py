"""A contact and its state: nothing is lost on the way to text and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flowlang import workspace
from flowlang.calendar import Duration
from flowlang.contact import Contact, Happening, Measure, Run, Sent
from flowlang.engine.state import Aside, States
from flowlang.program.program import Program

LONG = """
campaign "Long"
  start when tagged "go"
  tag "a"
  wait 1 day
  tag "b"
  measure "Sales" on opened within 3 days
  wait 2 days
  tag "c"
"""
SHORT = LONG.replace("  wait 2 days\n", "")
LONGER = LONG.replace('  tag "a"\n', '  tag "a"\n  tag "new"\n')
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def compiled(text: str) -> Program:
    program = workspace.load_text(text).runnable
    assert program is not None
    return program


STATES = States(compiled(LONG))

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
small = st.integers(0, 10_000)
plain: st.SearchStrategy[Any] = (
    names | numbers | st.booleans() | moments | st.dates(date(1900, 1, 1)) | st.times()
    | st.builds(Duration, small, small, small) | st.none()
)  # fmt: skip
values = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(names | st.just("$"), inner, max_size=3)
    ),
)
rows = st.dictionaries(names, values, max_size=3)
stamps = st.lists(st.tuples(moments, small), max_size=2)
statuses = st.sampled_from(["waiting", "halted", "waiting for restart", "finished", "stopped"])
versions = st.just(STATES.campaigns["Long"].version)


runs = st.builds(
    Run, st.just("Long"), names, versions,
    number=small, round=small, status=statuses, pc=st.integers(0, 5), since=moments, began=small,
    due=st.none() | moments, wait=rows, started=moments, start_seq=small, event=st.none() | rows,
    reply=st.none() | rows, reply_event=names, last_run=st.none() | moments, answer=values,
    timed_out=st.booleans(), missed=st.booleans(), sent=st.booleans(), failed=st.booleans(),
    goals=small, counters=st.dictionaries(names, small, max_size=2),
    passed=st.lists(names, max_size=2),
)  # fmt: skip

contacts = st.builds(
    Contact,
    id=names,
    fields=rows,
    tags=st.dictionaries(names, st.none() | moments, max_size=3),
    groups=st.sets(names, max_size=3),
    consent=st.dictionaries(names, st.booleans(), max_size=2),
    blocked=st.booleans(),
    bounced=st.sets(names, max_size=2),
    records=st.dictionaries(names, st.lists(rows, max_size=2), max_size=2),
    events=st.dictionaries(
        names, st.lists(st.builds(Happening, moments, rows, small), max_size=2), max_size=2
    ),
    messages=st.lists(
        st.builds(
            Sent, names, moments, names, names, names, names, small,
            st.lists(names, max_size=2).map(tuple), stamps, stamps,
        ),
        max_size=2,
    ),
    runs=st.lists(runs, max_size=2).map(
        lambda found: {(run.campaign, run.key): run for run in found}
    ),
    measures=st.lists(
        st.builds(Measure, st.just("Sales"), names, st.just(0), st.just("Long"), moments, small),
        max_size=2,
    ),
    codes=st.dictionaries(names, st.tuples(names, moments), max_size=2),
    scheduled=st.dictionaries(names, names, max_size=2),
    tag_began=st.dictionaries(names, small, max_size=2),
    seq=small,
    clock=st.none() | moments,
    deleted=st.booleans(),
)  # fmt: skip


@given(contacts)
def test_a_contact_comes_back_equal_and_with_the_same_text(contact: Contact) -> None:
    text = STATES.write(contact, Aside())
    again, aside = STATES.read(text)
    assert again == contact
    assert type(again.fields) is dict
    assert [type(value) for value in again.fields.values()] == [
        type(value) for value in contact.fields.values()
    ]
    assert STATES.write(again, aside) == text


def standing_at_the_second_wait() -> str:
    run = Run("Long", "", "", status="waiting", pc=4, due=NOON, since=NOON - timedelta(days=2))
    return STATES.write(Contact("anna", runs={("Long", ""): run}), Aside())


def test_a_run_finds_its_step_again_where_lines_were_added_before_it() -> None:
    states = States(compiled(LONGER))
    contact, aside = states.read(standing_at_the_second_wait())
    run = contact.runs["Long", ""]
    assert (run.pc, run.status, run.due) == (5, "waiting", NOON)
    assert aside == Aside()


def test_a_run_whose_step_is_gone_stays_and_is_not_woken() -> None:
    text = standing_at_the_second_wait()
    states = States(compiled(SHORT))
    contact, aside = states.read(text)
    assert contact.runs["Long", ""].due is None
    gone = STATES.campaigns["Long"].instructions[4].where.id
    assert [one.step for one in aside.stranded.values()] == [gone]
    assert states.write(contact, aside) == text


def test_once_the_step_is_back_it_goes_on_as_before() -> None:
    text = standing_at_the_second_wait()
    short = States(compiled(SHORT))
    again, _ = STATES.read(short.write(*short.read(text)))
    assert again.runs["Long", ""].due == NOON
    assert again.runs["Long", ""].pc == 4


def test_runs_of_a_campaign_that_is_gone_are_put_aside() -> None:
    text = standing_at_the_second_wait()
    states = States(compiled(LONG.replace('"Long"', '"Other"')))
    contact, aside = states.read(text)
    assert contact.runs == {}
    assert list(aside.runs) == [("Long", "")]
    assert states.write(contact, aside) == text


def test_a_run_keeps_its_version_until_it_is_moved_or_begins_anew() -> None:
    longer = States(compiled(LONGER))
    contact, aside = STATES.read(standing_at_the_second_wait())
    assert STATES.campaigns["Long"].version != longer.campaigns["Long"].version
    old, _ = longer.read(longer.write(contact, aside))
    assert old.runs["Long", ""].version == STATES.campaigns["Long"].version
    contact.runs["Long", ""].version = ""
    new, _ = longer.read(longer.write(contact, aside))
    assert new.runs["Long", ""].version == longer.campaigns["Long"].version


def test_times_of_day_keep_their_kind() -> None:
    contact = Contact(
        "anna", fields={"at": time(9, 30), "on": date(2026, 2, 28), "in": Duration(1, 2, 3)}
    )
    assert STATES.read(STATES.write(contact, Aside()))[0] == contact
