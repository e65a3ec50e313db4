"""An explanation says what the condition says, and with which values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlang.check.explain import Explained, Explainer
from flowlang.check.meaning import Place
from flowlang.check.view import View
from flowlang.contact import Contact, Happening, Sent
from flowlang.engine.play import Play
from flowlang.repl.script import read_lines
from flowlang.syntax.scripts import Expect, ExpectCondition
from flowlang.workspace import load_text
from tests.repl.sessions import SHOP

PROGRAM = load_text(SHOP).runnable
assert PROGRAM is not None
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def contact() -> Contact:
    anna = Contact("anna")
    anna.fields.update(
        score=60,
        country="CH",
        first_name="Anna",
        birthday=date(2000, 11, 20),
        email="a@example.com",
    )
    anna.tags["new"] = None
    anna.records["qualification"] = [{"name": "First aid"}, {"name": "Boats"}]
    data = {"at": NOW, "total": 99}
    anna.events["purchase"] = [Happening(NOW, data, 1)]
    anna.messages.append(Sent("Hello", NOW, "email", "service", "Welcome", "#1.1", 2))
    anna.seq = 2
    return anna


def explain(text: str, anna: Contact | None = None) -> Explained:
    assert PROGRAM is not None
    node = read_lines(f"expect {text}", "en")[0].node
    assert isinstance(node, Expect)
    assert isinstance(node.what, ExpectCondition)
    play = Play.of(PROGRAM, {})
    view = View(anna or contact(), NOW, ZoneInfo("Europe/Berlin"), play.timeline.interpreter)
    return Explainer(PROGRAM.names).explain(node.what.condition, Place("test"), view)


@pytest.mark.parametrize(
    ("condition", "holds", "values"),
    [
        ("score >= 50", True, ["score: 60"]),
        ("score + 5 > score * 2", False, ["score + 5: 65", "score * 2: 120"]),
        ('country in ("DE", "AT")', False, ['country: "CH"']),
        ("vip", False, ["vip: not set"]),
        ("due is set", False, ["due: not set"]),
        ("birthday is before 2001-01-01", True, ["birthday: 2000-11-20"]),
        ("anniversary of birthday is today", True, ["anniversary of birthday: 2026-11-20"]),
        ("weekday of today = friday", True, ["weekday of today: friday"]),
        ("days since birthday > 3", True, ["days since birthday: 9496"]),
        ("score between 1 and 2", False, ["score: 60"]),
        ('first_name contains "nn"', True, ['first_name: "Anna"']),
        ('tagged "new"', True, []),
        ('in group "Newsletter"', False, []),
        ("blocked", False, []),
        ("may get marketing by email", False, ["marketing by email: never said"]),
        ("purchase happened", True, ["purchase happened: once"]),
        ("purchase happened at least 2 times", False, ["purchase happened: once"]),
        ("purchase happened where total > 100", False, ["purchase happened: 0 times"]),
        ("sum of purchase total > 50", True, ["sum of purchase total: 99"]),
        ("total of last purchase = 99", True, ["total of last purchase: 99"]),
        (
            'any qualification where name = "Boats"', True,
            ["count of qualification: 2", 'where name = "Boats": 1'],
        ),
        ('received "Hello"', True, ['"Hello": sent 2026-11-20 10:00']),
        ('opened "Hello"', False, ['"Hello": sent 2026-11-20 10:00']),
        ('received "Gift"', False, ['"Gift": never sent']),
        ("received anything", True, ['the last message: "Hello", sent 2026-11-20 10:00']),
        ('coupons left "codes" > 0', False, ['coupons left "codes": 0']),
        ('can receive "Offer"', False, ['"Offer": no consent']),
        ('can receive "Hello"', True, ['"Hello": nothing bars it']),
    ],
)  # fmt: skip
def test_the_values_of_a_condition(condition: str, holds: bool, values: list[str]) -> None:
    found = explain(condition)
    assert found.holds is holds
    assert [f"{text}: {value}" for text, value in found.values] == values
    assert found.text == condition


def test_parts_and_who_is_to_blame() -> None:
    found = explain('score >= 50 and (country = "DE" or tagged "hot") and not tagged "new"')
    assert [part.holds for part in found.parts] == [True, False, False]
    assert [part.joined for part in found.parts] == ["", "or", "not"]
    assert [leaf.text for leaf in found.leaves()] == [
        "score >= 50", 'country = "DE"', 'tagged "hot"', 'tagged "new"',
    ]  # fmt: skip
    assert [leaf.text for leaf in found.blame()] == [
        'country = "DE"', 'tagged "hot"', 'tagged "new"',
    ]  # fmt: skip


def test_a_segment_is_explained_by_its_condition() -> None:
    found = explain('in segment "hot"')
    assert not found.holds
    assert [leaf.text for leaf in found.blame()] == ['country in ("DE", "AT")']


def test_a_long_text_is_cut() -> None:
    anna = contact()
    anna.fields["first_name"] = "A" * 500
    ((_, value),) = explain('first_name = "x"', anna).values
    assert len(value) < 70


LEAVES = st.sampled_from(
    [
        "score >= 50",
        "score < 5",
        'tagged "new"',
        'tagged "x"',
        "vip",
        'country = "CH"',
        "due is set",
    ]
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} and {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} or {two[1]})"),
        inner.map(lambda one: f"not ({one})"),
    ),
    max_leaves=6,
)


@given(CONDITIONS)
def test_the_parts_add_up_to_the_whole(condition: str) -> None:
    found = explain(condition)
    _adds_up(found)
    blamed = [leaf.text for leaf in found.blame()]
    assert blamed
    assert set(blamed) <= {leaf.text for leaf in found.leaves()}


def _adds_up(found: Explained) -> None:
    holds = [part.holds for part in found.parts]
    match found.joined:
        case "and":
            assert found.holds is all(holds)
        case "or":
            assert found.holds is any(holds)
        case "not":
            assert [found.holds] == [not one for one in holds]
    for part in found.parts:
        _adds_up(part)
