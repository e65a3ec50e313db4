"""In a German workspace every command speaks German, and what programs read stays as it is.

A sentence of the catalogue that comes out in English has lost its translation on the way; a word
that only English has was never in the catalogue.  Both are looked for in all that is written.
"""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from io import BytesIO, TextIOWrapper
from pathlib import Path
from string import Formatter

import click
import pytest
from babel.messages.pofile import read_po

from flowlang import workspace
from flowlang.cli import flow
from flowlang.engine import retelling
from flowlang.engine.play import Play
from flowlang.program.program import Program
from tests.cli.machine import Machine
from tests.speech.catalogues import LOCALE, TREE
from tests.speech.test_german import english_words

CAMPAIGNS = """\
# sprache: de
kontakt
  punkte  zahl

ereignis kauf
  summe  zahl

gutscheine "Dank"
  aus "codes.txt"
  wenn leer anhalten
  warne unter 2

nachricht "Gutschein"
  art service
  kanal email
  betreff "Danke"
  text "Dein Code: {{ coupon('Dank') }}"

nachricht "Neuigkeiten"
  art werbung
  kanal email
  betreff "Neues"
  text "Es gibt Neues. {{ unsubscribe_link }}"

regel "Tagsüber"
  sende nur zwischen 08:00 und 20:00

kampagne "Dankeschön"
  starte wenn getaggt mit "gekauft"
  sende "Gutschein"
  tag "bedankt"

kampagne "Post"
  regel "Tagsüber"
  starte bei kauf
  läuft erneut, höchstens einmal je 2 tage
  wenn punkte > 10
    sende "Neuigkeiten"
  sonst
    setze punkte auf punkte + 5
  warte auf kauf höchstens 3 tage
  wenn zeit abgelaufen
    tag "still"
  neustart

automatik "Woche"
  jeden montag um 07:00
  exportiere bericht "campaigns" als "aus/woche.txt"

test "wer kauft, bekommt einen Gutschein"
  gegeben kontakt
  gegeben gutscheine "Dank" 1 code
  am 2026-03-02 10:00 tag "gekauft"
  erwarte gesendet "Gutschein"

test "das geht schief"
  gegeben kontakt
  am 2026-03-02 10:00 ereignis kauf summe 3
  erwarte gesendet "Neuigkeiten"
"""
SETTINGS = """\
language = "de"
timezone = "Europe/Berlin"

[sender]
from = "Laden <laden@example.com>"
unsubscribe_url = "https://laden.example.com/abmelden"
"""
PEOPLE = "id,email,punkte\nk1,anna@example.com,40\nk2,ben@example.com,\nk3,cleo@example.com,3\n"
EVENTS = (
    *({"contact": one, "type": "tag", "tag": "gekauft"} for one in ("k1", "k2", "k3")),
    {"contact": "k1", "type": "event", "name": "kauf", "data": {"summe": 9}},
    {"contact": "k3", "type": "event", "name": "kauf", "data": {"summe": 9}},
    {"contact": "k1", "type": "opened", "message": "Neuigkeiten"},
    {"contact": "k9", "type": "x"},
)  # fmt: skip
SESSION = """\
kontakt anna punkte=40
tag "gekauft"
ereignis kauf summe=3
warum
warum nicht "Neuigkeiten"
warum "Gutschein"
? punkte > 50 und getaggt mit "x"
weiter 1 tage
nächstes
durchlauf
status
werte
wo
gutscheine
post
verlauf
was wäre wenn tag "x"
zurück
rückgängig
wiederholen
importiere gutscheine "Dank" A9
hilfe
hilfe warum
hilfe kontakt
hilfe tag
als bob
unsinn
laden "gibt es nicht"
warum nicht "gibt es nicht"
erwarte gesendet "Neuigkeiten"
sichern "ein neuer Test"
"""
CALLS = (
    "check", "check nirgends.flow", "check --statistics", "check --quatsch", "check --explain",
    "rule FL641", "rule quatsch", "fmt --check", "fmt --to xx", "quatsch", "test",
    "test --coverage", "test --suggest", "test -k quatsch", "test --fail-under x", "graph",
    "graph quatsch.flow", "docs -o seite.html", "docs -o .", "new neu", "new .",
    "tree nirgends.flow", "simulate --contacts leute.csv --events ereignisse.jsonl --forecast",
    "simulate --contacts nirgends.csv", "simulate --contacts leute.csv --from gestern",
    "simulate", "contacts import leute.csv", "contacts import schlimm.csv",
    "contacts import leute.csv --strict", "event send ereignisse.jsonl", "plan", "run --once",
    "process list", "process list --status halted", "process list --status quatsch",
    "process show Gutschein", "process show 3", "process show 99", "process resume Gutschein",
    "process pause Post --because Urlaub", "process pause Post", "run --once", "process list",
    "process cancel Post", "process resume Post --skip-overdue", "run --once", "inbox",
    "contacts list", "contacts list --where quatsch", "contacts list --limit 0",
    "contacts show k1", "contacts show niemand", "contacts history k1", "contacts history k3",
    "contacts history niemand", "contacts why k1", "contacts why k3",
    "contacts why k3 --message Neuigkeiten", "contacts why k3 --message Gutschein",
    "contacts why niemand", "contacts why k1 --message quatsch", "contacts export -",
    "contacts export aus.xyz", "contacts export alle.csv", "contacts merge k1 k1",
    "contacts merge k1 k2", "contacts robinson import robinson.txt", "coupons list",
    "coupons import Dank mehr.txt", "coupons import quatsch mehr.txt",
    "coupons import Dank leer.txt", "coupons import Dank nirgends.txt",
    "process resume Gutschein", "run --once", "inbox", "inbox --clear", "inbox",
    "automation list", "automation run Woche", "automation run quatsch", "automation history",
    "automation history Woche", "run --once", "automation history", "report", "report campaigns",
    "report contacts", "report coupons", "report history", "report messages", "report processes",
    "report sends", "report quatsch", "report messages --since gestern", "diff --against .",
    "diff --against nirgends", "apply", "plan --version 9", "apply --version 9", "token list",
    "token scopes", "token new", "token new leser quatsch", "token revoke quatsch",
    "serve --port quatsch",
)  # fmt: skip
"""Calls good and bad, in the order of a day's work."""
NOT_CALLED = {"lsp", "repl"}
"""The editor's server has tests of its own; a session is played below."""

