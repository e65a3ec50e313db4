"""The store is full, away, or somebody else's for a moment: nothing is lost, nothing happens twice,
and one clear message says what it is.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from flowlang.stores import Store, StoreAway, StoreError, open_store
from flowlang.stores.failures import is_away
from tests import mounting
from tests.cli.calling import FLOW, flow, workspace
from tests.cli.test_delivering import until
from tests.engine_cases.sums import wrong_sums
from tests.postgresql import OwnServer, Server

SHOP = """
coupons "codes"
  when empty halt

message "Hello"
  kind service
  channel email
  subject "Hello {{ id }}"
  body "{{ coupon('codes') }}"

campaign "Hello"
  start when tagged "new"
  send "Hello"
  tag "greeted"
  wait 1 minute
  tag "end"
"""
PEOPLE = 300
_SERVE = ("serve", "--port", "0")


@pytest.fixture
def own() -> Iterator[OwnServer]:
    """A server that keeps what it has committed when it is ended."""
    server = OwnServer()
    yield server
    server.close()


def shop_of(folder: Path, url: str) -> Path:
    """A workspace whose contacts have arrived in a store, and codes for all of them."""
    shop = workspace(folder / "shop", SHOP)
    (shop / "flow.toml").write_text('[sender]\nfrom = "Shop <shop@example.com>"\n')
    (shop / "codes.txt").write_text("".join(f"K{one:03}\n" for one in range(PEOPLE)))
    done = flow("coupons", "import", "codes", "codes.txt", "--store", url, cwd=shop)
    assert done.returncode == 0, done.stderr
    more(shop, url, "a", PEOPLE // 2)
    return shop


def more(shop: Path, url: str, name: str, count: int) -> None:
    rows = "".join(f"{name}{one:03},{name}{one:03}@example.com,new\n" for one in range(count))
    (shop / "c.csv").write_text("id,email,tags\n" + rows)
    done = flow("contacts", "import", "c.csv", "--store", url, cwd=shop)
    assert done.returncode == 0, done.stderr


@contextmanager
def running(
    shop: Path, url: str, name: str = "engine", verb: Sequence[str] = ("run",)
) -> Iterator[Path]:
    """An engine in a process of its own until the end of the block; gives where it tells things."""
    told = shop / f"{name}.log"
    with told.open("wb") as log:
        process = subprocess.Popen(
            [*FLOW, *verb, "--store", url], cwd=shop, stderr=log, stdout=log,
            env={**os.environ, "NO_COLOR": "1"},
        )  # fmt: skip
        try:
            yield told
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    assert process.returncode == 0, told.read_text()
    assert "Traceback" not in told.read_text()


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Nobody can save what has happened, until the end of the block or of the session."""
    with closing(psycopg.connect(url)) as session:
        session.execute("lock table history in share mode")
        yield


def out(store: Store) -> int:
    return len(store.letters(["handed over"], 10 * PEOPLE))


def each_once(store: Store, shop: Path) -> None:
    """Everybody has one mail, with a code of their own."""
    letters = [row.letter for row in store.letters(["handed over"], 10 * PEOPLE)]
    assert set(Counter(one.contact for one in letters).values()) == {1}
    assert len({code for one in letters for _, code in one.codes}) == len(letters) == PEOPLE
    assert store.letters(["queued", "handing over", "failed", "unknown"], 9) == []
    assert len(list((shop / ".flow" / "outbox").iterdir())) == PEOPLE
    names = {one.contact for one in letters}
    for what in ("sent", "started", "tagged"):
        entries = [one for one in store.entries(names, [what]) if one.what == what]
        found = Counter((one.contact, one.because) for one in entries)
        assert set(found.values()) == {1}
    assert store.shared().stock["codes"] == (0, PEOPLE)
    assert wrong_sums(store) == []


