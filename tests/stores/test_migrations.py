from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from flowlang import workspace
from flowlang.contact import Contact, Happening, Measure, Run, Sent
from flowlang.engine.state import States
from flowlang.stores import StoreError, open_store, schema, tables
from flowlang.stores.rows import Stock
from tests.postgresql import Server
from tests.stores.contract import NOON

SOME = """
    insert into codes (list, code, position, imported, contact) values
        ('early', 'A', 1, 0, 'anna'), ('early', 'B', 2, 0, null), ('late', 'A', 1, 0, null);
    insert into contacts values
        ('anna', 1, 'anna@example.com', 'Europe/Berlin', null, 0, 2, 1, false, '{}');
    insert into counters values ('started of Shop', 7);
    insert into processes (type, name, by, key, status, done, failed, skipped, because, who) values
        ('message send', 'Offer', 'Shop', '', 'running', 3, 1, '{"blocked": 2}', '', '')
"""
"""What a store of version 3 may hold."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """The address of another empty database, each time."""
    made: list[str] = []
    count = iter(range(9))

    def address() -> str:
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path}/{next(count)}.db"
        server = request.getfixturevalue("postgresql")
        made.append(server.database())
        return str(server.url(made[-1]))

    yield address
    for name in made:
        server: Server = request.getfixturevalue("postgresql")
        server.drop(name)


def driven(url: str) -> sa.Engine:
    # Without a pool: nobody else sees a connection of this test.
    return sa.create_engine(url.replace("ql:", "ql+psycopg:"), poolclass=sa.NullPool)


def bring_to(connection: sa.Connection, version: str) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "flowlang.stores:migrations")
    command.upgrade(config, version)


def make_old(url: str, version: int = 3) -> None:
    """A store as a program of before has made it, with something in it."""
    engine = driven(url)
    with engine.begin() as connection:
        bring_to(connection, "3")
        for statement in SOME.split(";"):
            connection.exec_driver_sql(statement)
        bring_to(connection, str(version))
        if engine.dialect.name == "sqlite":
            if version < 5:
                connection.exec_driver_sql("drop table flow_version")
                connection.exec_driver_sql(f"pragma user_version = {version}")
            connection.exec_driver_sql(f"pragma application_id = {0x666C6F77}")


def described(url: str) -> dict[str, Any]:
    """All that a database says of its tables."""
    look = sa.inspect(driven(url))
    return {
        name: (
            [{**one, "type": repr(one["type"])} for one in look.get_columns(name)],
            look.get_pk_constraint(name),
            sorted(map(_index, look.get_indexes(name))),
            look.get_unique_constraints(name),
        )
        for name in look.get_table_names()
    } | {"sequences": sorted(look.get_sequence_names()) if ":///" not in url else []}


def _index(one: Any) -> str:
    options = {name: str(value) for name, value in one.pop("dialect_options", {}).items()}
    return f"{one['name']}: {one} {options}"


def test_the_steps_lead_to_what_a_new_store_has(empty: Callable[[], str]) -> None:
    fresh, migrated = empty(), empty()
    open_store(fresh, Path()).close()
    with driven(migrated).begin() as connection:
        bring_to(connection, "head")
        options = {"version_table": schema.version_of.name, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.metadata) == []
        assert tables.version(connection) == str(schema.VERSION)
    assert described(migrated) == described(fresh)


@pytest.mark.parametrize(("version", "since"), [(3, 0), (4, 0), (7, 5)])
def test_an_older_store_is_brought_up_to_date_with_all_that_is_in_it(
    version: int, since: int, empty: Callable[[], str]
) -> None:
    url = empty()
    make_old(url, version)
    if since:
        with driven(url).begin() as connection:
            grown = sa.text("insert into progress select number, 0, 'done', :since from processes")
            connection.execute(grown, {"since": since})
    for _ in range(2):
        store = open_store(url, Path())
        shared = store.shared()
        assert shared.stock == {"early": Stock(1, 1), "late": Stock(1, 0)}
        assert shared.counters == {"started of Shop": 7}
        (process,) = shared.processes
        assert (process.done, process.failed, process.skipped) == (3 + since, 1, {"blocked": 2})
        assert [row.id for row in store.contacts(["anna"])] == ["anna"]
        assert len(store.free_codes("early", 0, 9)) == 1
        store.close()
    fresh = empty()
    open_store(fresh, Path()).close()
    assert described(url) == described(fresh)


def test_a_contact_of_an_older_store_is_read_as_it_was(empty: Callable[[], str]) -> None:
    def moment(day: int) -> dict[str, str]:
        return {"$": "datetime", "v": f"2026-12-{day:02}T12:00:00+00:00"}

    value = {"since": moment(9)}
    kept = {
        "id": "anna", "fields": value, "tags": {"a": None, "b": moment(1)}, "clock": moment(2),
        "events": {"bought": [[moment(3), value, 4]]},
        "messages": [{
            "message": "Hi", "at": moment(4), "channel": "email", "kind": "service",
            "campaign": "Gone", "run": "1.1", "seq": 3, "opened": [[moment(5), 6]],
        }],
        "codes": {"early": ["A", moment(6)]}, "elsewhere": {"Hi": ["b@example.org", moment(7)]},
        "measures": [{
            "name": "Sales", "event": "bought", "where": 0, "campaign": "Gone",
            "until": moment(8), "since": 2,
        }],
        "runs": [{
            "campaign": "Gone", "key": "", "version": "1", "status": "waiting", "due": moment(10),
            "since": moment(11), "wait": {"until": moment(12)}, "step": "wait-1",
        }],
    }  # fmt: skip
    url = empty()
    make_old(url, 6)
    others = [(f"c{number:04}", 10 + number, '{"id":"c"}') for number in range(1_001)]
    with driven(url).begin() as connection:
        asked = sa.text("insert into contacts (id, number, zone, began, entries, version, deleted,"
                        " state) values (:id, :number, '', 0, 0, 1, false, :state)")  # fmt: skip
        rows = [*others, ("b", 2, json.dumps(kept))]
        connection.execute(
            asked, [{"id": name, "number": at, "state": text} for name, at, text in rows]
        )
    program = workspace.load_text('campaign "Shop"\n  start when tagged "go"\n').program
    assert program is not None
    with closing(open_store(url, Path())) as store:
        states = [row.state for row in store.contacts(["b", "c0000", "c1000"])]
    contact, aside = States(program).read(states[0])
    assert states[1:] == ['{"id":"c"}'] * 2

    def at(day: int) -> datetime:
        return datetime(2026, 12, day, 12, tzinfo=UTC)

    assert contact == Contact(
        "anna", {"since": at(9)}, {"a": None, "b": at(1)}, clock=at(2),
        events={"bought": [Happening(at(3), {"since": at(9)}, 4)]},
        messages=[Sent("Hi", at(4), "email", "service", "Gone", "1.1", 3, opened=[(at(5), 6)])],
        codes={"early": ("A", at(6))}, elsewhere={"Hi": ("b@example.org", at(7))},
    )  # fmt: skip
    assert aside.measures == [Measure("Sales", "bought", 0, "Gone", at(8), 2)]
    assert aside.runs == {
        ("Gone", ""): Run(
            "Gone", "", "1", status="waiting", due=at(10), since=at(11), wait={"until": at(12)},
            step="wait-1",
        )
    }  # fmt: skip


def test_letters_of_an_older_store_go_by_their_channel(empty: Callable[[], str]) -> None:
    url, at = empty(), schema.stamp(NOON)
    make_old(url, 8)
    told = dict.fromkeys(("kind", "address", "subject", "text", "html", "sender"), "")
    told |= {"reply_to": "", "unsubscribe": ""}
    turn = "it waits for its turn: only so many go to example.com at once"
    rows = [
        ("held", "push", "queued", at + 9, 0, "away"), ("turn", "email", "queued", at + 9, 0, turn),
        ("tried", "email", "queued", at + 9, 1, "450"), ("new", "email", "queued", at, 0, ""),
        ("gone", "sms", "handed over", at + 9, 1, ""),
    ]  # fmt: skip
    with driven(url).begin() as connection:
        asked = sa.text(
            "insert into letters (id, contact, message, campaign, at, status, since, tries, reason,"
            " data) values (:id, 'anna', 'Hi', 'Shop', :at, :status, :since, :tries, :why, :data)"
        )
        for name, channel, status, since, tries, why in rows:
            data = json.dumps(told | {"channel": channel, "codes": [], "process": []})
            given = {"id": name, "at": at, "status": status, "since": since, "tries": tries}
            connection.execute(asked, given | {"why": why, "data": data})
        values = [{"name": name, "value": "{}"} for name in ("outages", "results", "engine")]
        connection.execute(sa.insert(schema.shared), values)
    with closing(open_store(url, Path())) as store:
        assert store.shared().values == {"engine": "{}"}
        assert [(one.reason, one.rated) for one in store.held_letters(NOON)] == [
            ("450", False), (turn, True),
        ]  # fmt: skip
        assert store.queued_letters(NOON) == {"email": 1, "push": 1}
        held = store.claim_letters(NOON, 9, channels=["push"])
        assert [(row.letter.id, row.letter.channel, row.reason) for row in held] == [
            ("held", "push", "")
        ]
        assert {row.channel for row in store.sendings(["anna"])} == {"push", "email", "sms"}


def test_what_has_arrived_in_an_older_store_says_which_address_it_gives(
    empty: Callable[[], str],
) -> None:
    url = empty()
    make_old(url, 10)
    came = [
        ("a", "contact", '{"fields":{"email":"A@example.com"}}', "pending"),
        ("a", "set", '{"field":"email","value":"B@example.com [NO MAILING]"}', "pending"),
        ("b", "contact", '{"fields":{"score":1}}', "pending"),
        ("c", "clear", '{"field":"email"}', "pending"),
        ("d", "contact", '{"fields":{"email":"d@example.com"}}', "applied"),
    ]
    rows = [
        {"contact": who, "type": kind, "data": data, "status": status}
        for who, kind, data, status in came
    ]
    with driven(url).begin() as connection:
        connection.execute(
            sa.text("insert into arrivals (contact, at, type, data, status, reason)"
                    " values (:contact, 0, :type, :data, :status, '')"),
            rows,
        )  # fmt: skip
    with closing(open_store(url, Path())) as store:
        asked = ["a@example.com", "b@example.com", "d@example.com"]
        found = store.addresses_to_come(asked, ["c"])
    assert found == {"a": "b@example.com", "c": ""}


def test_programs_that_start_together_bring_a_store_up_to_date_once(
    empty: Callable[[], str],
) -> None:
    url = empty()
    make_old(url)
    ready = Barrier(4)

    def start(_: int) -> dict[str, Stock]:
        ready.wait()
        store = open_store(url, Path())
        try:
            return store.shared().stock
        finally:
            store.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(start, range(4)))
    assert found == [{"early": Stock(1, 1), "late": Stock(1, 0)}] * 4


def test_programs_that_start_together_make_the_tables_once(empty: Callable[[], str]) -> None:
    url = empty()
    ready = Barrier(4)

    def start(number: int) -> int:
        ready.wait()
        store = open_store(url, Path())
        try:
            return store.import_codes("early", [f"C{number}"], NOON)
        finally:
            store.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == [1, 1, 1, 1]


def test_a_step_that_fails_leaves_the_store_as_it_was(empty: Callable[[], str]) -> None:
    url = empty()
    make_old(url)
    with driven(url).begin() as connection:
        connection.exec_driver_sql("create table progress (mine integer)")
    before = described(url)
    with pytest.raises(StoreError, match="progress"):
        open_store(url, Path())
    assert described(url) == before
    with driven(url).begin() as connection:
        connection.exec_driver_sql("drop table progress")
    open_store(url, Path()).close()


def test_a_store_of_a_newer_program_is_refused(empty: Callable[[], str]) -> None:
    url = empty()
    open_store(url, Path()).close()
    for version in (str(schema.VERSION + 1), "1f00aa"):
        with driven(url).begin() as connection:
            connection.execute(sa.update(schema.version_of).values(version_num=version))
        with pytest.raises(StoreError, match=f"a newer version of flow: its tables .* {version}"):
            open_store(url, Path())


def test_a_file_that_is_refused_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as other:
        other.execute("create table contacts (id text)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="belongs to another program"):
        open_store("sqlite:///state.db", tmp_path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["state.db"]


def test_a_store_from_before_the_first_step_is_refused(tmp_path: Path) -> None:
    make_old(f"sqlite:///{tmp_path}/state.db")
    with sqlite3.connect(tmp_path / "state.db") as changed:
        changed.execute("pragma user_version = 2")
    changed.close()
    with pytest.raises(StoreError, match="an older version of flow: its tables have version 2"):
        open_store("sqlite:///state.db", tmp_path)


def test_a_program_of_before_sees_that_the_store_is_newer(tmp_path: Path) -> None:
    """Version 4 looked for the number 4 in the header of the file."""
    make_old(f"sqlite:///{tmp_path}/old.db")
    for name in ("old.db", "new.db"):
        open_store(f"sqlite:///{name}", tmp_path).close()
        with sqlite3.connect(tmp_path / name) as asked:
            assert asked.execute("pragma user_version").fetchone() == (5,)
        asked.close()


def test_alembic_is_imported_for_an_older_store_alone(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from flowlang.stores import open_store;"
        " open_store('sqlite:///state.db', Path(sys.argv[1])).close();"
        " print([one for one in ('alembic', 'psycopg') if one in sys.modules])"
    )
    asked = [sys.executable, "-c", program, str(tmp_path)]
    for _ in range(2):
        done = subprocess.run(asked, capture_output=True, text=True, check=True)
        assert done.stdout == "[]\n"
