"""Names as long as they may be go through every table, on each database: PostgreSQL takes at most
2,704 bytes in a row of an index.  (No thread read: a save that failed in the midst of a send.)
"""

from __future__ import annotations

import json
from random import Random

from tests.cli.machine import Machine
from tests.stores.opening import Database

MOST = 200


def long(name: str) -> str:
    """As many characters as a name may have, each of four bytes, that no index can make smaller."""
    chance = Random(name)  # noqa: S311 - nothing has to be secret
    return "".join(chr(chance.randrange(0x20000, 0x2A000)) for _ in range(MOST))


SHOP = f"""
contact
  topic text

event ask
  topic text

group "{long("group")}"

coupons "{long("list")}"
  when empty halt

policy "{long("policy")}"
  send at most 5 messages per 7 days, otherwise skip

message "{long("message")}"
  kind service
  channel email
  subject "Hello"
  body "{{{{ coupon('{long("list")}') }}}}"

campaign "{long("campaign")}"
  policy "{long("policy")}"
  start on ask
  runs again per event.topic
  tag "{long("tag")}"
  join group "{long("group")}"
  split best by clicked "{long("message")}" after 4 hours
    40% "{long("one")}"
      send "{long("message")}"
    40% "other"
      send "{long("message")}"
  wait 1 day

automation "{long("automation")}"
  every day at 12:00
  send "{long("message")}" to group "{long("group")}"
"""


def test_names_as_long_as_they_may_be_are_kept(machine: Machine, database: Database) -> None:
    machine.over(database.url)
    machine.file("flow.toml", 'timezone = "UTC"\n[sender]\nfrom = "Shop <shop@example.com>"\n')
    machine.file("shop.flow", SHOP)
    checked = machine("check")
    assert checked.code == 0, checked.data
    contact, address = long("contact"), f"{'a' * 50}@{'b' * 45}.{'c' * 45}.{'d' * 49}.example"
    rows = [{"id": contact, "email": f"{'a' * 54}{address}"}, {"email": address}]
    assert (len(address), len(rows[0]["email"])) == (MOST, 254)
    folder = "/".join("x" * 200 for _ in range(3))
    (machine.folder / folder).mkdir(parents=True)
    machine.file(f"{folder}/c.jsonl", "\n".join(map(json.dumps, rows)))
    imported = machine("contacts", "import", f"{folder}/c.jsonl")
    assert (imported.code, "2 taken" in imported.talk) == (0, True), imported.talk
    machine.file("codes.txt", "\n".join(long(f"code {number}") for number in range(9)))
    assert machine("coupons", "import", long("list"), "codes.txt").code == 0
    ask = {"type": "event", "name": "ask", "data": {"topic": long("key") * 9}}
    sent = machine.events(
        {**ask, "contact": contact, "at": "2026-11-20T10:00:00Z", "id": long("event")},
        {**ask, "contact": address, "at": "2026-11-20T10:00:00Z"},
    )
    assert sent.code == 0, sent.talk
    for moment in ("2026-11-20 10:00", "2026-11-20 12:00", "2026-11-23 10:00"):
        done = machine.at(moment)("run", "--once")
        assert done.code == 0, done.talk
    for one in (contact, address):
        history = machine("contacts", "history", one).data
        assert history.count(": sent (") == 4  # of the campaign, and on three days
        assert "halted" not in history