def test_two_engines_on_one_file_do_each_step_once(tmp_path: Path) -> None:
    """mautic#2215, #3669, #2004: where SQLite allows, on one file."""
    url = f"sqlite:///{tmp_path}/state.db"
    shop = shop_of(tmp_path, url)
    store = open_store(url, tmp_path)
    with running(shop, url, "one"), running(shop, url, "other"):
        for name in "bcdef":
            more(shop, url, name, PEOPLE // 10)
        until(lambda: out(store) == PEOPLE)
    each_once(store, shop)
    store.close()


def test_a_server_that_is_restarted_under_an_engine(own: OwnServer, tmp_path: Path) -> None:
    """The database goes away for a moment."""
    url = own.url(own.database())
    shop = shop_of(tmp_path, url)
    with running(shop, url) as told:
        until(lambda: b"arrivals" in told.read_bytes())
        own.restart()
        more(shop, url, "b", PEOPLE // 4)
        own.restart()
        more(shop, url, "c", PEOPLE // 4)
        store = open_store(url, tmp_path)
        until(lambda: out(store) == PEOPLE)
        each_once(store, shop)
        store.close()


def test_a_server_that_stays_away_is_told_and_waited_for(
    postgresql: Server, tmp_path: Path
) -> None:
    """The database is gone for a while: from the midst of the first that the engine does."""
    name = postgresql.database(postgresql.template())
    url = postgresql.url(name)
    shop = shop_of(tmp_path, url)
    more(shop, url, "b", PEOPLE // 2)
    sessions = f"from pg_stat_activity where datname = '{name}'"
    blocked = f"select pid {sessions} and wait_event_type = 'Lock'"
    with (
        locked(url),
        closing(psycopg.connect(postgresql.url(), autocommit=True)) as looking,
        running(shop, url) as told,
    ):
        until(lambda: looking.execute(blocked.encode()).fetchone())
        postgresql.command(f"alter database {name} allow_connections false")
        postgresql.command(f"select pg_terminate_backend(pid) {sessions}")
        until(lambda: b"trying again" in told.read_bytes())
        assert b"arrivals" not in told.read_bytes()
        done = flow("process", "list", "--store", url, cwd=shop)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
        postgresql.command(f"alter database {name} allow_connections true")
        store = open_store(url, tmp_path)
        until(lambda: out(store) == PEOPLE)
        each_once(store, shop)
        store.close()
        until(lambda: b"the store can be used again, after" in told.read_bytes())
        lines = told.read_text().splitlines()
        away = [line.partition(" ")[2] for line in lines if "trying again" in line]
        assert len(set(away)) == len(away)
    postgresql.drop(name)


def test_a_server_that_is_not_there_at_the_start_is_told_and_waited_for(
    own: OwnServer, tmp_path: Path
) -> None:
    shop = workspace(tmp_path / "shop", SHOP)
    (shop / "flow.toml").write_text('[sender]\nfrom = "Shop <shop@example.com>"\n')
    there = tmp_path / "server"
    url = own.url("postgres").replace(str(own.folder), str(there))
    with pytest.raises(StoreAway, match=str(there)):
        open_store(url, tmp_path)
    once = flow("run", "--once", "--store", url, cwd=shop)
    assert (once.returncode, "trying again" in once.stderr) == (2, False)
    with running(shop, url) as told, running(shop, url, "server", _SERVE) as also_told:
        until(lambda: b"trying again" in told.read_bytes())
        until(lambda: b"trying again" in also_told.read_bytes())
        there.symlink_to(own.folder)
        until(lambda: b"running; Ctrl-C ends it" in told.read_bytes())
        until(lambda: b"serving at" in also_told.read_bytes())
    for file in (told, also_told):
        text = file.read_text()
        assert (text.count("trying again"), text.count("the store can be used again")) == (1, 1)
    for wrong in (own.url("nowhere"), own.url("postgres").replace("postgres@", "nobody@")):
        with pytest.raises(StoreError) as failure:
            open_store(wrong, tmp_path)
        assert not isinstance(failure.value, StoreAway)


def test_who_is_asked_to_end_while_the_server_is_away_ends_in_good_order(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", SHOP)
    with running(shop, "postgresql://127.0.0.1:1/shop") as told:
        until(lambda: b"trying again" in told.read_bytes())
    assert told.read_text().splitlines()[-1].endswith(" stopped")


@pytest.mark.parametrize(
    ("said", "away"),
    [
        ("connection timeout expired", True),
        ('connection to server at "10.0.0.1", port 5432 failed: Network is unreachable', True),
        ("failed to resolve host 'db': [Errno -3] Temporary failure in name resolution", True),
        ("FATAL:  sorry, too many clients already", True),
        ("failed to resolve host 'bd': [Errno -2] Name or service not known", False),
        ('FATAL:  password authentication failed for user "shop"', False),
    ],
)
def test_a_network_that_is_not_up_yet_is_waited_for_and_a_wrong_address_is_not(
    said: str, away: bool
) -> None:
    assert is_away(psycopg.OperationalError(said)) is away


def test_a_disk_that_is_full_saves_nothing_by_halves(tmp_path: Path) -> None:
    """The disk is full, and then there is room again."""
    done = mounting.run("tests.engine_cases.full_disk", tmp_path)
    assert done.returncode == 0, done.stderr
