"""`flow repl` on a pipe and over a store, and `flow contacts why`."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.calling import GOOD, flow, workspace
from tests.repl.sessions import SHOP

NOW = "2026-11-20 09:00"


def test_lines_on_a_pipe_are_answered_and_not_echoed(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop")
    script = '# a comment\n\ncontact anna\ntag "new"\nnext\nwhy "Hello"\n'
    done = flow("repl", shop, cwd=tmp_path, given=script, FLOW_NOW=NOW)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout == (
        "  anna  email anna@example.com\n"
        "  2026-11-20 09:00  tagged (new)\n"
        '                    "Hello"  started (tag "new": start when tagged "new")\n'
        '                    "Hello"  send "Hello": sent (to anna@example.com)\n'
        '                    "Hello"  wait 1 day: waiting (until 2026-11-21 09:00)\n'
        '  2026-11-21 09:00  "Hello"  tag "greeted": tagged\n'
        '                    "Hello"  finished\n'
        '2026-11-20 09:00  "Hello"  send "Hello": sent (to anna@example.com)\n'
        '  2026-11-20 09:00  "Hello"  started (tag "new": start when tagged "new")\n'
        '    yes  tagged "new"\n'
    )


def test_a_line_that_is_refused_is_told_with_its_number(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop")
    done = flow("repl", shop, cwd=tmp_path, given='contact anna\ntagg "new"\n\nvars\n')
    assert done.returncode == 1
    assert done.stderr == "line 2: there is no word `tagg`; did you mean `tag`?\n"
    assert "anna@example.com" in done.stdout


def test_lines_below_a_line_belong_to_it(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", SHOP)
    script = (
        'contact "anna"\n  score 5\n  qualification\n    name "Boats"\nset score to\n'
        'event purchase total 5, items (sku "A",\n  price 3)\nvars\n'
    )
    done = flow("repl", shop, cwd=tmp_path, given=script, FLOW_NOW=NOW)
    assert "  qualification   name Boats\n" in done.stdout
    assert "items sku A, price 3" in done.stdout
    assert done.stderr.startswith("line 5: the line ends too early")


@pytest.mark.parametrize("given", ["", "\n\n", "quit\nfoo\n", "#"])
def test_an_end_is_no_mistake(tmp_path: Path, given: str) -> None:
    done = flow("repl", workspace(tmp_path / "shop"), cwd=tmp_path, given=given)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("given", [b"\xff\xfe\x00tag", b"\x1b[31m\x07\x00", b"tag " + b"(" * 5000])
def test_bytes_that_are_no_text(tmp_path: Path, given: bytes) -> None:
    done = flow("repl", workspace(tmp_path / "shop"), cwd=tmp_path, given=given)
    assert done.returncode == 1
    assert done.stderr.startswith("line 1: ")
    assert "\x1b" not in done.stderr


def test_the_workspace(tmp_path: Path) -> None:
    broken = workspace(tmp_path / "broken", 'campaign "x"\n  sned "y"\n')
    done = flow("repl", broken, cwd=tmp_path)
    assert done.returncode == 1
    assert "misspelled-keyword" in done.stderr
    assert flow("repl", tmp_path / "nowhere", cwd=tmp_path).returncode == 2
    done = flow("repl", "-", cwd=tmp_path, given=GOOD)
    assert done.returncode == 2
    assert "name a folder or file" in done.stderr
    (tmp_path / "one.flow").write_text(GOOD)
    done = flow("repl", tmp_path / "one.flow", cwd=tmp_path, given="contact anna\nvars\n")
    assert done.returncode == 0


def test_it_takes_no_other_library_until_it_is_called(tmp_path: Path) -> None:
    done = flow("--help", cwd=tmp_path)
    assert "repl " in done.stdout
    script = (
        "import sys, flowlang.cli, flowlang.repl.session; print('prompt_toolkit' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert ran.stdout == b"False\n"


# ---------------------------------------------------------------------- over a store

CONTACTS = (
    "id,email,score,country,first_name,tags,consent\n"
    "c1,a@example.com,60,CH,Anna,new,marketing by email\n"
    "c2,b@example.com,60,DE,Ben,new,marketing by email\n"
)


def _engine(folder: Path, now: str, *args: str) -> str:
    done = flow(*args, cwd=folder, FLOW_NOW=now)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop whose engine has run for some days: c1 is past the fork, c2 halted at its send."""
    folder = workspace(tmp_path / "shop", SHOP[: SHOP.index("automation")])
    (folder / "flow.toml").write_text(
        'timezone = "Europe/Berlin"\n\n[sender]\nfrom = "a@example.com"\n'
        'unsubscribe_url = "https://example.com/u"\n'
    )
    (folder / "people.csv").write_text(CONTACTS)
    _engine(folder, "2026-11-20 10:00", "contacts", "import", "people.csv")
    _engine(folder, "2026-11-20 10:00", "run", "--once")
    _engine(folder, "2026-11-23 09:00", "run", "--once")
    return folder


