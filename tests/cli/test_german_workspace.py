"""A workspace in German is told about itself in German, down to what other programs have said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import flow

SHOP = """\
# sprache: de
kontakt
  geburtstag  datum
  punkte  zahl

ereignis geburtstag_heute
  jeden tag um 09:00
  für kontakte wo tag von geburtstag = tag von heute und monat von geburtstag = monat von heute

kampagne "A"
  starte bei geburtstag_heute
  wenn punkte > 10 und punkte < 5
    tag "a"
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.flow").write_text(SHOP, encoding="utf-8")
    return tmp_path


def test_a_fix_is_in_the_language_of_the_file(shop: Path) -> None:
    shown = flow("check", "--fix", "--unsafe-fixes", "--diff", ".", cwd=shop).stdout
    assert "+  für kontakte wo jahrestag von geburtstag ist heute\n" in shown
    assert "shop.flow (berichtigt)" in shown


def test_rules_in_code_scanning_are_in_the_language_of_the_files(shop: Path) -> None:
    said = flow("check", ".", "--output-format", "sarif", cwd=shop).stdout
    rules = {one["id"]: one for one in json.loads(said)["runs"][0]["tool"]["driver"]["rules"]}
    shown = rules["FL646"]
    assert shown["shortDescription"]["text"] == "Ein Jahrestag, von Hand zusammengesetzt."
    assert "gewöhnlichen Jahr nie zu" in shown["help"]["text"]


def test_junit_counts_the_rest_in_the_language_of_the_file(shop: Path) -> None:
    assert "(und 1 weitere)" in flow("check", ".", "--output-format", "junit", cwd=shop).stdout


def test_what_is_wrong_in_the_settings_is_told_in_the_language_of_the_files(shop: Path) -> None:
    (shop / "flow.toml").write_text("quatsch = 1\n", encoding="utf-8")
    done = flow("check", ".", cwd=shop)
    assert "Fehler: flow.toml: unbekannter Schlüssel `quatsch`" in done.stderr


def test_an_event_that_is_refused_is_counted_and_told(shop: Path) -> None:
    (shop / "c.csv").write_text("id,email\nk1,anna@example.com\n", encoding="utf-8")
    (shop / "e.jsonl").write_text(
        '{"at": "2026-03-02T10:00:00Z", "contact": "k99", "type": "tag", "tag": "a"}\n'
        '{"at": "2026-03-02T10:00:00Z", "contact": "k1", "type": "tag", "tag": "a"}\n'
        '{"a": }\n',
        encoding="utf-8",
    )
    asked = ("simulate", ".", "--contacts", "c.csv", "--events", "e.jsonl")
    done = flow(*asked, cwd=shop)
    assert "e.jsonl: 3 Ereignisse gelesen, 1 übernommen, 2 ausgelassen\n" in done.stderr
    assert 'e.jsonl:1: es gibt keinen Kontakt "k99"\n' in done.stderr
    assert "das ist kein JSON-Objekt: ein Wert fehlt bei Zeichen 7" in done.stderr
    errors = json.loads(flow(*asked, "--output-format", "json", cwd=shop).stdout)["errors"]
    assert 'there is no contact "k99"' in [one["message"] for one in errors]


def test_a_wrong_call_is_told_in_german_and_leaves_no_store(shop: Path) -> None:
    (shop / "flow.toml").write_text('language = "de"\n', encoding="utf-8")
    done = flow("run", ".", "--once", "--now", "gestern", cwd=shop)
    assert "Aufruf: flow run [OPTIONEN] [PATH]" in done.stderr
    assert not (shop / ".flow" / "state.db").exists()
    done = flow("contacts", "show", "k1", "--store", "x.db", cwd=shop)
    assert '"x.db" ist keine Adresse eines Speichers' in done.stderr


def test_numbers_have_a_decimal_comma(shop: Path) -> None:
    with (shop / "shop.flow").open("a", encoding="utf-8") as file:
        file.write('\ntest "x"\n  gegeben kontakt\n  am 2026-03-02 10:00\n')
        file.write('  erwarte nicht getaggt mit "a"\n')
        file.write('\nkampagne "B"\n  starte wenn getaggt mit "b"\n  tag "c"\n')
        file.write('\ntest "y"\n  gegeben kontakt\n  am 2026-03-02 10:00 tag "b"\n')
        file.write('  erwarte getaggt mit "c"\n')
    done = flow("test", ".", "--coverage", cwd=shop)
    assert ",3% von 6 Wegen" in done.stdout + done.stderr, done.stdout + done.stderr
