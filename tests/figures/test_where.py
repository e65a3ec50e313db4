"""A condition beside the files of a workspace is checked like one in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang.figures import contacts
from flowlang.figures.source import Where
from flowlang.figures.where import WrongCondition, condition
from tests.figures.shop import HOUR, SHOP, START, Shop, came, person

PEOPLE = [
    person("anna", "hot", first_name="Anna", score=60, timezone="Pacific/Auckland"),
    person("ben", "hot", score=40),
    person("cleo", score=70),
    came(0, None, "import coupons", list="early", codes=("A1",)),
    came(1, "ben", "withdraw", channel="email"),
    came(1.5, "cleo", "event", name="purchase", data={"total": 5}),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    found = Shop(
        tmp_path_factory.mktemp("shop"), SHOP + 'segment "Rich"\n  score > 50 and not blocked\n'
    )
    found.run(PEOPLE, 3)
    found.store.import_robinson(["cleo@example.com"])
    return found


def chosen(shop: Shop, text: str) -> list[str]:
    where = Where(condition(text, shop.program.names, "--where"), START + 1.7 * HOUR)
    return [row[0] for batch in contacts.rows(shop.source(), where) for row in batch]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('score >= 50 and tagged "hot"', ["anna"]),
        ("score >= 50\n  or\n  score < 50", ["anna", "ben", "cleo"]),
        ("  score is not set ", []),
        ('in segment "Rich"', ["anna", "cleo"]),
        ("may get marketing by email", ["anna", "cleo"]),
        ('can receive "Offer"', ["anna"]),
        ('coupons left "early" > 0 and first_name is set', ["anna"]),
        ("purchase happened within the last 2 days where total > 4", ["cleo"]),
        ("created is before now + 1 day", ["anna", "ben", "cleo"]),
        ("today = 2026-11-20", ["anna", "ben", "cleo"]),
        ('first_name = "A  B" or first_name = "anna"  # why', ["anna"]),
        ('getaggt mit "hot" und score < 50', ["ben"]),
        ('received "Hello"', []),
    ],
)
def test_it_chooses_those_for_whom_it_holds(shop: Shop, text: str, found: list[str]) -> None:
    assert chosen(shop, text) == found


def test_days_are_those_of_the_contact(shop: Shop) -> None:
    late = Where(condition("today = 2026-11-21", shop.program.names, "x"), START.replace(hour=12))
    found = [row[0] for batch in contacts.rows(shop.source(), late) for row in batch]
    assert found == ["anna"]


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("scor >= 50", 1, "the contact has no field `scor`"),
        ("score > 1 and first_name > 3", 15, "text cannot be compared with a number"),
        ('tag "hot"', 1, "`tag` is no word of flow here"),
        ("score >=", 9, "the line ends too early: a value is missing"),
        ("score", 1, "a condition stands here, not a number"),
        ("event.total > 3", 1, "there is no event here"),
        ("timed out", 1, "`timed out` speaks of a step just passed"),
        ('in segment "Poor"', 12, "there is no segment `Poor`"),
        ('first_name matches "("', 20, "the pattern cannot be read"),
        ("(score > 1", 1, "this parenthesis is not closed"),
        ('"', 1, 'this text is not closed: a " is missing at its end'),
        ("", 1, "the line ends too early: a condition is missing"),
        ("# nothing", 1, "the line ends too early: a condition is missing"),
        ('score > 1\ncampaign "X"', 11, "`campaign` is not expected here"),
        ('x"\nsegment "y', 2, "is not expected here"),
        ("not " * 300 + "blocked", 1, "too many parentheses or `not` within each other"),
        ('getaggt mit "hot" und scor < 50', 23, "der Kontakt hat kein Feld `scor`"),
    ],
)
def test_a_wrong_one_is_one_finding_at_its_place(
    shop: Shop, text: str, column: int, said: str
) -> None:
    with pytest.raises(WrongCondition) as wrong:
        condition(text, shop.program.names, "--where")
    finding = wrong.value.finding
    assert said in finding.message
    assert finding.span.source.name == "--where"
    assert finding.span.source.position(finding.span.start) == (1, column)
    assert finding.fix is None


def test_a_wrong_one_leaves_the_workspace_as_it_was(shop: Shop) -> None:
    with pytest.raises(WrongCondition):
        condition("scor > 1", shop.program.names, "--where")
    assert shop.program.names.findings.found == []
    assert list(shop.program.names.segments) == ["Rich"]


def test_the_words_are_those_of_the_workspace_first(tmp_path: Path) -> None:
    german = Shop(tmp_path, "kontakt\n  note zahl\n", language="de")
    with pytest.raises(WrongCondition) as wrong:
        condition("note >", german.program.names, "--where")
    assert "fehlt" in str(wrong.value)
    condition('tagged "x"', german.program.names, "--where")
