from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import make_url

from flowlang.speech import in_language
from flowlang.stores import Store, StoreError, json_rows, open_store
from flowlang.stores.postgresql import PostgresqlStore
from flowlang.stores.rows import ArrivalRow, Changes, NoticeRow
from tests.postgresql import OwnServer, Server
from tests.stores.contract import ANNA, LETTER, NOON, StoreContract


class TestPostgresql(StoreContract):
    @pytest.fixture(autouse=True)
    def _database(self, postgresql_url: str) -> None:
        self.url = postgresql_url

    def connect(self, folder: Path) -> Store:
        return open_store(self.url, folder)


@contextmanager
def opened(url: str) -> Iterator[PostgresqlStore]:
    store = open_store(url, Path())
    assert isinstance(store, PostgresqlStore)
    try:
        yield store
    finally:
        store.close()


# ---------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:",
        "postgresql://host",
        "postgresql://a:b@host:port/x",
        "postgresql:///?host=/tmp",
    ],
)
def test_an_address_that_is_none_shows_one_that_is(url: str) -> None:
    with pytest.raises(StoreError, match="postgresql://user:password@host:5432/database is one"):
        open_store(url, Path())


def test_a_scheme_that_is_nearly_right_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no store `postgres`; .*`postgresql`"):
        open_store("postgres://localhost/x", tmp_path)


def test_without_the_driver_it_is_told_how_to_install_it() -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None; from pathlib import Path\n"
        "from flowlang.stores import StoreError, open_store, schemes\n"
        "try: open_store('postgresql://localhost/x', Path())\n"
        "except StoreError as failure: print(failure, schemes())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        'a store in PostgreSQL needs psycopg: pip install "flowlang[postgresql]"'
        " ['postgresql', 'sqlite']\n"
    )


@pytest.mark.parametrize(
    ("host", "said"),
    [("localhost:1", "Connection refused"), ("nowhere.invalid", "nowhere.invalid")],
)
def test_a_server_that_is_away_is_told_without_the_password(host: str, said: str) -> None:
    url = f"postgresql://shop:geheim@{host}/shop?connect_timeout=3&sslpassword=geheim"
    with pytest.raises(StoreError) as told:
        open_store(url, Path())
    assert f"@{host}/shop: the server cannot be reached" in str(told.value)
    assert said in str(told.value)
    assert "geheim" not in str(told.value)


def changed(url: str, **parts: Any) -> str:
    return make_url(url).set(**parts).render_as_string(hide_password=False)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"database": "nowhere"}, 'database "nowhere" does not exist'),
        ({"username": "nobody_here"}, 'role "nobody_here" does not exist'),
    ],
)
def test_who_or_what_is_not_there_is_told(
    postgresql_url: str, parts: dict[str, str], said: str
) -> None:
    with pytest.raises(StoreError, match=said):
        open_store(changed(postgresql_url, **parts), Path())


@pytest.fixture(scope="module")
def own_server() -> Iterator[OwnServer]:
    """One that may be restarted, and whose users may be changed."""
    server = OwnServer()
    yield server
    server.close()


def test_a_wrong_password_is_told(own_server: OwnServer) -> None:
    own_server.command("create role locked login password 'geheim'")
    url = own_server.url(own_server.template())
    for password, said in (("falsch", "user or password is wrong"), ("", "a password is needed")):
        with pytest.raises(StoreError, match=said) as told:
            open_store(changed(url, username="locked", password=password), Path())
        assert "falsch" not in str(told.value)


def test_a_user_who_may_not_make_tables_is_told(own_server: OwnServer) -> None:
    own_server.command("create role guest login")
    name = own_server.database()
    # Before PostgreSQL 15 everybody may, where nothing else is said.
    own_server.command("revoke create on schema public from public", name)
    with pytest.raises(StoreError, match=r"this user may not do that: .* schema public"):
        open_store(changed(own_server.url(name), username="guest"), Path())


# ---------------------------------------------------------------------------- databases


def test_only_the_first_who_opens_an_empty_database_has_made_the_store(
    postgresql: Server,
) -> None:
    name = postgresql.database()
    for made in (True, False):
        with opened(postgresql.url(name)) as store:
            assert store.made is made
    postgresql.drop(name)


