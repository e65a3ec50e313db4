"""What a full disk does to an engine, on a real one: `python -m tests.engine_cases.full_disk DIR`.

DIR is the place for a disk of a few hundred kilobytes, which the kernel keeps in memory; it has to
be run as someone who may mount one, which `unshare` makes of anybody.
"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

from flowlang.stores import open_store
from tests.cli.calling import flow, workspace
from tests.engine_cases.sums import wrong_sums
from tests.mounting import small_disk

CAMPAIGN = """
message "Hello"
  kind service
  channel email
  subject "Hello {{ id }}"
  body "A text of some length, so that it takes its place. A text of some length."

campaign "Hello"
  start when tagged "new"
  send "Hello"
  wait 1 day
  send "Hello"
"""
CONTACTS = 400
FULL = "the disk is full; nothing of the last step was saved"


def main(place: Path) -> None:
    disk = place / "disk"
    disk.mkdir()
    small_disk(disk, "size=800k")
    shop = workspace(place / "shop", CAMPAIGN)
    (shop / "flow.toml").write_text('[sender]\nfrom = "Shop <shop@example.com>"\n')
    rows = "".join(f"c{one:03},c{one:03}@example.com,new\n" for one in range(CONTACTS))
    (shop / "c.csv").write_text("id,email,tags\n" + rows)
    url = f"sqlite:///{disk}/state.db"
    store = ("--store", url)
    imported = flow("contacts", "import", "c.csv", *store, cwd=shop)
    assert imported.returncode == 0, imported.stderr
    for _ in range(2):
        full = flow("run", "--once", *store, cwd=shop, FLOW_NOW="2030-01-01 10:00")
        assert full.returncode == 2, full.stderr
        assert full.stderr.count(FULL) == 1, full.stderr
        assert len(full.stderr.splitlines()) <= 2, full.stderr
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as stream:
        while stream.write(bytes(1024)):
            pass
    (shop / "d.csv").write_text("id,email,tags\n" + rows.replace("c", "d"))
    refused = flow("contacts", "import", "d.csv", *store, cwd=shop)
    assert refused.returncode == 2, refused.stderr
    assert "taken" not in refused.stderr, refused.stderr
    small_disk(disk, "remount,size=60m")
    filler.unlink()
    listed = flow("report", "processes", "-o", "/dev/full", *store, cwd=shop)
    assert (listed.returncode, "Error: /dev/full: " in listed.stderr) == (2, True), listed.stderr
    for now in ("2030-01-01 10:00", "2030-01-03 10:00"):
        done = flow("run", "--once", *store, cwd=shop, FLOW_NOW=now)
        assert done.returncode == 0, done.stderr
    with_room = open_store(url, place)
    letters = with_room.letters(["handed over"], 10 * CONTACTS)
    assert set(Counter(row.letter.contact for row in letters).values()) == {2}
    assert len(letters) == 2 * CONTACTS
    assert len(list((shop / ".flow" / "outbox").iterdir())) == 2 * CONTACTS
    assert wrong_sums(with_room) == []
    with_room.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