_NAMES = re.compile(r"\w+:(?:read|write)\b")
"""Scopes of tokens, which are typed as they stand."""
_FRAGMENT = re.compile(r"[A-Za-z][a-z]+(?: [a-z]+){2,}")


@cache
def fragments() -> dict[str, str]:
    """Stretches of three words and more that English sentences have and German ones have not."""
    catalogue = read_po(BytesIO((LOCALE / "de.po").read_bytes()), locale="de")
    german = " ".join(
        " ".join(one.string) if isinstance(one.string, (tuple, list)) else str(one.string)
        for one in catalogue
    )
    found = {}
    for one in catalogue:
        for said in one.id if isinstance(one.id, (tuple, list)) else [one.id]:
            if "python-brace-format" in one.flags:
                literals = [literal for literal, *_ in Formatter().parse(said)]
            else:
                literals = [said]
            for stretch in (part for text in literals for part in _FRAGMENT.findall(text)):
                if stretch not in german:
                    found[stretch] = said
    return found


def english(text: str) -> list[str]:
    """What of a text is English: sentences of the catalogue, and words that no German has."""
    lines = [_NAMES.sub("", one) for one in text.splitlines() if not one.startswith("Aufruf: ")]
    plain = "\n".join(lines)
    sentences = [whole for stretch, whole in fragments().items() if stretch in plain]
    words = [line for line in lines if english_words(line)]
    return sentences + words