def test_who_only_looks_makes_no_store(postgresql: Server) -> None:
    name = postgresql.database()
    with pytest.raises(StoreError, match=f"there is no store at .*{name}"):
        open_store(postgresql.url(name), Path(), make=False)
    with opened(postgresql.url(name)) as store:
        assert store.made
    open_store(postgresql.url(name), Path(), make=False).close()
    postgresql.drop(name)


def test_a_database_of_another_program_is_left_alone(postgresql: Server) -> None:
    name = postgresql.database()
    postgresql.command("create table contacts (id text)", name)
    with pytest.raises(StoreError, match=f"{name}.*: this database belongs to another program"):
        open_store(postgresql.url(name), Path())
    postgresql.command("drop table contacts", name)  # the only one there is
    opened_again = open_store(postgresql.url(name), Path())
    opened_again.close()
    postgresql.drop(name)


def test_a_database_that_does_not_know_every_character_is_refused(postgresql: Server) -> None:
    name = f"flow_test_{uuid4().hex}"
    postgresql.command(f"create database {name} encoding 'LATIN1' template template0 locale 'C'")
    with pytest.raises(StoreError, match="its encoding is LATIN1") as refused:
        open_store(postgresql.url(name), Path())
    told = in_language(refused.value.args[0], "de")
    assert "Die Kodierung ist LATIN1, und die kennt nicht jedes Zeichen" in told
    postgresql.drop(name)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_a_text_that_cannot_be_stored_is_told_and_nothing_is_saved(
    postgresql_url: str, text: str
) -> None:
    with opened(postgresql_url) as store:
        with pytest.raises(StoreError, match=r"a text holds (the character NUL|half of a char)"):
            store.save(Changes(contacts=[ANNA], notices=[NoticeRow(NOON, "inbox", text)]))
        with pytest.raises(StoreError, match="a text holds"):
            store.contacts([text])
        assert store.contacts(["anna"]) == []


def test_a_failure_does_not_tell_what_was_to_be_saved(postgresql_url: str) -> None:
    with opened(postgresql_url) as store:
        changes = Changes(letters=[LETTER])
        store.save(changes)
        with pytest.raises(StoreError) as told:
            store.save(replace(changes, notices=[NoticeRow(NOON, "anna@example.com", "")]))
        assert "duplicate key" in str(told.value)
        assert f"({LETTER.id})" not in str(told.value)
        assert "anna" not in str(told.value)


def test_a_transaction_of_a_machine_that_vanished_is_given_up(postgresql_url: str) -> None:
    wanted = {
        "idle_in_transaction_session_timeout": "10min",
        "transaction_isolation": "read committed",
        "client_encoding": "UTF8",
    }
    with opened(postgresql_url) as store, store.engine.connect() as connection:
        for name, value in wanted.items():
            assert connection.exec_driver_sql(f"show {name}").scalar() == value


# ---------------------------------------------------------------------------- away and back


def test_after_a_restart_of_the_server_the_next_verb_works(own_server: OwnServer) -> None:
    with opened(own_server.url(own_server.database())) as store:
        store.append([ArrivalRow(NOON, "anna", "tag", "{}")])
        store.wait(0)
        own_server.restart()
        assert len(store.arrivals("pending", 9)) == 1
        with pytest.raises(StoreError, match=r"ended the connection|connection was lost"):
            store.wait(60)
        store.wait(60)  # the first call after that: nobody knows what was meanwhile


def test_what_a_restart_interrupts_is_not_saved(own_server: OwnServer) -> None:
    with opened(own_server.url(own_server.database())) as store:

        def interrupted() -> None:
            with store.transaction():
                store.append([ArrivalRow(NOON, "anna", "tag", "{}")])
                own_server.restart()
                store.append([ArrivalRow(NOON, "anna", "tag", "{}")])

        with pytest.raises(StoreError, match="nothing of the last step was saved"):
            interrupted()
        assert store.arrivals("pending", 9) == []
        store.append([ArrivalRow(NOON, "anna", "tag", "{}")])
        assert len(store.arrivals("pending", 9)) == 1


