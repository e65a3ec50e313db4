"""What Tab offers."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang.repl.completion import complete
from flowlang.repl.entry import entries
from flowlang.repl.session import Session
from tests.repl.sessions import SHOP, said, session


@pytest.fixture
def shop(tmp_path: Path) -> Session:
    one = session(tmp_path, SHOP)
    said(one, "contact anna", "contact bob")
    (tmp_path / "people.csv").write_text("id\n")
    return one


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("wh", ["what if", "where", "why"]),
        ("adv", ["advance"]),
        ("gra", ["grant marketing by"]),
        ("giv", ["given contact", "given coupons", "given call", "given event"]),
        ('tag "w', ['"warm"']),
        ("tag w", ['"warm"']),
        ("event pur", ["purchase"]),
        ("event purchase to", ["total="]),
        ("set fir", ["first_name"]),
        ("set country=", ['"DE"', '"AT"', '"CH"']),
        ("contact cleo sc", ["score="]),
        ("contact cleo country=", ['"DE"', '"AT"', '"CH"']),
        ("contact cleo score=", ["50", "10", "90"]),
        ("set vip=", ["yes", "no"]),
        ("expect sk", ["skipped"]),
        ("expect waiting u", ["until"]),
        ("load pe", ["people.csv"]),
        ("as ", ["anna", "bob"]),
        ("advance 2 da", ["days"]),
        ("why n", ["not"]),
        ('why not "O', ['"Offer"', '"Orders"']),
        ('resume "O', ['"Offer"']),
        ('clicked "G', ['"Gift"']),
        ('import coupons "g', ['"gifts"']),
        ('join group "', ['"Newsletter"']),
        ('start campaign "W', ['"Welcome"']),
        ('tag "new" for "b', ['"bob"']),
        ('tag "new" for ', ['"anna"', '"bob"']),
        ('expect not in group "', ['"Newsletter"']),
        ('at 2026-12-01 resume "', ['"Hello"', '"Offer"', '"Gift"']),
        ('load "a', ['"a greeting"']),
        ("help und", ["undo"]),
        ('what if tag "g', ['"gone"']),
        ('? in segment "', ['"hot"']),
        ("? birth", ["birthday"]),
        ("where ", ['"Welcome"', '"Orders"', '"Race"', '"Split"']),
        ('inbox "H', ['"Hello"']),
        ("xyz abc", []),
        ('tag "nothing like it', []),
    ],
)
def test_what_is_offered(shop: Session, typed: str, offered: list[str]) -> None:
    assert complete(shop, typed) == offered


def test_moments_at_which_something_falls_due(shop: Session) -> None:
    said(shop, 'tag "new" for "anna"', "advance 1 hour", 'tag "new" for "bob"')
    assert complete(shop, "advance to ") == ["2026-11-22 10:00", "2026-11-22 11:00", "2026-11-21"]


def test_in_german(tmp_path: Path) -> None:
    one = session(tmp_path, "# sprache: de\nkontakt\n  punkte  zahl\n")
    assert complete(one, "kont") == ["kontakt"]
    assert complete(one, "rück") == ["rückgängig"]
    assert complete(one, "setze pu") == ["punkte"]


def test_lines_that_belong_together(shop: Session) -> None:
    script = (
        'contact "cleo"\n  score 1\n  first_name """\n    one\n\n    two\n    """\n'
        'tag\n  \nevent purchase items (sku\n  "A")\n? (score\nvars\n'
    )
    found = list(entries(shop, script.splitlines(keepends=True)))
    assert [number for number, _ in found] == [1, 8, 10, 12, 13]
    assert found[0][1].endswith('    one\n\n    two\n    """')
    assert found[2][1] == 'event purchase items (sku\n  "A")'
