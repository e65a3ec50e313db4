"""What holds for every program, whatever arrives: it adds up, and the same happens again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowlang import workspace
from flowlang.contact import Contact, Entry
from flowlang.engine.arrivals import Refused
from flowlang.engine.interpreter import next_due
from flowlang.engine.timeline import Timeline
from flowlang.engine.world import World
from flowlang.program.program import Program

BEGIN = datetime(2026, 3, 27, 9, tzinfo=UTC)
"""Two days before the clocks of Berlin change."""

DECLARATIONS = """
contact
  n     number
  due   datetime
  first text
  records wish
    sku text

event ping
  k text

event daily
  every day at 08:00
  for contacts where tagged "a"

group "G"

coupons "H"
  when empty halt

coupons "S"
  when empty show "TEXT"

coupons "K"
  when empty skip

calendar "work"
  on monday to friday

policy "Day"
  send only between 09:00 and 17:00 on "work"
  send at most 1 message per day, otherwise wait

policy "All"
  send at most 2 messages of this policy in all per 6 hours, otherwise wait

policy "Skip"
  send at most 1 message per 2 days, otherwise skip

message "Plain"
  kind service
  channel email
  subject "p"
  body "p"

message "News"
  kind marketing
  channel email
  subject "Hello {{ first }}"
  body "b"

message "Halt"
  kind service
  channel email
  subject "{{ coupon('H') }}"
  body "{{ coupon('S') }}"

message "Code"
  kind service
  channel email
  subject "{{ coupon('K') }}{{ coupon('S', again=true) }}"
  body "b"
