"""The data that docs/data.md shows is taken as it stands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.config import read_settings
from flowlang.intake.contacts import read_contacts
from flowlang.intake.event_types import SHAPES
from flowlang.intake.events import read_events
from flowlang.intake.schemas import contact_schema, event_schema
from flowlang.program.program import Program

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
DECLARED = """
contact
  score  number
  records qualification
    name     text
    expires  date

event purchase
  total  number

coupons "early-bird"
  when empty skip

message "Offer"
  kind service
  channel email
  subject "Offer"
  body "{{ coupon('early-bird') }}"
"""


def lines_with(key: str) -> bytes:
    """The JSON lines of the page that have a key."""
    found = [line for line in PAGE.splitlines() if line.startswith("{") and f'"{key}":' in line]
    return "\n".join(found).encode()


@pytest.fixture
def program() -> Program:
    found = workspace.load_text(DECLARED)
    assert found.runnable is not None
    return found.runnable


def test_the_contact_is_read(program: Program) -> None:
    data = lines_with("qualification")
    rows = read_contacts("x.jsonl", data, contact_schema(program), program.config.timezone)
    assert (rows.problems, rows.read, rows.taken) == ((), 1, 1)
    assert rows.rows[0].consent == {"email": True}


def test_the_events_are_read(program: Program) -> None:
    events = read_events(lines_with("at"), event_schema(program), program.config.timezone)
    assert (events.problems, events.read) == ((), 5)


@pytest.mark.parametrize("kind", SHAPES)
def test_every_type_of_event_is_on_the_page(kind: str) -> None:
    assert re.search(rf"^\|.*`{kind}`", PAGE, re.MULTILINE)


def test_the_settings_are_read(tmp_path: Path) -> None:
    found = re.search(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    (tmp_path / "flow.toml").write_text(found[1], encoding="utf-8")
    (tmp_path / "campaigns" / "old").mkdir(parents=True)  # of which it says something
    settings = read_settings(tmp_path / "flow.toml")
    assert settings.channels["push"]["address"] == "device"
    assert tomllib.loads(found[1])["schedule"]["missed"] == settings.missed
