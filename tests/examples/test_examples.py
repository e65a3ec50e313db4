"""The examples and the standard library: they check, pass their tests, and their data is taken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from flowlang import workspace
from flowlang.intake.contacts import read_contacts
from flowlang.intake.coupons import read_codes
from flowlang.intake.events import read_events
from flowlang.intake.schemas import contact_schema, event_schema
from tests.cli.calling import flow
from tests.workspaces import load, names

TOP = Path(__file__).parents[2]
EXAMPLES = TOP / "examples"


ALL = names("examples", "stdlib")


@pytest.mark.parametrize("name", ALL)
def test_an_example_has_nothing_to_find(name: str) -> None:
    example = load(name)
    assert [finding.message for finding in example.findings.in_order()] == []
    assert example.tests


@pytest.mark.parametrize("name", ALL)
def test_the_tests_of_an_example_pass(name: str) -> None:
    example = load(name)
    program = example.runnable
    assert program is not None
    codes = {
        name: read_codes(listed.path, listed.path.read_bytes()).codes
        for name, listed in program.names.coupons.items()
        if listed.path
    }
    results = [script.run(program, codes) for script in example.tests]
    assert [result.message for result in results if not result.passed] == []


def test_the_webinar_reads_the_same_in_german() -> None:
    english = load("examples/webinar").files
    german = load("examples/webinar-de").files
    assert [file.tree for file in english] == [file.tree for file in german]
    assert german[0].language == "de"


SERIES = ["club", "coupon-sale", "shop-automation", "vet-practice", "webinar-series"]


@pytest.mark.parametrize("name", ["webinar", "lead-score", "vouchers", *SERIES])
def test_every_row_of_an_examples_contacts_is_taken(name: str) -> None:
    example = load(f"examples/{name}")
    assert example.program is not None
    zone = example.program.config.timezone
    file = EXAMPLES / name / "contacts.csv"
    rows = read_contacts(file, file.read_bytes(), contact_schema(example.program), zone)
    assert [problem.message for problem in rows.problems if problem.severity == "error"] == []
    assert rows.read == rows.taken > 0


@pytest.mark.parametrize("name", ["webinar", "lead-score", *SERIES])
def test_every_event_of_an_example_is_taken(name: str) -> None:
    example = load(f"examples/{name}")
    assert example.program is not None
    zone = example.program.config.timezone
    data = (EXAMPLES / name / "events.jsonl").read_bytes()
    events = read_events(data, event_schema(example.program), zone)
    assert events.problems == ()
    assert events.read == events.taken > 0


def test_the_contacts_of_the_webinar_are_as_dirty_as_real_ones() -> None:
    example = load("examples/webinar")
    assert example.program is not None
    file = EXAMPLES / "webinar" / "contacts.csv"
    zone = example.program.config.timezone
    rows = read_contacts(file, file.read_bytes(), contact_schema(example.program), zone)
    assert rows.read == 500
    assert (rows.encoding, rows.delimiter) == ("Windows-1252", ";")
    said = " ".join(problem.message for problem in rows.problems)
    for oddity in ("the same address", "[NO MAILING]", "no time zone"):
        assert oddity in said


def test_the_codes_of_the_webinar_are_those_that_its_events_import() -> None:
    folder = EXAMPLES / "webinar"
    codes = read_codes("early-bird.csv", (folder / "coupons" / "early-bird.csv").read_bytes()).codes
    lines = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    imports = [event for line in lines if (event := json.loads(line))["type"] == "import coupons"]
    assert [tuple(event["codes"]) for event in imports] == [codes]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("webinar", ()),
        ("lead-score", ("--until", "2026-04-15")),
        ("coupon-sale", ()),
        ("webinar-series", ()),
        ("club", ("--until", "2027-01-01")),
        ("vet-practice", ("--until", "2026-07-01")),
    ],
)
def test_a_simulation_comes_out_the_same(
    name: str, more: tuple[str, ...], snapshot: SnapshotAssertion
) -> None:
    folder = f"examples/{name}"
    files = ("--contacts", f"{folder}/contacts.csv", "--events", f"{folder}/events.jsonl")
    command = ("simulate", folder, *files, *more, "--output-format", "json")
    done = flow(*command, cwd=TOP)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == snapshot


def test_the_standard_library_checks_clean_beside_any_names(tmp_path: Path) -> None:
    uses = "".join(f'use "{module.stem}"\n' for module in sorted((TOP / "stdlib").glob("*.flow")))
    (tmp_path / "flow.toml").write_text('[consent]\nregime = "opt-out"\n', encoding="utf-8")
    (tmp_path / "own.flow").write_text(
        f"""{uses}
