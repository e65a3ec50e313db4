"""The simulation as a library: what it counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flowlang.contact import Entry
from flowlang.engine.simulate import Simulation, with_seed
from flowlang.intake.contact_row import ContactRow
from flowlang.intake.events import Arrival
from flowlang.workspace import load_text

START = datetime(2026, 3, 2, 10, tzinfo=UTC)


def simulation(
    text: str,
    events: list[tuple[int, str | None, str, dict[str, Any]]],
    contacts: int = 3,
    **given: Any,
) -> Simulation:
    """Run a program; events as minutes, contact, type and data."""
    workspace = load_text(text)
    program = workspace.runnable
    assert program is not None, [finding.message for finding in workspace.findings.found]
    found = Simulation(with_seed(program, given.pop("seed", None)), START, **given)
    rows = [ContactRow(n, f"c{n}", {"email": f"c{n}@example.com"}) for n in range(1, contacts + 1)]
    arrivals = [
        Arrival(START + timedelta(minutes=minute), contact, kind, data, line=line)
        for line, (minute, contact, kind, data) in enumerate(events, start=1)
    ]
    found.run(rows, {}, arrivals)
    return found


def tag(minute: int, contact: str, name: str) -> tuple[int, str | None, str, dict[str, Any]]:
    return minute, contact, "tag", {"tag": name}


SENDS = """\
coupons "A"
  when empty halt

message "M"
  kind service
  channel email
  subject "{{ coupon('A') }}"
  body "Hi"

campaign "C"
  runs again
  start when tagged "go"
  untag "go"
  send "M"
  wait until tagged "on" at most 2 days
  if tagged "round"
    restart
"""

STOPS = """
campaign "D"
  start when tagged "go"
  stop when tagged "off"
  wait 9 days
"""


def test_started_is_the_sum_of_what_became_of_the_runs() -> None:
    found = simulation(
        SENDS + STOPS,
        [
            (0, None, "import coupons", {"list": "A", "codes": ("1", "2")}),
            tag(1, "c1", "round"), tag(2, "c1", "go"), tag(3, "c2", "go"), tag(4, "c3", "go"),
            tag(5, "c2", "off"), tag(6, "c1", "on"), tag(7, "c1", "go"),
            (8, "c3", "delete", {}),
        ],
    )  # fmt: skip
    counts = found.counts()
    for name, row in counts["campaigns"].items():
        assert row["started"] == sum(number for key, number in row.items() if key != "started"), (
            name
        )
    assert counts["campaigns"]["C"] == {
        "started": 3, "finished": 1, "waiting": 0, "halted": 0, "waiting for restart": 1,
        "stopped": 1,
    }  # fmt: skip
    assert counts["coupons"] == {"A": {"used": 2, "left": 0, "fallback": 0}}
    assert counts["sent"] == {"M": 2}


def test_who_is_halted_is_counted_and_goes_on_after_a_resume() -> None:
    events = [
        (0, None, "import coupons", {"list": "A", "codes": ("1",)}),
        tag(1, "c1", "go"), tag(2, "c2", "go"), tag(3, "c3", "go"),
    ]  # fmt: skip
    counts = simulation(SENDS, events).counts()
    assert counts["halted"] == {"M": 2}
    assert counts["campaigns"]["C"]["halted"] == 2
    short = [
        *events,
        (4, None, "import coupons", {"list": "A", "codes": ("2",)}),
        (5, None, "resume", {"message": "M"}),
    ]
    refused = simulation(SENDS, short)
    assert [line for line, _ in refused.refused] == [6]
    assert "missing 1" in refused.refused[0][1]
    enough = [
        *short[:-2],
        (4, None, "import coupons", {"list": "A", "codes": ("2", "3")}),
        short[-1],
    ]
    counts = simulation(SENDS, enough).counts()
    assert (counts["halted"], counts["sent"]) == ({}, {"M": 3})


def test_events_are_taken_by_time_and_then_by_line() -> None:
    entries: list[Entry] = []
    simulation(
        'campaign "C"\n  start when tagged "a" and not tagged "b"\n  tag "first"\n',
        [tag(5, "c1", "a"), tag(1, "c1", "x"), tag(5, "c1", "b")],
        record=entries.append,
    )
    assert [entry.because for entry in entries if not entry.campaign] == ["x", "a", "b"]
    assert "started" in [entry.what for entry in entries]


def test_contacts_are_there_before_the_start_and_trigger_nothing() -> None:
    found = simulation('campaign "C"\n  start when email is set\n  tag "x"\n', [])
    assert found.counts()["campaigns"]["C"]["started"] == 0
    assert found.timeline.everyone[0].fields["created"] == START


def test_a_contact_that_an_event_makes_is_a_trigger() -> None:
    data = {
        "fields": {"email": "n@example.com"},
        "tags": (),
        "groups": (),
        "consent": {},
        "blocked": None,
        "records": {},
    }
    found = simulation(
        'campaign "C"\n  start when email is set\n  tag "x"\n', [(1, "new", "contact", data)]
    )
    counts = found.counts()
    assert (counts["contacts"], counts["tags"]) == (4, {"x": 1})


def test_it_ends_where_the_last_thing_happened_or_where_it_is_told_to() -> None:
    text = 'campaign "C"\n  start when tagged "go"\n  wait 2 days\n  tag "x"\n'
    assert simulation(text, [tag(1, "c1", "go")]).counts()["until"] == "2026-03-04T10:01:00Z"
    until = START + timedelta(days=1)
    counts = simulation(text, [tag(1, "c1", "go")], until=until).counts()
    assert (counts["until"], counts["campaigns"]["C"]["waiting"]) == ("2026-03-03T10:00:00Z", 1)


def test_another_seed_splits_otherwise() -> None:
    text = (
        'campaign "C"\n  start when tagged "go"\n  split\n'
        '    50% "A"\n      tag "a"\n    50% "B"\n      tag "b"\n'
    )
    events = [tag(1, f"c{number}", "go") for number in range(1, 41)]
    outcomes = []
    for seed in (None, None, 99):
        entries: list[Entry] = []
        simulation(text, events, contacts=40, seed=seed, record=entries.append)
        outcomes.append(entries)
    assert outcomes[0] == outcomes[1]
    assert outcomes[0] != outcomes[2]


def test_two_campaigns_that_wait_for_each_other_come_to_an_end() -> None:
    text = """\
campaign "A"
  runs again
  start when tagged "a"
  wait 300 days
  untag "a"
  tag "b"

campaign "B"
  runs again
  start when tagged "b"
  wait 300 days
  untag "b"
  tag "a"
"""
    counts = simulation(text, [tag(1, "c1", "a")]).counts()
    assert counts["campaigns"]["A"]["finished"] + counts["campaigns"]["B"]["finished"] == 12
