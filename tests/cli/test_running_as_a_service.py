"""`flow run` as a program that goes on for weeks: its log, the signals that end it, its streams."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from click import ClickException

from flowlang.cli import storing
from flowlang.stores.store import StoreUnsure
from flowlang.workspace import load
from tests.cli.calling import FLOW, flow, workspace
from tests.cli.machine import Machine
from tests.cli.test_delivering import FOREVER, shop_of, until
from tests.delivery.hooks import Answer, hook

SHOP = """\
campaign "Hello"
  start when tagged "new"
  tag "greeted"
"""
TIMED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+05:30 \S.*")
RUNNING = b"running; Ctrl-C ends it"
STOPPING = b"stopping when what is under way is done; a second signal ends it at once"


@contextmanager
def started(
    shop: Path, *before: str, verb: str = "run", **environment: str
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """`flow run` in a process of its own, killed at the end of the block if it still runs; with the
    file that its log goes to.
    """
    log = shop / "log"
    with log.open("wb") as written:
        port = ["--port", "0"] if verb == "serve" else []
        process = subprocess.Popen(
            [*before, *FLOW, verb, *port], cwd=shop, stdout=written, stderr=written,
            env={**os.environ, **environment},
        )  # fmt: skip
    try:
        yield process, log
    finally:
        process.kill()
        process.wait()


def test_a_log_says_the_time_of_each_line_and_a_single_pass_does_not(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", SHOP)
    (shop / "flow.toml").write_text('timezone = "Asia/Kolkata"\n')
    with started(shop) as (process, log):
        until(lambda: RUNNING in log.read_bytes())
        process.send_signal(signal.SIGTERM)
        assert process.wait(FOREVER) == 0
    lines = log.read_text().splitlines()
    assert [line for line in lines if not TIMED.fullmatch(line)] == []
    assert len(lines) > 3
    once = flow("run", "--once", cwd=shop)
    assert once.stderr.splitlines()[1:] == ["arrivals   0 applied, 0 refused"]


def test_what_ends_it_has_its_time_as_well(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", SHOP)
    (shop / "flow.toml").write_text('timezone = "Asia/Kolkata"\n')
    done = flow("run", "--store", "mysql://db", cwd=shop)
    assert done.returncode == 2
    assert TIMED.fullmatch(done.stderr.rstrip("\n")), done.stderr


def test_each_signal_that_ends_a_program_lets_it_end_in_good_order(tmp_path: Path) -> None:
    calls = [("run", signal.SIGINT), ("run", signal.SIGHUP), ("serve", signal.SIGTERM)]
    with ExitStack() as all_:
        running = [
            (*all_.enter_context(started(shop, verb=verb, FLOW_STORE="")), number)
            for verb, number in calls
            for shop in [workspace(tmp_path / f"{number}", SHOP)]
        ]
        for process, log, number in running:
            until(lambda log=log: b"; Ctrl-C ends it" in log.read_bytes())  # type: ignore[misc]
            process.send_signal(number)
        for process, log, _ in running:
            assert process.wait(FOREVER) == 0
            told = [line[26:] for line in log.read_bytes().splitlines()]
            assert (told.count(STOPPING), told[-1]) == (1, b"stopped")


def test_under_nohup_a_closed_terminal_ends_nothing(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", SHOP)
    with started(shop, "nohup") as (process, log):
        until(lambda: RUNNING in log.read_bytes())
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        assert process.wait(FOREVER) == 0
    assert log.read_bytes().count(STOPPING) == 1


def test_a_second_signal_does_not_wait_for_what_is_under_way(tmp_path: Path) -> None:
    with hook(Answer(silent=True)) as server:
        toml = f'[delivery]\nkind = "webhook"\nurl = "{server.url}"\n'
        with started(shop_of(tmp_path, toml=toml)) as (process, log):
            until(lambda: server.posts)
            process.send_signal(signal.SIGTERM)
            until(lambda: STOPPING in log.read_bytes())
            assert process.poll() is None
            begun = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(FOREVER) == -signal.SIGTERM
            assert time.monotonic() - begun < 2


@pytest.mark.parametrize("verb", ["run", "serve"])
def test_a_secret_that_could_be_guessed_is_told_before_a_store_is_made(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    machine.file("flow.toml", "")
    machine.file("shop.flow", SHOP)
    monkeypatch.setenv("FLOW_SECRET", "short")
    done = machine(verb)
    assert (done.code, "FLOW_SECRET is too short" in done.talk) == (2, True)
    assert not (machine.folder / ".flow").exists()


def test_a_password_does_not_stand_in_flow_toml(machine: Machine) -> None:
    machine.file("shop.flow", SHOP)
    for url in (
        "postgresql://shop:geheim@db.example.com/shop",
        "postgresql://shop@db.example.com/shop?sslmode=require&password=geheim",
    ):
        machine.file("flow.toml", f'[store]\nurl = "{url}"\n')
        for call in (["check"], ["run"], ["run", "--store", "sqlite:///state.db"]):
            done = machine(*call)
            assert done.code == 2
            assert "`store.url` has a password in it" in done.talk
            assert "FLOW_STORE" in done.talk
            assert "geheim" not in done.talk
    machine.file("flow.toml", '[store]\nurl = "postgresql://shop@db.example.com:5432/shop"\n')
    assert machine("check").code == 0


def test_a_commit_of_which_nobody_knows_is_told_with_what_comes_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = StoreUnsure("db: the connection was lost")
    storing.absence().failed(lost)
    assert capsys.readouterr().err == (
        "db: the connection was lost. The engine looks how things stand and goes on from there, and"
        " nothing is done twice; where a person has to act, `flow inbox` says so\n"
    )
    shop = load(workspace(tmp_path / "shop", SHOP))
    with pytest.raises(ClickException) as told, storing.opened(shop, "sqlite:///:memory:"):
        raise lost
    assert "Look before you repeat it" in told.value.message


def test_a_worker_ends_when_a_newer_program_has_changed_the_tables(tmp_path: Path) -> None:
    """Whoever watches over it starts the newer program then."""
    shop = workspace(tmp_path / "shop", SHOP)
    with started(shop) as (process, log):
        until(lambda: b"arrivals" in log.read_bytes())
        with closing(sqlite3.connect(shop / ".flow" / "state.db")) as newer:
            newer.executescript(
                "begin; update flow_version set version_num = '999';"
                " alter table arrivals rename column type to kind; commit;"
            )
        assert process.wait(FOREVER) == 2
    last = log.read_text().splitlines()[-1]
    assert "made by a newer version of flow: its tables have version 999" in last


def test_a_server_without_room_for_connections_says_so_once(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", SHOP)
    few = ("/bin/sh", "-c", 'ulimit -n 40; exec "$@"', "few")
    with started(shop, *few, verb="serve", FLOW_STORE="") as (process, log), ExitStack() as open_:
        until(lambda: b"serving at" in log.read_bytes())
        found = re.search(rb"http://127.0.0.1:(\d+)", log.read_bytes())
        assert found is not None
        address = ("127.0.0.1", int(found[1]))
        for _ in range(60):
            open_.enter_context(socket.create_connection(address))
        until(lambda: b"no room for more connections" in log.read_bytes())
        open_.close()
        assert urlopen(f"http://127.0.0.1:{address[1]}/health").status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(FOREVER) == 0
    assert log.read_bytes().count(b"no room") == 1
    assert b"Traceback" not in log.read_bytes()


# ------------------------------------------------------------------ streams


def closed(shop: Path, command: str) -> subprocess.CompletedProcess[str]:
    """A call by a shell that may take streams away."""
    flow_ = " ".join(FLOW)
    return subprocess.run(
        ["/bin/sh", "-c", command.replace("flow", flow_, 1)],
        cwd=shop, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_closed_streams_end_nothing(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", SHOP)
    assert closed(shop, "flow run --once >&- 2>&- <&-").returncode == 0
    quiet = closed(shop, "flow run --once 2>&-")
    assert (quiet.returncode, quiet.stdout) == (0, "")
    told = closed(shop, "flow run --once >&-")
    assert (told.returncode, told.stderr.splitlines()[1:]) == (
        0, ["arrivals   0 applied, 0 refused"],
    )  # fmt: skip


def test_data_that_nobody_can_get_is_told(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", SHOP)
    assert flow("run", "--once", cwd=shop).returncode == 0
    done = closed(shop, "flow report campaigns >&-")
    assert (done.returncode, done.stderr) == (2, "Error: the system: Bad file descriptor\n")


def test_a_log_on_a_full_disk_ends_nothing(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", SHOP)
    assert flow("contacts", "import", "-", cwd=shop, given="id,tags\nc1,new\n").returncode == 0
    closed(shop, "flow run --once 2>/dev/full")
    assert '"Hello"  finished' in flow("contacts", "history", "c1", cwd=shop).stdout


def test_a_log_that_nobody_reads_any_more_ends_it(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", SHOP)
    done = closed(shop, "{ flow run 2>&1; echo $? >code; } | head -n 1")
    assert "made a new store" in done.stdout
    assert ((shop / "code").read_text(), done.stderr) == ("141\n", "")