def _dump(folder: Path) -> list[str]:
    with sqlite3.connect(folder / ".flow" / "state.db") as connection:
        return list(connection.iterdump())


def test_why_of_a_contact_in_the_store(shop: Path) -> None:
    before = _dump(shop)
    done = flow("contacts", "why", "c1", "--message", "Offer", cwd=shop)
    assert done.returncode == 0
    assert '"Offer" was not reached: the run took another way\n' in done.stdout
    assert 'no   country in ("DE", "AT")  country: "CH"' in done.stdout
    assert "today" not in done.stdout
    done = flow("contacts", "why", "b@example.com", cwd=shop)
    assert 'send "Offer": halted (the coupon list "codes" is empty)' in done.stdout
    assert 'coupons left "codes"  0' in done.stdout
    assert _dump(shop) == before


def test_a_code_that_came_and_a_resume_are_lived_again(shop: Path) -> None:
    (shop / "codes.txt").write_text("X1\nX2\n")
    _engine(shop, "2026-11-23 10:00", "coupons", "import", "codes", "codes.txt")
    _engine(shop, "2026-11-23 10:00", "process", "resume", "Offer")
    _engine(shop, "2026-11-23 10:05", "run", "--once")
    done = flow("contacts", "why", "c2", "--message", "Offer", cwd=shop)
    assert 'send "Offer": sent (to b@example.com, code X1 of "codes")' in done.stdout
    assert "yes  score >= 50              score: 60" in done.stdout
    assert "today" not in done.stdout


def test_where_the_program_has_changed_since_that_is_said(shop: Path) -> None:
    text = (shop / "shop.flow").read_text()
    (shop / "shop.flow").write_text(text.replace("wait 2 days", "wait 4 days"))
    _engine(shop, "2026-11-23 10:00", "apply")
    done = flow("contacts", "why", "c1", "--message", "Offer", cwd=shop)
    assert done.returncode == 0
    assert "From here on the program of today goes another way than the history" in done.stdout
    assert 'country in ("DE", "AT")' in done.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["c9"], 'there is no contact "c9" in the store'),
        (["c1", "--message", "Ofer"], "did you mean `Offer`?"),
    ],
)
def test_why_of_what_is_not_there(shop: Path, args: list[str], said: str) -> None:
    done = flow("contacts", "why", *args, cwd=shop)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stdout == ""


def test_a_session_that_begins_with_a_contact_of_the_store(shop: Path) -> None:
    before = _dump(shop)
    script = (
        'status\nhistory\nwhy not "Offer"\nimport coupons codes Y1\nresume "Offer"\n'
        'inbox\nundo 2\nstatus\nsave "x"\n'
    )
    done = flow("repl", "--contact", "c2", cwd=shop, given=script)
    assert '  c2  "Welcome"  halted since 2026-11-23 08:00  send "Offer"\n' in done.stdout
    assert '"Welcome"  if in segment "hot": yes' in done.stdout
    assert 'send "Offer": sent (to b@example.com, code Y1 of "codes")' in done.stdout
    assert "code Y1 of" in done.stdout
    assert done.stdout.endswith('halted since 2026-11-23 08:00  send "Offer"\n')
    assert done.stderr == (
        "line 9: a session that began in a store cannot be a test: it needs what came before\n"
    )
    assert _dump(shop) == before