@pytest.fixture
def machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Machine:
    monkeypatch.setenv("FLOW_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "laden").mkdir()
    found = Machine(tmp_path / "laden", capsys, monkeypatch)
    found.file("flow.toml", SETTINGS)
    found.file("laden.flow", CAMPAIGNS)
    found.file("codes.txt", "A1\nA2\n")
    found.file("mehr.txt", "B1\nB2\nB2\nA1\n")
    found.file("leer.txt", "")
    found.file("leute.csv", PEOPLE)
    found.file(
        "schlimm.csv", "id,email,punkte,firma\nk7,keine,viele,x\n,,\nk8,dora@example.com,1,y\n"
    )
    found.file("ereignisse.jsonl", "".join(f"{json.dumps(one)}\n" for one in EVENTS))
    found.file("robinson.txt", "dordora@example.com\nkeine\n")
    return found


def test_every_command_speaks_german_in_a_german_workspace(machine: Machine) -> None:
    wrong = []
    for hour, call in enumerate(CALLS):
        machine.at(f"2026-11-{23 + hour // 20:02} {hour % 20 + 4:02}:00")
        done = machine(*call.split())
        assert "interner Fehler" not in done.talk, done.talk
        prose = re.sub(r"^(?: *\d* \||# ).*$", "", done.data + done.talk, flags=re.MULTILINE)
        if call.startswith("docs") or call == "contacts export -":
            prose = done.talk
        wrong += [f"flow {call}: {one}" for one in english(prose)]
    assert "\n".join(wrong) == ""


def test_a_session_is_german(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(SESSION.encode())))
    done = machine("repl", ".", "--now", "2026-11-20 10:00")
    assert "gesendet (an anna@example.com, Code A1 aus" in done.data
    assert "\n".join(english(done.data + done.talk)) == ""


def test_every_command_is_called() -> None:
    called = {tuple(call.split()) for call in CALLS}
    context = click.Context(flow)
    for verb in flow.list_commands(context):
        command = flow.get_command(context, verb)
        if verb in NOT_CALLED:
            continue
        inner = sorted(command.commands) if isinstance(command, click.Group) else [""]
        for name in inner:
            wanted = tuple(filter(None, (verb, name)))
            assert any(call[: len(wanted)] == wanted for call in called), wanted


def test_a_workspace_is_german_by_its_first_file_alone(machine: Machine) -> None:
    machine.file("flow.toml", SETTINGS.replace('language = "de"\n', ""))
    for call in ("contacts import leute.csv", "event send ereignisse.jsonl", "run --once"):
        assert english(machine(*call.split()).talk) == [], call
    told = machine("inbox").data
    assert "Kontakte aus leute.csv: 3 Zeilen gelesen" in told
    assert english(told) == []


def test_what_programs_read_is_the_same_in_every_language(machine: Machine) -> None:
    machine("contacts", "import", "leute.csv")
    machine("event", "send", "ereignisse.jsonl")
    machine("run", "--once")
    (halted,) = json.loads(
        machine("process", "list", "--status", "halted", "--output-format", "json").data
    )
    assert (halted["type"], halted["status"]) == ("message send", "halted")
    assert halted["because"] == 'the coupon list "Dank" is empty'
    history = [
        json.loads(line)
        for line in machine(
            "contacts", "history", "k1", "--output-format", "json"
        ).data.splitlines()
    ]
    assert [one["what"] for one in history][:3] == ["created", "tagged", "started"]
    tests = json.loads(machine("test", "--output-format", "json").data)["tests"]
    assert 'but "Neuigkeiten" was not sent' in tests[1]["message"]
    for form in ("csv", "json"):
        assert "message send" in machine("report", "processes", "--output-format", form).data
    coverage = json.loads(machine("test", "--coverage", "--output-format", "json").data)["coverage"]
    assert "not sent" in json.dumps(coverage)


FOLDERS = sorted(path for path in (TREE / "examples").iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_what_histories_say_is_known_again(folder: Path) -> None:
    """Each word of a history has its form in `engine/kept.py`; where names are German, reasons."""
    plays: list[Play] = []

    def stage(program: Program, codes: dict[str, tuple[str, ...]]) -> Play:
        plays.append(Play.of(program, codes))
        return plays[-1]

    german = True
    for root, files in workspace.find([folder]):
        loaded = workspace.load(root, files)
        german = german and loaded.language == "de"
        assert loaded.runnable is not None
        for script in loaded.tests:
            script.run(loaded.runnable, {}, stage)
    entries = [entry for play in plays for entry in play.entries]
    unknown = {one.what for one in entries if retelling.what(one.what, "de") == one.what}
    assert unknown == set()
    if german:
        said = {retelling.because(one.what, one.because, "de") for one in entries}
        assert {one for one in said if english_words(one)} == set()
