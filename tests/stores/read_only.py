"""What a store says on media that cannot be written to: `python -m tests.stores.read_only DIR`.

It has to be run as someone who may mount such media, which `unshare` makes of anybody.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flowlang.stores import StoreError, open_store
from flowlang.stores.rows import Stock
from tests.cli.calling import GOOD, flow, workspace

NOW = {"FLOW_NOW": "2026-03-02 10:00"}
READING: tuple[tuple[str, ...], ...] = (
    ("contacts", "list"), ("contacts", "show", "c1"), ("contacts", "history", "c1"),
    ("contacts", "why", "c1"), ("contacts", "export"), ("report", "campaigns"),
    ("process", "list"), ("coupons", "list"), ("inbox",), ("token", "list"), ("plan",),
)  # fmt: skip
WRITING: tuple[tuple[str, ...], ...] = (
    ("contacts", "import", "c.csv"), ("inbox", "--clear"), ("run", "--once"),
    ("token", "new", "shop", "--scope", "metrics"),
)  # fmt: skip


def main(place: Path) -> None:
    shop = workspace(place / "shop", GOOD, c_csv="id,email,tags\nc1,a@example.com,new\n")
    (shop / "flow.toml").write_text('[sender]\nfrom = "Shop <shop@example.com>"\n')
    for args in (WRITING[0], ("run", "--once")):
        done = flow(*args, cwd=shop, **NOW)
        assert done.returncode == 0, done.stderr
    (shop / "c.csv").write_text("id,email,tags\nc2,b@example.com,new\n")
    _mount("--bind", shop, shop)
    folder = shop / ".flow"
    before = sorted(one.name for one in folder.iterdir())
    _closed(shop)
    assert sorted(one.name for one in folder.iterdir()) == before
    _left_open(shop, folder / "state.db")
    _changed(place)


def _closed(shop: Path) -> None:
    """A store that nobody has open is read, and says so when it is to be written to."""
    _mount("-o", "remount,ro,bind", shop)
    for args in READING:
        done = flow(*args, cwd=shop, **NOW)
        assert (done.returncode, "Error" in done.stderr) == (0, False), (args, done.stderr)
    assert "c1" in flow("contacts", "list", cwd=shop).stdout
    for args in WRITING:
        refused = flow(*args, cwd=shop, FLOW_NOW="2026-04-02 10:00")
        said = refused.stderr.splitlines()[-1]
        assert refused.returncode == 2, refused.stderr
        assert "state.db: it cannot be written to; the file and its folder" in said
    _mount("-o", "remount,rw,bind", shop)


def _left_open(shop: Path, file: Path) -> None:
    """What a killed program left in the log is read with the store, or it is not read at all."""
    code = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        "c.execute(\"insert into notices (at, who, text) values (1, 'inbox', 'in the log')\");"
        "c.commit(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, file], check=True)
    _mount("-o", "remount,ro,bind", shop)
    assert "in the log" in flow("inbox", cwd=shop).stdout
    assert flow("process", "list", cwd=shop).returncode == 0
    _mount("-o", "remount,rw,bind", shop)
    Path(f"{file}-shm").unlink()
    _mount("-o", "remount,ro,bind", shop)
    done = flow("inbox", cwd=shop)
    assert (done.returncode, done.stdout) == (2, "")
    assert "the last of what was written is in state.db-wal" in done.stderr, done.stderr
    _mount("-o", "remount,rw,bind", shop)
    Path(f"{file}-wal").unlink()
    older = sqlite3.connect(file)
    older.execute("update flow_version set version_num = '5'")
    older.commit()
    older.close()
    _mount("-o", "remount,ro,bind", shop)
    done = flow("inbox", cwd=shop)
    assert "brought up to date, and it cannot be written to" in done.stderr, done.stderr


def _changed(place: Path) -> None:
    """Who may only read a file tells where another, who may write, has done so meanwhile."""
    folder, view = place / "folder", place / "view"
    view.mkdir()
    open_store("sqlite:///state.db", folder).close()
    _mount("--bind", folder, view)
    _mount("-o", "remount,ro,bind", view)
    reader, writer = (open_store("sqlite:///state.db", one) for one in (view, folder))
    assert reader.shared().stock == {}
    writer.import_codes("early", ["A"], datetime.now(UTC))
    with pytest.raises(StoreError, match="another program has written to it; try again"):
        reader.shared()
    assert reader.shared().stock == {"early": Stock(1, 0)}
    with pytest.raises(StoreError, match="it cannot be written to"):
        reader.import_codes("early", ["B"], datetime.now(UTC))
    writer.close()
    reader.close()


def _mount(*args: str | Path) -> None:
    subprocess.run(["/bin/mount", *args], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
