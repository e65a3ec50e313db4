"""A shop with one campaign, contacts under way in it, and what the tests of versions ask of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.machine import Machine

MESSAGES = "\n".join(
    f'message "{name}"\n  kind service\n  channel email\n  subject "{name}"\n  body "{name}"\n'
    for name in ("A", "B", "C")
)
HEAD = """
contact
  score number

campaign "Tour"
  start when tagged "go"
"""
STEPS = """  send "A"
  wait 5 days
  send "B"
  wait 5 days
  tag "end"
"""


class Shop(Machine):
    """The machine of someone who edits, looks, applies and runs."""

    url = "sqlite:///.flow/state.db"

    def edit(self, steps: str, head: str = HEAD, more: str = "") -> None:
        """Write the campaign anew."""
        self.file("shop.flow", f"{MESSAGES}{head}{steps}{more}")

    def people(self, amount: int, *tags: str) -> None:
        """So many contacts come."""
        names = range(amount)
        rows = "".join(f"c{one},c{one}@example.com,{';'.join(tags)}\n" for one in names)
        self.file("people.csv", f"id,email,tags\n{rows}")
        assert self("contacts", "import", "people.csv").code == 0

    def run(self, moment: str) -> None:
        """Let the engine do what is due by a moment."""
        assert self.at(moment)("run", "--once").code == 0

    def plan(self, *args: str) -> dict[str, Any]:
        found = self("plan", "--output-format", "json", *args)
        assert found.code == 0, found.talk
        data = json.loads(found.data)
        assert isinstance(data, dict)
        return data

    def campaign(self, *args: str, name: str = "Tour") -> dict[str, Any]:
        """What a plan says of one campaign."""
        found = [one for one in self.plan(*args)["campaigns"] if one["campaign"] == name]
        assert len(found) == 1
        one = found[0]
        assert isinstance(one, dict)
        return one

    def sent(self, contact: str) -> list[str]:
        """The messages that a contact got, in order."""
        data = json.loads(self("contacts", "show", contact, "--output-format", "json").data)
        return [one["message"] for one in data["messages"]]

    def stands(self, contact: str) -> dict[str, Any]:
        """The run of a contact."""
        data = json.loads(self("contacts", "show", contact, "--output-format", "json").data)
        found = data["campaigns"][0]
        assert isinstance(found, dict)
        return found

    def history(self, contact: str) -> list[str]:
        """What happened to a contact in its campaign."""
        lines = self("contacts", "history", contact).data.splitlines()
        return [line for line in lines if '"Tour"' in line]


@pytest.fixture
def shop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shop:
    found = Shop(tmp_path, capsys, monkeypatch)
    found.file("flow.toml", '[sender]\nfrom = "Shop <shop@example.com>"\n')
    found.edit(STEPS)
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, shop: Shop) -> Shop:
    """The shop over each kind of store."""
    if request.param == "postgresql":
        shop.url = request.getfixturevalue("postgresql_url")
        shop.over(shop.url)
    return shop
