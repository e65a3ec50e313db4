"""The command speaks the language of the workspace that it is called in, or on."""

from __future__ import annotations

import pytest

from tests.cli.machine import Machine
from tests.speech.test_german import english_words

GOOD = """\
# sprache: de
kontakt
  score zahl

kampagne "A"
  starte wenn score > 5
  tag "x"

test "x"
  gegeben kontakt
  am 2026-03-02 10:00 setze score auf 6
  erwarte getaggt mit "x"
"""


@pytest.fixture
def machine(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("FLOW_CACHE_DIR", str(machine.folder / "cache"))
    return machine


def test_a_german_file_is_checked_in_german_also_when_it_is_recalled(machine: Machine) -> None:
    machine.file("a.flow", GOOD.replace("kampagne", "kampange"))
    first = machine("check")
    assert "Fehler FL002 misspelled-keyword: `kampange` ist hier kein Wort von flow" in first.data
    assert "  Tipp: meintest du `kampagne`?" in first.data
    assert "Fehler in 1 Datei" in first.talk
    assert machine("check") == first
    machine.file("a.flow", GOOD)
    assert machine("check", "--no-cache").talk == "In 1 Datei nichts gefunden.\n"
    assert machine("check").talk == "In 1 Datei nichts gefunden.\n"


def test_a_rule_is_told_in_the_language_of_the_workspace(machine: Machine) -> None:
    assert "A wait of zero lets no time pass." in machine("rule", "FL641").data
    machine.file("flow.toml", 'language = "de"\n')
    said = machine("rule", "FL641").data
    assert "Wartezeit null lässt keine Zeit vergehen." in said
    assert "\n  warte 0 tage\n" in said
    mistake = machine("rule", "FL101").data
    assert mistake.startswith("# unknown-message\n\nFL101 · Fehler\n")
    assert "Eine Nachricht, die nicht angelegt ist." in mistake
    assert "\nnachricht " in mistake
    assert "A wait of zero" in machine("rule", "FL641", "--language", "en").data
    wrong = machine("rule", "FL641", "--language", "tlh")
    assert wrong.code == 2
    assert "es gibt keine Sprache `tlh`" in wrong.talk


def test_a_file_is_formatted_in_its_language(machine: Machine) -> None:
    machine.file("a.flow", GOOD.replace("score > 5", "score  >  5"))
    assert machine("fmt", "--check").talk == (
        "a.flow: würde formatiert\n1 Datei würde formatiert.\n"
    )
    assert machine("fmt").talk == "a.flow: formatiert\n1 Datei formatiert.\n"
    assert machine("fmt").talk == "1 Datei schon in Ordnung.\n"


@pytest.mark.parametrize(
    "call",
    [
        ("coupons", "import", "nirgends", "codes.txt"),
        ("contacts", "list", "--limit", "3"),
        ("inbox",),
        ("report", "keiner"),
        ("check", "nirgends.flow"),
        ("check", "--unsafe-fixes"),
        ("check", "codes.txt"),
        ("test", "-k", "nichts"),
        ("automation", "list"),
        ("automation", "run", "x"),
        ("contacts", "merge", "a", "a"),
        ("contacts", "show", "niemand"),
        ("contacts", "import", "people.csv"),
        ("event", "send", "events.jsonl"),
        ("process", "list"),
        ("process", "pause", "nichts"),
        ("run", "--once"),
        ("plan",),
        ("apply",),
        ("token", "list"),
    ],
    ids=" ".join,
)
def test_a_german_workspace_is_spoken_to_in_german(machine: Machine, call: tuple[str, ...]) -> None:
    machine.file("flow.toml", 'language = "de"\n')
    machine.file("a.flow", GOOD)
    machine.file("codes.txt", "A1\n")
    machine.file("people.csv", "id,score\nc1,7\nc2,much\n")
    machine.file("events.jsonl", '{"contact": "c1", "type": "tag", "tag": "y"}\n{"type": "x"}\n')
    machine("contacts", "import", "people.csv")
    done = machine(*call)
    prose = done.talk.split("Usage:")[0] if done.code != 2 else done.talk.rpartition("Error:")[2]
    assert prose.strip() or done.data
    assert not english_words(prose), prose