def test_what_will_happen_to_this_one_next(shop: Path) -> None:
    script = 'status\nadvance 1 hour\ntag "x"\nnext\n'
    done = flow("repl", "--contact", "c1", cwd=shop, given=script)
    assert done.returncode == 0
    assert '  c1  "Welcome"  waits for restart since 2026-11-23 08:00\n' in done.stdout
    assert '"Welcome"  started round 2 (tag "x": start when tagged "new")' in done.stdout
    assert '2026-11-25 09:00  "Welcome"  if in segment "hot": no' in done.stdout
    done = flow("repl", "--contact", "nobody", cwd=shop)
    assert done.returncode == 1
    assert done.stderr == 'there is no contact "nobody" in the store\n'


def test_the_clock_goes_on_from_where_the_store_stands(shop: Path) -> None:
    event = '{"contact": "c1", "type": "tag", "tag": "split", "at": "2026-11-23T09:30:00+01:00"}'
    (shop / "e.jsonl").write_text(f"{event}\n")
    _engine(shop, "2026-11-23 10:00", "event", "send", "e.jsonl")
    _engine(shop, "2026-11-23 10:00", "run", "--once")
    done = flow("repl", "--contact", "c1", cwd=shop, given="inbox\nnext\nundo\nnext\n")
    assert done.returncode == 0, done.stderr
    inbox, first, again = done.stdout.split("  2026-11-23 10:30")
    assert '2026-11-20 10:00  "Hello" to a@example.com\n' in inbox
    assert '  code GIFT of "gifts"\n' in inbox
    assert "wait 1 hour: waiting (until 2026-11-23 11:30)" in first
    assert again.rstrip() in first


def test_a_contact_of_the_store_goes_its_way_on_the_version_that_runs(shop: Path) -> None:
    flow_file = shop / "shop.flow"
    flow_file.write_text(flow_file.read_text().replace("wait 2 days", "wait 9 days"))
    done = flow("repl", "--contact", "c2", cwd=shop, given="where\n")
    assert "  ·   wait 2 days\n" in done.stdout
    assert "this folder says something else" in done.stderr
    flow_file.write_text("campaign\n")
    done = flow("repl", "--contact", "c2", cwd=shop, given="where\nreload\n")
    assert (done.returncode, "wait 2 days" in done.stdout) == (0, True)


def test_the_clock_of_a_store_is_its_own(shop: Path) -> None:
    done = flow("repl", "--contact", "c1", "--now", "2030-01-01", cwd=shop, given="")
    assert done.returncode == 2
    assert "--now does not go with --contact" in done.stderr
    assert flow("repl", "--contact", "c1", cwd=shop, given="", FLOW_NOW="2030-01-01").stderr == ""


def test_files_of_contacts_are_found_here_and_in_the_workspace(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", SHOP)
    (shop / "inside.csv").write_text("id,email\nc1,a@example.com\n")
    (tmp_path / "here.csv").write_text("id,email\nc2,b@example.com\n")
    done = flow("repl", shop, cwd=tmp_path, given="load inside.csv\nload here.csv\nload x.csv\n")
    assert done.returncode == 1
    assert "from here on: c1" in done.stdout
    assert "from here on: c2" in done.stdout
    assert "line 3: x.csv: there is no such file, neither here nor in the workspace" in done.stderr


def test_a_test_that_would_not_pass_is_shown_as_flow_test_shows_it(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", SHOP)
    flow_file = next(shop.glob("*.flow"))
    changed = '\ncampaign "Other"\n  start when tagged "new"\n  untag "new"\n'

    def meanwhile() -> None:
        flow_file.write_text(SHOP + changed)

    _, said = _talking(shop, 'contact anna\ntag "new"\nvars\n', meanwhile, 'save "x"\n')
    assert said.startswith("line 4: the test would not pass, so it is not written\n  line ")
    assert "\n  but its tags are none\n" in said
    assert "\n  the timeline" in said
    assert "␊" not in said


def _talking(shop: Path, first: str, meanwhile: Callable[[], None], then: str) -> tuple[str, str]:
    """What a session says in which something happens to the files meanwhile."""
    with subprocess.Popen(
        [sys.executable, "-m", "flowlang", "repl", str(shop)], text=True, cwd=shop,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as session:  # fmt: skip
        assert session.stdin is not None
        assert session.stdout is not None
        session.stdin.write(first)
        session.stdin.flush()
        while not session.stdout.readline().startswith("  email"):
            pass
        meanwhile()
        return session.communicate(then)
