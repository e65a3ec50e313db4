from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from flowlang.stores import Store, StoreError, open_store, sqlite
from flowlang.stores.rows import Changes, Stock
from tests import mounting
from tests.cli.calling import flow, workspace
from tests.stores.contract import ANNA, NOON, StoreContract


class TestSqlite(StoreContract):
    def connect(self, folder: Path) -> Store:
        return open_store("sqlite:///state.db", folder)


def test_a_scheme_that_nobody_knows_is_told_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no store `mysql`; .*`sqlite`"):
        open_store("mysql://localhost/x", tmp_path)


@pytest.mark.parametrize("url", ["state.db", "", "sqlite:///", "sqlite://state.db"])
def test_an_address_that_is_none_shows_one_that_is(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"sqlite:///state\.db"):
        open_store(url, tmp_path)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_text("id,email\nc1,anna@example.com\n" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match=r"state\.db: this file is no database"):
        open_store("sqlite:///state.db", tmp_path)


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "state.db") as other:
        other.execute("create table contacts (id text)")
    other.close()
    with pytest.raises(StoreError, match="belongs to another program"):
        open_store("sqlite:///state.db", tmp_path)


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()
    with pytest.raises(StoreError, match="this is a folder"):
        open_store("sqlite:///state.db", tmp_path)


def test_a_database_that_another_program_has_marked_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "state.db") as other:
        other.execute("pragma application_id = 77")
    other.close()
    before = (tmp_path / "state.db").read_bytes()
    with pytest.raises(StoreError, match="belongs to another program"):
        open_store("sqlite:///state.db", tmp_path)
    assert (tmp_path / "state.db").read_bytes() == before


@pytest.mark.parametrize("size", [50, 20_000])
def test_a_store_that_was_cut_off_is_told_and_left_as_it_is(size: int, tmp_path: Path) -> None:
    store = open_store("sqlite:///state.db", tmp_path)
    store.save(Changes(contacts=[ANNA]))
    store.close()
    path = tmp_path / "state.db"
    path.write_bytes(before := path.read_bytes()[:size])
    with pytest.raises(StoreError, match="the file is damaged or not whole"):
        open_store("sqlite:///state.db", tmp_path)
    assert path.read_bytes() == before


def test_what_is_no_file_is_no_store(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.db")
    (tmp_path / "link.db").symlink_to("away/state.db")
    (tmp_path / "loop.db").symlink_to("loop.db")
    for name, said in {
        "pipe.db": "this is no file that could hold a store",
        "link.db": r"it leads to away/state\.db, where nothing is",
        "loop.db": "Too many levels",
        "x" * 300: "File name too long",
        "a\0b": "null byte",
    }.items():
        with pytest.raises(StoreError, match=said):
            open_store(f"sqlite:///{name}", tmp_path)
    assert {one.name for one in tmp_path.iterdir()} == {"pipe.db", "link.db", "loop.db"}


def test_a_file_may_be_called_as_one_likes(tmp_path: Path) -> None:
    name = "a?mode=memory b#c%41ä&.db"
    store = open_store(f"sqlite:///{name}", tmp_path)
    store.save(Changes(contacts=[ANNA]))
    store.close()
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_who_only_looks_makes_no_store_of_an_empty_file(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", c_csv="id,tags\nc1,new\n")
    (shop / "empty.db").touch()
    to = ("--store", "sqlite:///empty.db")
    for args in (
        ("contacts", "list"),
        ("report", "campaigns"),
        ("inbox",),
        ("contacts", "why", "x"),
    ):
        done = flow(*args, *to, cwd=shop)
        assert (done.returncode, done.stdout) == (2, "")
        assert "there is no store at empty.db" in done.stderr, done.stderr
    assert (shop / "empty.db").stat().st_size == 0
    done = flow("contacts", "import", "c.csv", *to, cwd=shop)
    assert (done.returncode, "made a new store at empty.db" in done.stderr) == (0, True)


def test_a_store_that_cannot_be_written_to_is_read(tmp_path: Path) -> None:
    done = mounting.run("tests.stores.read_only", tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="its folder cannot be made"):
        open_store("sqlite:///file/state.db", tmp_path)


def test_a_locked_database_is_told_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 50)
    store = open_store("sqlite:///state.db", tmp_path)
    other = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(StoreError, match="another program has been writing"):
        store.save(Changes(contacts=[ANNA]))
    assert store.contacts(["anna"]) == []
    other.rollback()
    other.close()
    store.save(Changes(contacts=[ANNA]))


def test_what_is_saved_survives_a_power_failure(tmp_path: Path) -> None:
    store = open_store("sqlite:///state.db", tmp_path)
    assert isinstance(store, sqlite.SqliteStore)
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("pragma journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("pragma synchronous").scalar() == 2


def test_a_store_in_memory_needs_no_file(tmp_path: Path) -> None:
    store = open_store("sqlite:///:memory:", tmp_path)
    store.save(Changes(contacts=[ANNA]))
    assert store.contacts(["anna"]) == [ANNA]
    assert list(tmp_path.iterdir()) == []


def test_how_a_list_stands_is_known_without_looking_at_its_codes(tmp_path: Path) -> None:
    store = open_store("sqlite:///state.db", tmp_path)
    assert isinstance(store, sqlite.SqliteStore)
    store.import_codes("early", ["A", "B"], NOON)
    asked: list[str] = []
    sa.event.listen(
        store.engine, "before_cursor_execute", lambda *call: asked.append(call[2].lower())
    )
    assert store.shared().stock == {"early": Stock(2, 0)}
    assert asked
    assert not [one for one in asked if "from codes" in one]