"""

SHARED = (
    ("  when empty halt\n", '  when empty show "X"\n'),
    ("  when empty skip\n", '  when empty show "X"\n'),
    ("{{ coupon('H') }}", "h"),
    ("{{ coupon('S') }}", "s"),
    ("{{ coupon('K') }}", "k"),
    ("{{ coupon('S', again=true) }}", "s"),
    (" in all ", " "),
    ('coupons left "H" > 0', "n > 1"),
    ("split best by ping after 1 day", "split"),
    ('20% "A"', '50% "A"'),
    ('20% "B"', '50% "B"'),
)
"""What contacts share, and what stands in for it where each is to be alone."""

TAGS = ("a", "b", "c", "d")
CONDITIONS = st.sampled_from(
    [
        *(f'tagged "{tag}"' for tag in TAGS),
        'not tagged "a"',
        "n > 2",
        "due is set",
        "ping happened",
        "ping happened at least 2 times",
        'received "Plain"',
        'opened "Plain"',
        "any wish",
        'in group "G"',
        'tagged "a" and not tagged "b"',
        'clicked "News" or n between 1 and 3',
        'coupons left "H" > 0',
    ]
)
SETTINGS = st.one_of(
    st.builds(
        "runs {}".format,
        st.sampled_from(["once", "again", "again, newest wins", "again, at most once per 2 days"]),
    ),
    st.builds("stop when {}".format, CONDITIONS),
    st.builds("restart when {}".format, CONDITIONS),
    st.sampled_from(
        [
            "stop on ping",
            'restart on ping where k = "x"',
            "settle 0 minutes",
            'policy "Day"',
            'policy "All"',
            'policy "Skip"',
            'timezone "Europe/Berlin"',
            "include existing contacts",
        ]
    ),
)
PLAIN_STEPS = st.one_of(
    st.builds('{} "{}"'.format, st.sampled_from(["tag", "untag"]), st.sampled_from(TAGS)),
    st.builds('send "{}"'.format, st.sampled_from(["Plain", "News", "Halt", "Code"])),
    st.builds("wait until {}".format, CONDITIONS),
    st.builds(
        "wait until {} at most {}".format,
        CONDITIONS,
        st.sampled_from(["0 minutes", "1 day", "90 minutes"]),
    ),
    st.builds(
        'goal "G{}" when {}{}'.format,
        st.integers(1, 9),
        CONDITIONS,
        st.sampled_from(["", ", otherwise wait", ", otherwise stop"]),
    ),
    st.builds('start campaign "{}"'.format, st.sampled_from(["C0", "C1"])),
    st.builds('stop campaign "{}"'.format, st.sampled_from(["C0", "C1"])),
    st.sampled_from(
        [
            "wait 1 day",
            "wait 30 minutes",
            "wait 0 minutes",
            "wait until 09:00",
            "wait until monday",
            'wait 1 "work"',
            "wait until 1 hour before due",
            "wait until due, stop if past",
            "wait until due, stop if not set",
            "wait for ping",
            "wait for ping at most 1 day",
            "set n to n + 1",
            "clear due",
            "set due to now + 2 days",
            'event ping k "x"',
            'tag "c" for 1 day',
            'add wish sku "A"',
            "remove wish",
            'join group "G"',
            "grant marketing by email",
            "withdraw marketing by email",
            "block",
            "unblock",
            "delete contact",
            'measure "M" on ping within 2 days',
            'notify inbox "{{ first }}"',
            "stop",
            "restart",
            'restart tagging "d"',
            'send "Plain" to "other@example.com"',
            'set timezone to "America/New_York"',
        ],
    ),
)


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _blocks(inner: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    body = inner.map(lambda lines: _indented(lines or ["set n to n + 1"]))
    no_goals = body.map(
        lambda lines: (
            [line for line in lines if not line.lstrip().startswith("goal")] or ["  block"]
        )
    )
    return st.one_of(
        st.builds(lambda c, a, b: [f"if {c}", *a, "else", *b], CONDITIONS, no_goals, no_goals),
        st.builds(lambda a: ["repeat up to 3 times", *a], no_goals),
        st.builds(
            lambda a, b: ["split", '  50% "A"', *_indented(a), '  50% "B"', *_indented(b)],
            no_goals,
            no_goals,
        ),
        st.builds(
            lambda a, b: [
                "split best by ping after 1 day",
                '  20% "A"',
                *_indented(a),
                '  20% "B"',
                *_indented(b),
            ],
            no_goals,
            no_goals,
        ),
        st.builds(
            lambda a, b: [
                "wait at most 1 day",
                "  for ping",
                *_indented(a),
                "  otherwise",
                *_indented(b),
            ],
            no_goals,
            no_goals,
        ),
        st.builds(
            lambda c, a: [
                "wait at most 2 hours",
                f"  until {c}",
                *_indented(a),
                "  for ping",
                "    wait again",
            ],
            CONDITIONS,
            no_goals,
        ),
    )


SIMPLE = st.lists(PLAIN_STEPS, min_size=1, max_size=4)
STEPS = st.lists(
    st.one_of(PLAIN_STEPS.map(lambda line: [line]), _blocks(SIMPLE)), min_size=1, max_size=5
).map(lambda parts: [line for part in parts for line in part])
STARTS = st.one_of(
    st.builds("start when {}".format, CONDITIONS),
    st.builds("start as soon as {}".format, CONDITIONS),
    st.sampled_from(
        ["start on ping", 'start on ping where k = "x"', "start on change of n", "start on daily"]
    ),
)


@st.composite
def programs(draw: st.DrawFn, *, shared: bool = True) -> str:
    """A text with a few campaigns, without errors; what contacts share may be left out."""
    text = [DECLARATIONS]
    for number in range(draw(st.integers(2, 4))):
        # C0 and C1 are started by steps, so nothing in them is keyed.
        chosen = [draw(STARTS), *draw(st.lists(SETTINGS, max_size=3))]
        if number >= 2 and draw(st.booleans()):
            chosen = ["start on ping", "runs again per event.k", *chosen[1:]]
        once: dict[str, str] = {}
        for line in chosen:
            key = (
                line.split()[0]
                if line.split()[0] in ("runs", "settle", "timezone", "include")
                else line
            )
            once.setdefault(key, line)
        if not any(line.startswith(("start when", "start as")) for line in once.values()):
            once.pop("include", None)
        text += [f'campaign "C{number}"', *_indented([*once.values(), *draw(STEPS)]), ""]
    whole = "\n".join(text)
    if not shared:
        for one, other in SHARED:
            whole = whole.replace(one, other)
    return whole


@dataclass(frozen=True)
class Arrival:
    """Something that comes from outside."""

    minutes: int
    contact: str | None
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


@st.composite
def arrivals(draw: st.DrawFn) -> Arrival:
    """One of all kinds of arrivals."""
    minutes = draw(st.sampled_from([0, 0, 1, 5, 60, 600, 1440, 3000]))
    contact = draw(st.sampled_from(["one", "two", "three"]))
    kind, data = draw(
        st.one_of(
            st.builds(lambda tag: ("tag", {"tag": tag}), st.sampled_from(TAGS)),
            st.builds(lambda tag: ("untag", {"tag": tag}), st.sampled_from(TAGS)),
            st.builds(lambda n: ("set", {"field": "n", "value": n}), st.integers(0, 4)),
            st.builds(
                lambda days: ("set", {"field": "due", "value": BEGIN + timedelta(days)}),
                st.integers(-2, 9),
            ),
            st.builds(
                lambda k: ("event", {"name": "ping", "data": {"k": k}}), st.sampled_from("xyz")
            ),
            st.builds(
                lambda kind, name: (kind, {"message": name}),
                st.sampled_from(["opened", "clicked", "bounced", "complained"]),
                st.sampled_from(["Plain", "News"]),
            ),
            st.sampled_from(
                [
                    ("clear", {"field": "due"}),
                    ("grant", {"channel": "email"}),
                    ("withdraw", {"channel": "email"}),
                    ("unsubscribed", {}),
                    ("block", {}),
                    ("unblock", {}),
                    ("delete", {}),
                    ("set", {"field": "first", "value": "Anna"}),
                    ("join", {"group": "G"}),
                    ("set", {"field": "timezone", "value": "Asia/Tokyo"}),
                    ("record", {"do": "add", "record": "wish", "values": {"sku": "B"}}),
                    ("contact", {"fields": {"n": 3}, "tags": ["a"]}),
                    ("start campaign", {"campaign": "C0"}),
                    ("stop campaign", {"campaign": "C1"}),
                ]
            ),
            st.sampled_from([("resume", {"message": "Halt"})]),
            st.builds(
                lambda name, one: (
                    "import coupons",
                    {"list": name, "codes": (f"N{one}", f"N{one + 1}")},
                ),
                st.sampled_from("HSK"),
                st.integers(0, 9),
            ),
        )
    )
    everyone = kind in ("resume", "import coupons")
    return Arrival(minutes, None if everyone else contact, kind, data)


@dataclass
class Story:
    """What became of it all."""

    timeline: Timeline
    world: World
    entries: list[Entry]
    refused: list[str]


def _play(program: Program, coming: list[Arrival], only: str | None = None) -> Story:
    entries: list[Entry] = []
    refused: list[str] = []
    world = World(program, writes_letters=True, history=entries.append)
    timeline = Timeline(program, world)
    for name in ("H", "S", "K"):
        world.pool(name).add((f"{name}1", f"{name}2"))
    for name in ("one", "two", "three"):
        fields: dict[str, Any] = {"email": f"{name}@example.com"}
        timeline.add(Contact(name, fields, consent={"email": True} if name == "one" else {}))
    timeline.begin(BEGIN)
    now = BEGIN
    for one in coming:
        now += timedelta(minutes=one.minutes)
        if only not in (None, one.contact) and one.contact is not None:
            timeline.advance(now)
            continue
        try:
            timeline.arrive(one.contact, one.kind, one.data, now)
        except Refused as refusal:
            refused.append(str(refusal))
    timeline.advance(now + timedelta(days=40))
    return Story(timeline, world, entries, refused)


def _program(text: str) -> Program:
    found = workspace.load_text(text)
    errors = [one for one in found.findings.in_order() if one.diagnostic.severity == "error"]
    assert not errors, f"{[one.message for one in errors]}\n{text}"
    assert found.program is not None
    return found.program


def _runs_add_up(story: Story) -> None:
    world = story.world
    for campaign in story.timeline.program.campaigns:
        standing = [
            run.status
            for contact in story.timeline._by_number
            for run in contact.runs.values()
            if run.campaign == campaign.name and run.status not in ("finished", "stopped")
        ]
        assert "running" not in standing
        assert world.started[campaign.name] == (
            world.finished[campaign.name] + world.stopped[campaign.name] + len(standing)
        )


def _sends_add_up(story: Story) -> None:
    world = story.world
    went = [entry for entry in story.entries if entry.what == "sent"]
    skipped = [entry for entry in story.entries if entry.what == "skipped"]
    assert len(world.sent) == len(went) == sum(one.done for one in world.processes.sends())
    assert len(world.skipped) == len(skipped)
    assert len(skipped) == sum(sum(one.skipped.values()) for one in world.processes.sends())


def _codes_go_once(story: Story) -> None:
    for name in ("H", "S", "K"):
        pool = story.world.pool(name)
        given_out = [code for code, *_ in pool.taken]
        assert len(given_out) == len(set(given_out)) == pool.used
        assert sorted([*given_out, *pool.free]) == sorted(pool.known)


def _nothing_is_overdue(story: Story) -> None:
    now = story.timeline.now
    assert now is not None
    for contact in story.timeline._by_number:
        found = None if contact.deleted else next_due(contact)
        assert found is None or found[0] > now


def _told(story: Story) -> list[dict[str, Any]]:
    return [entry.data() for entry in story.entries]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(programs(), st.lists(arrivals(), max_size=25))
def test_whatever_arrives_adds_up_and_replays(text: str, coming: list[Arrival]) -> None:
    program = _program(text)
    story = _play(program, coming)
    _runs_add_up(story)
    _sends_add_up(story)
    _codes_go_once(story)
    _nothing_is_overdue(story)
    moments = [entry.at for entry in story.entries]
    assert moments == sorted(moments)
    again = _play(_program(text), coming)
    assert _told(again) == _told(story)
    assert again.refused == story.refused
    assert again.timeline.contacts == story.timeline.contacts


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(programs(shared=False), st.lists(arrivals(), max_size=15))
def test_what_a_contact_goes_through_is_its_own(text: str, coming: list[Arrival]) -> None:
    """Where contacts share no codes, caps or tests, each has the history it has alone."""
    together = _play(_program(text), coming)
    alone = _play(_program(text), coming, only="two")
    mine = [entry for entry in _told(together) if entry["contact"] == "two"]
    assert mine == [entry for entry in _told(alone) if entry["contact"] == "two"]
    here, there = together.timeline.contacts["two"], alone.timeline.contacts["two"]
    assert (here.fields, here.tags, here.events) == (there.fields, there.tags, there.events)