def test_a_commit_of_which_nobody_knows_says_so(own_server: OwnServer) -> None:
    with opened(own_server.url(own_server.database())) as store:

        def interrupted() -> None:
            with store.transaction():
                store.append([ArrivalRow(NOON, "anna", "tag", "{}")])
                own_server.restart()

        with pytest.raises(StoreError, match="may be there or not"):
            interrupted()


def test_a_server_that_stays_away_is_told(postgresql: Server) -> None:
    name = postgresql.database(postgresql.template())
    with opened(postgresql.url(name)) as store:
        store.shared()
        postgresql.command(f"alter database {name} allow_connections false")
        postgresql.command(
            f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"  # noqa: S608 - a name of ours
        )
        with pytest.raises(StoreError, match="takes no connections to this database now"):
            store.shared()
        postgresql.command(f"alter database {name} allow_connections true")
        assert store.shared().counters == {}
    postgresql.drop(name)


def test_the_clock_of_the_server_is_asked(postgresql_url: str) -> None:
    with opened(postgresql_url) as store:
        before = datetime.now(UTC)
        assert before - timedelta(minutes=1) < store.clock() < before + timedelta(minutes=1)


# ---------------------------------------------------------------------------- speed


def test_more_than_the_server_takes_at_once_is_given_in_parts(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_rows, "MOST", 500)
    rows = [ArrivalRow(NOON, "anna", "tag", "{}", f"e{number:03}") for number in range(100)]
    with opened(postgresql_url) as store:
        assert store.append([*rows, *rows[:10]]) == len(rows)
        assert [row.id for row in store.arrivals("pending", 999)] == [row.id for row in rows]


def walked(plan: dict[str, Any], table: str) -> int:
    """How many rows of a table a plan went through."""
    there = plan.get("Relation Name") == table
    rows = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) if there else 0
    return int(rows * plan["Actual Loops"]) + sum(
        walked(one, table) for one in plan.get("Plans", ())
    )


def plan_for_any_values(store: PostgresqlStore, text: str, values: dict[str, Any]) -> Any:
    """How a statement is done once it is prepared, whatever its values are."""
    for place, name in enumerate(values, 1):
        text = text.replace(f"%({name})s", f"${place}")
    given = sql.SQL(", ").join(map(sql.Literal, values.values()))
    with store.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("set plan_cache_mode = force_generic_plan")
        driver.execute(f"prepare asked as {text}")
        done = sql.SQL("explain (analyze, format json) execute asked ({})").format(given)
        return driver.execute(done).fetchone()[0][0]["Plan"]


def test_the_arrivals_of_some_are_found_without_walking_through_those_of_all(
    postgresql_url: str,
) -> None:
    with opened(postgresql_url) as store:
        rows = [
            ArrivalRow(NOON + timedelta(seconds=number), f"c{number % 5000}", "tag", "{}")
            for number in range(20_000)
        ]
        store.append(rows)
        with store.engine.begin() as connection:
            connection.exec_driver_sql("analyze arrivals")
        asked: list[Any] = []
        sa.event.listen(store.engine, "before_cursor_execute", lambda *call: asked.append(call))
        some = [f"c{number}" for number in range(1000)]
        theirs = store.arrivals("pending", 8000, NOON + timedelta(seconds=19_000), among=some)
        assert len(theirs) == 4000
        plan = plan_for_any_values(store, *asked[0][2:4])
    assert walked(plan, "arrivals") <= len(theirs)


def test_a_statement_does_not_depend_on_how_many_rows_there_are(postgresql_url: str) -> None:
    """So each is prepared once."""
    with opened(postgresql_url) as store:
        texts: list[str] = []
        sa.event.listen(store.engine, "before_cursor_execute", lambda *call: texts.append(call[2]))
        asked: list[set[str]] = []
        for count in (1, 700):
            ids = [f"c{number}" for number in range(count)]
            texts.clear()
            store.append([ArrivalRow(NOON, one, "tag", "{}", f"{count}{one}") for one in ids])
            store.save(Changes(counters=dict.fromkeys(ids, 1), values=dict.fromkeys(ids, "1")))
            store.contacts(ids)
            with store.transaction(beside=True):
                store.claim(ids)
            asked.append({one for one in texts if "pg_try_advisory_lock" not in one})
        assert asked[0] - asked[1] <= {"notify flow_something_to_do"}
        assert asked[1] <= asked[0]
