"""What reasoning says of conditions is so: whatever a contact is, it never rules that out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowlang import workspace
from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.check.view import View
from flowlang.contact import Contact, Happening
from flowlang.kinds import ANY, NUMBER, TEXT
from flowlang.rules.reasoning import Reasoning
from flowlang.steps.branch import If
from flowlang.syntax import expressions as tree
from flowlang.syntax.campaigns import Campaign
from flowlang.syntax.declarations import Segment

DECLARATIONS = """
contact
  score    number
  other    number
  name     text
  country  one of "DE", "AT", "CH"
  vip      yes/no
  birthday date
  due      datetime
  wake     time
  records qualification
    name text

event purchase
  total number

group "G"

segment "grown"
  score >= 18 and vip

coupons "C"
  when empty halt

calendar "C"
  on monday to friday
"""

CONDITIONS = """
score > 10
score >= 10
score < 10
score = 10
score != 10
10 < score
score <= 3.5
score between 3 and 10
score in (3, 10)
score not in (3, 10)
score = 50%
score is set
score is not set
score + 1 > 10
score < other
other > score
score = other
score != other
name = "Anna"
name = "ANNA"
name != "anna"
name in ("anna", "ben")
name not in ("Anna", "cleo")
name contains "n"
name starts with "A"
name ends with "a"
name < "b"
name matches "^a"
country = "DE"
country != "de"
country in ("DE", "AT")
country in ("DE", "AT", "CH")
country not in ("DE", "AT", "CH")
country starts with "a"
country contains "h"
vip
vip = yes
vip = no
vip != no
birthday = 2026-03-29
birthday is before 2026-03-29
birthday is after 2026-03-28
birthday >= 2026-03-29
birthday between 2026-03-01 and 2026-03-29
birthday is today
birthday is not today
today = 2026-03-29
birthday < today
birthday is within the last 7 days
days since birthday > 2
days since birthday <= 2
day of birthday > 28
day of birthday between 1 and 31
month of birthday in (3, 4)
weekday of birthday = sunday
weekday of birthday in (saturday, sunday)
weekday of birthday not in (monday, sunday)
due < 2026-03-29
due >= 2026-03-29
due = 2026-03-29
due in (2026-03-28, 2026-03-29)
due < 2026-03-29 02:30
due <= 2026-03-29 02:30
due >= 2026-03-29 02:30
due > 2026-03-29 02:30
due = 2026-03-29 02:30
due != 2026-03-29 02:30
due = 2026-03-29 03:00
due < 2026-03-29 03:00
due <= 2026-03-29 03:00
due >= 2026-03-29 03:00
due between 2026-03-29 02:00 and 2026-03-29 03:00
due in (2026-03-29 02:30, 2026-03-29 03:30)
birthday < 2026-03-29 12:00
birthday >= 2026-03-29 23:00
due is set
due is before now
wake < 09:00
wake >= 09:00
wake = 09:00
wake in (09:00, 10:00)
tagged "a"
tagged "b"
in group "G"
in segment "grown"
blocked
may get marketing by email
may not get marketing by email
coupons left "C" > 0
coupons left "C" >= 0
purchase happened
purchase happened at least 2 times
count of purchase > 1
count of purchase >= 1
count of purchase < 0
any qualification
no qualification
any qualification where name = "x"
count of qualification where (name = "x") = 0
sum of purchase total > 5
total of last purchase > 5
event.total > 5
event.total < 5
event.total in (4, 6)
event.total is set
event.word = "x"
event.any > 5
event.any = "x"
event.any
contact.score > 10
10 > 3
2 * 3 = 6
yes
""".strip().splitlines()

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 29, 10, tzinfo=UTC)
"""The day on which the clocks of Berlin leave out 02:00 to 03:00."""


def _parsed() -> tuple[list[tree.Expression], Any]:
    segments = "".join(
        f'segment "{number}"\n  {one}\n'
        for number, one in enumerate(CONDITIONS)
        if "event." not in one
    )
    loaded = workspace.load_text(DECLARATIONS + segments)
    assert [one.message for one in loaded.findings.found] == []
    with_event = "".join(f'  if {one}\n    tag "x"\n' for one in CONDITIONS if "event." in one)
    more = workspace.load_text(
        DECLARATIONS
        + 'event ping\n  total number\n  word text\n  any text\ncampaign "X"\n  start on ping\n'
        + with_event
    )
    nodes = [
        item.lines[0]
        for item in loaded.files[0].tree.items
        if isinstance(item, Segment) and item.lines and item.name.value.isdigit()
    ]
    campaign = more.files[0].tree.items[-1]
    assert isinstance(campaign, Campaign)
    steps = [line for line in campaign.lines or () if isinstance(line, If)]
    assert loaded.program is not None
    return [*nodes, *(step.condition for step in steps)], loaded.program.names


NODES, NAMES = _parsed()
PLACE = Place("segment", event={"total": NUMBER, "word": TEXT, "any": ANY})


class World:
    """Answers what a condition asks beyond its contact."""

    def __init__(self, codes: int) -> None:
        self.codes = codes

    def codes_left(self, name: str) -> int:
        return self.codes

    def barred(self, contact: Contact, message: object) -> str | None:
        return None

    def receivable(self, view: View, message: object) -> bool:
        return True


NUMBERS = st.sampled_from([None, -1, 0, 2, 3, 3.5, 4, 9, 10, 10.5, 11, 17, 18, 100, 0.5])
DAYS = st.one_of(st.none(), st.integers(-40, 40).map(lambda n: date(2026, 3, 29) + timedelta(n)))
MOMENTS = st.one_of(
    st.none(),
    st.integers(-200, 200).map(lambda n: NOW - timedelta(hours=9) + timedelta(minutes=15 * n)),
)


@st.composite
def views(draw: st.DrawFn) -> View:
    some_text = st.sampled_from([None, "", "anna", "Anna", "ben", "cleo", "x"])
    contact = Contact(
        "c",
        {
            "score": draw(NUMBERS),
            "other": draw(NUMBERS),
            "name": draw(some_text),
            "country": draw(st.sampled_from([None, "DE", "AT", "CH"])),
            "vip": draw(st.sampled_from([None, True, False])),
            "birthday": draw(DAYS),
            "due": draw(MOMENTS),
            "wake": draw(st.sampled_from([None, time(8), time(9), time(10)])),
        },
        tags=dict.fromkeys(draw(st.sets(st.sampled_from("ab")))),
        groups=draw(st.sampled_from([set(), {"G"}])),
        consent=draw(st.sampled_from([{}, {"email": True}, {"email": False}])),
        blocked=draw(st.booleans()),
        records={"qualification": draw(st.lists(st.sampled_from([{"name": "x"}, {}]), max_size=2))},
        events={
            "purchase": [
                Happening(NOW, {"total": total}, number)
                for number, total in enumerate(draw(st.lists(NUMBERS, max_size=3)))
            ]
        },
    )
    event = {
        "total": draw(NUMBERS),
        "word": draw(some_text),
        "any": draw(st.one_of(NUMBERS, some_text, st.booleans())),
    }
    return View(contact, NOW, ZONE, World(draw(st.integers(0, 2))), None, event)


def joined(inner: st.SearchStrategy[tree.Expression]) -> st.SearchStrategy[tree.Expression]:
    span = NODES[0].span
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        inner.map(lambda one: tree.Not(span, one)),
        several.map(lambda parts: tree.And(span, parts)),
        several.map(lambda parts: tree.Or(span, parts)),
    )


EXPRESSIONS = st.recursive(st.sampled_from(NODES), joined, max_leaves=6)


@settings(max_examples=500, deadline=None)
@given(views(), st.lists(EXPRESSIONS, min_size=1, max_size=5))
def test_what_is_so_is_never_ruled_out(view: View, conditions: list[tree.Expression]) -> None:
    expressions = Expressions(NAMES)
    known = [(one, bool(expressions.condition(one, PLACE)(view))) for one in conditions]
    assert Reasoning(NAMES).possible(known)


@pytest.mark.parametrize("first", NODES, ids=lambda node: node.span.text)
def test_two_tests_that_hold_together_are_not_ruled_out(first: tree.Expression) -> None:
    """Each pair of tests, over contacts that stand at the edges of both."""
    reasoning, expressions = Reasoning(NAMES), Expressions(NAMES)
    asked = [expressions.condition(node, PLACE) for node in NODES]
    own = expressions.condition(first, PLACE)
    for view in _edges():
        mine = bool(own(view))
        for node, test in zip(NODES, asked, strict=True):
            assert reasoning.possible([(first, mine), (node, bool(test(view)))]), node.span.text


def _edges() -> list[View]:
    """Contacts at the edges of what the conditions ask."""
    found = []
    days = [date(2026, 3, 28), date(2026, 3, 29), date(2026, 4, 1), date(2025, 12, 31)]
    berlin = [(28, 12, 0), (29, 1, 59), (29, 3, 0), (29, 3, 30), (30, 0, 0)]
    moments = [datetime(2026, 3, d, h, m, tzinfo=ZONE).astimezone(UTC) for d, h, m in berlin]
    for number, value in enumerate((None, 0.5, 2, 3, 3.5, 9, 10, 11, 18)):
        moment = moments[number % len(moments)]
        contact = Contact(
            "c",
            {
                "score": value,
                "other": (10, None, 3)[number % 3],
                "name": ("Anna", None, "ben", "cleo")[number % 4],
                "country": ("DE", "AT", "CH", None)[number % 4],
                "vip": (True, False, None)[number % 3],
                "birthday": days[number % 4] if value is not None else None,
                "due": moment,
                "wake": (time(9), time(8, 59), None)[number % 3],
            },
            tags={"a": None} if number % 2 else {"b": None},
            events={"purchase": [Happening(NOW, {"total": value}, 1)] * (number % 3)},
        )
        event = {"total": value, "word": "x", "any": (value, "x", True)[number % 3]}
        found.append(View(contact, NOW, ZONE, World(number % 2), None, event))
    return found


SETTLED = {
    "score > 10 and score < 5": False,
    "score > 10 and score <= 10": False,
    "score between 10 and 3": False,
    "score >= 3 and score not in (3) and score < 3.5 and score != 3.2": None,
    "score = 3 and score in (4, 5)": False,
    "score is not set and score > 3": False,
    "score is not set or score > 3 or score <= 3": True,
    "score > 3 or score <= 3": None,
    'name = "Anna" and name = "ben"': False,
    'name = "Anna" and name = "ANNA"': None,
    'country = "DE" and country in ("AT", "CH")': False,
    'country not in ("DE", "AT", "CH")': False,
    'country = "DE" and country starts with "a"': False,
    'tagged "a" and not tagged "a"': False,
    "vip and vip = no": False,
    "vip or not vip": True,
    "birthday is before 2026-01-01 and birthday is after 2026-02-01": False,
    "birthday is not set and birthday is today": False,
    "due < 2026-01-01 and due > 2026-02-01 10:00": None,
    "due < 2026-01-01 10:00 and due > 2026-02-01 10:00": False,
    "days since birthday > 3 and days since birthday < 4": False,
    "count of purchase >= 0": True,
    "purchase happened and count of purchase = 0": False,
    "any qualification and no qualification": False,
    "month of birthday > 12": False,
    "weekday of birthday = monday and weekday of birthday in (saturday, sunday)": False,
    "score < other and other < score": False,
    "score < other and other > score": None,
    'in segment "grown" and score < 10': False,
    "may get marketing by email and may not get marketing by email": False,
    "10 < 3": False,
    "wake < 09:00 and wake > 10:00": False,
}  # fmt: skip


@pytest.mark.parametrize(("text", "outcome"), SETTLED.items())
def test_what_is_settled_is_seen(text: str, outcome: bool | None) -> None:
    loaded = workspace.load_text(f'{DECLARATIONS}\nsegment "S"\n  {text}\n')
    assert [one.message for one in loaded.findings.found] == []
    assert loaded.program is not None
    names = loaded.program.names
    where = names.segments["S"].where
    assert where is not None
    reasoning = Reasoning(names)
    assert (reasoning.always(where), reasoning.never(where)) == (outcome is True, outcome is False)