contact
  birthday  date
  status    one of "active", "cancelled"
  records qualification
    level  number

group "Newsletter"

segment "Asleep"
  status = "cancelled"

event purchase

campaign "Double opt-in"
  start when tagged "x"
  stop
""",
        encoding="utf-8",
    )
    found = workspace.load(tmp_path)
    assert [finding.message for finding in found.findings.in_order()] == []


IN_GERMAN = {
    "birthday": """
kampagne "Glückwunsch"
  starte bei birthday_today
  läuft erneut
  tag "gratuliert"

test "zum Geburtstag"
  gegeben kontakt
    birthday 1980-03-02
    werbung per email
  am 2026-03-02 07:00
  am 2026-03-02 08:00
  erwarte getaggt mit "gratuliert"
""",
    "consent": """
kampagne "Willkommen"
  starte sobald darf werbung erhalten per email
  tag "willkommen"

test "nach dem Klick"
  gegeben kontakt
  am 2026-03-02 10:00 ereignis consent_asked
  am 2026-03-02 10:05 ereignis consent_confirmed
  erwarte getaggt mit "willkommen"
  erwarte irgendein consent_proof wo given = 2026-03-02 10:05
""",
    "delivery": """
kampagne "Erste Lieferung"
  starte wenn in segment "Delivery: has had the first"
  tag "beliefert"

test "nach dem ersten Tagesabschluss"
  gegeben kontakt
    delivery_mail ja
  am 2026-03-02 20:00 ereignis delivery_closed
  erwarte getaggt mit "beliefert"
""",
    "hygiene": """
kampagne "Stumm"
  starte bei hygiene_silent
  sperre

test "nach 30 Tagen ohne Zeichen"
  gegeben kontakt
    werbung per email
  am 2026-03-02 10:00 ereignis hygiene_asked
  am 2026-04-01 10:00
  erwarte gesperrt
""",
    "qualification": """
kampagne "Läuft ab"
  starte bei qualification_expires_soon
  läuft einmal je event.name, event.expires
  tag "läuft ab"

test "zwei Wochen vorher"
  gegeben kontakt
    werbung per email
    qualification
      name "Erste Hilfe"
      expires 2026-06-30
      notice 2 wochen
  am 2026-06-16 05:00
  am 2026-06-16 06:00
  erwarte getaggt mit "läuft ab"
""",
}
"""For each module, what a German workspace makes of it."""


@pytest.mark.parametrize("module", sorted((TOP / "stdlib").glob("*.flow")), ids=lambda at: at.stem)
def test_a_german_workspace_can_use_the_standard_library(module: Path, tmp_path: Path) -> None:
    (tmp_path / "flow.toml").write_text('language = "de"\n', encoding="utf-8")
    (tmp_path / "own.flow").write_text(
        f'nutze "{module.stem}"\n{IN_GERMAN[module.stem]}', encoding="utf-8"
    )
    found = workspace.load(tmp_path)
    assert [finding.message for finding in found.findings.in_order()] == []
    assert found.program is not None
    assert [script.run(found.program, {}).message for script in found.tests] == [""]
