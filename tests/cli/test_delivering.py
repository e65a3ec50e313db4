"""`flow run` with a way out: real servers, real processes, real kills."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.calling import FLOW, flow, workspace
from tests.delivery.hooks import Answer, hook
from tests.delivery.postbox import DROP, SILENCE, Script, postbox, rude
from tests.full_size import size

SHOP = """\
message "Hello"
  kind service
  channel email
  subject "Grüße"
  body "Hallo."

campaign "Hello"
  start when tagged "new"
  send "Hello"
  wait 1 day
  tag "greeted"

campaign "Gone"
  start on bounced
  tag "unreachable"
"""
PUSH = """\
contact
  device text

message "Ping"
  kind service
  channel push
  body "Ping."

campaign "Ping"
  start when tagged "new"
  send "Ping"
"""
FOREVER = 20.0


def shop_of(folder: Path, text: str = SHOP, toml: str = "", people: int = 1) -> Path:
    """A workspace whose contacts will get their message with the next run."""
    shop = workspace(folder / "shop", text)
    (shop / "flow.toml").write_text(f'[sender]\nfrom = "Shop <shop@example.com>"\n{toml}')
    rows = "".join(
        f"c{one:03},c{one}@example.com,dev{one},new,marketing by email\n" for one in range(people)
    )
    (shop / "c.csv").write_text("id,email,device,tags,consent\n" + rows)
    done = flow("contacts", "import", "c.csv", cwd=shop)
    assert done.returncode == 0, done.stderr
    return shop


def by_smtp(port: int, **more: str) -> dict[str, str]:
    return {
        "FLOW_DELIVERY_KIND": "smtp",
        "FLOW_DELIVERY_HOST": "127.0.0.1",
        "FLOW_DELIVERY_PORT": str(port),
        "FLOW_DELIVERY_TIMEOUT": "2",
        **{f"FLOW_DELIVERY_{name}": value for name, value in more.items()},
    }


def run(shop: Path, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return flow("run", "--once", *args, cwd=shop, **environment)


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + FOREVER
    while not holds():
        assert time.monotonic() < end, "it never came about"
        threading.Event().wait(0.02)


def killed_after(shop: Path, holds: Callable[[], object], **environment: str) -> None:
    """A run that is killed as soon as something holds."""
    process = subprocess.Popen(
        [*FLOW, "run", "--once"], cwd=shop, env={**os.environ, **environment},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until(holds)
    process.send_signal(signal.SIGKILL)
    process.wait(FOREVER)


# ------------------------------------------------------------------ mail


def test_mail_goes_out_once(tmp_path: Path) -> None:
    shop = shop_of(tmp_path, people=3)
    with postbox() as box:
        done = run(shop, **by_smtp(box.port))
        again = run(shop, **by_smtp(box.port))
    assert (done.returncode, again.returncode) == (0, 0), done.stderr
    assert f"delivered  3 to 127.0.0.1:{box.port}" in done.stderr
    assert "delivered" not in again.stderr
    assert [mail["To"] for mail in box.mails] == [f"c{one}@example.com" for one in range(3)]
    assert box.mails[0]["Subject"] == "Grüße"
    assert box.conversations == 1
    assert not (shop / ".flow" / "outbox").exists()


def test_a_server_that_drops_after_every_few_letters_gets_each_once_in_order(
    tmp_path: Path,
) -> None:
    """knadh/listmonk#2313, #2070."""
    people, few = size(23, 2_500), size(5, 50)
    shop = shop_of(tmp_path, people=people)
    scripts: list[Script] = [{"MAIL": [*["250 ok"] * few, DROP]} for _ in range(people // few + 5)]
    with rude(*scripts) as server:
        done = run(shop, **by_smtp(server.port))
    assert done.returncode == 0, done.stderr
    to = [body.partition(b"To: ")[2].partition(b"@")[0] for body in server.bodies]
    assert to == [f"c{one}".encode() for one in range(people)]


def test_a_server_that_is_away_keeps_everything_waiting_and_the_order(tmp_path: Path) -> None:
    shop = shop_of(tmp_path, people=3)
    with postbox() as box:
        gone = box.port
    done = run(shop, **by_smtp(gone), FLOW_NOW="2027-01-01 10:00")
    assert done.returncode == 1
    assert f"127.0.0.1:{gone} takes nothing now: it cannot be reached" in done.stderr
    assert "delayed    1 is tried again later (it cannot be reached" in done.stderr
    waits = "queued     2 wait to go out, not before 2027-01-01 10:01 (it cannot be reached"
    assert waits in done.stderr
    with postbox() as box:
        done = run(shop, **by_smtp(box.port), FLOW_NOW="2027-01-01 10:01")
    assert done.returncode == 0, done.stderr
    assert [mail["To"] for mail in box.mails] == [f"c{one}@example.com" for one in range(3)]


def test_runs_that_find_a_server_away_tell_once_that_it_lasts_and_once_that_it_is_back(
    tmp_path: Path,
) -> None:
    """Each `--once` is a program of its own."""
    shop = shop_of(tmp_path, people=2)
    away: list[Script] = [{"greeting": "421 not now"}] * 4
    with rude(*away) as server:
        done = [
            run(shop, **by_smtp(server.port), FLOW_NOW=f"2027-01-01 1{at}")
            for at in ("0:00", "0:05", "0:06", "0:20", "1:00", "1:01")
        ]
    assert [one.returncode for one in done] == [1, 1, 1, 1, 0, 0]
    told = ["inbox      1 new" in one.stderr for one in done]
    assert told == [False, False, True, False, True, False]
    down, up = flow("inbox", cwd=shop).stdout.splitlines()[-2:]
    place = f"127.0.0.1:{server.port}"
    assert down.startswith(
        f"2027-01-01 10:06  {place} takes nothing: it does not want to talk: 421"
    )
    assert up == f"2027-01-01 11:00  {place} takes letters again"
    assert len(server.bodies) == 2


def test_who_is_not_there_bounces_and_campaigns_hear_of_it_in_the_same_run(tmp_path: Path) -> None:
    shop = shop_of(tmp_path)
    with postbox({"RCPT": ["550 5.1.1 no such user"]}) as box:
        done = run(shop, **by_smtp(box.port))
    assert done.returncode == 1
    assert "bounced    1: nobody is there, and nothing more goes there" in done.stderr
    history = flow("contacts", "history", "c000", cwd=shop).stdout
    assert history.count("event (bounced)") == 1
    assert "tagged (unreachable)" in history
    report = flow("report", "sends", cwd=shop).stdout
    assert "failed" in report
    assert "550 5.1.1 no such user" in report
    assert "1 failed" in flow("process", "list", cwd=shop).stdout


@pytest.mark.parametrize("duplicates", ["avoid", "allow"])
def test_killed_when_the_server_has_it_and_nobody_has_noted_it(
    tmp_path: Path, duplicates: str
) -> None:
    shop = shop_of(tmp_path, people=3)
    with rude({".": ["250 taken", SILENCE]}) as server:
        around = by_smtp(server.port, DUPLICATES=duplicates)
        killed_after(shop, lambda: len(server.bodies) == 2, **around)
        done = run(shop, **around)
    ids = [body.partition(b"Message-ID: ")[2].partition(b"\r\n")[0] for body in server.bodies]
    inbox = flow("inbox", cwd=shop).stdout
    if duplicates == "avoid":
        assert len(ids) == len(set(ids)) == 3
        assert done.returncode == 1
        assert "unknown    1 may have gone out or not" in done.stderr
        assert '"Hello" to c1@example.com: unknown, the program ended while' in inbox
        assert "1 unknown" in flow("process", "list", cwd=shop).stdout
        (send,) = json.loads(
            flow("process", "list", "--type", "message send", "--output-format", "json", cwd=shop)
            .stdout
        )  # fmt: skip
        assert (send["done"], send["unknown"]) == (3, 1)
        shown = flow("process", "show", str(send["number"]), cwd=shop).stdout
        assert "unknown   1 may have gone out or not; `flow inbox` names them" in shown
    else:
        assert (len(ids), len(set(ids))) == (4, 3)
        assert ids[1] in ids[2:]
        assert done.returncode == 0
        assert "unknown" not in inbox


def test_a_reply_that_never_came_is_unknown_and_not_repeated(tmp_path: Path) -> None:
    shop = shop_of(tmp_path, people=2)
    with rude({".": DROP}) as server:
        done = run(shop, **by_smtp(server.port))
        run(shop, **by_smtp(server.port))
    assert len(server.bodies) == 2
    assert done.returncode == 1
    assert "c0@example.com: unknown, after the end of the mail: it hung up" in done.stderr


def test_who_withdraws_while_many_wait_gets_nothing_more(tmp_path: Path) -> None:
    marketing = SHOP.replace("kind service", "kind marketing")
    shop = shop_of(tmp_path, marketing, 'unsubscribe_url = "https://shop.example.com/u"\n', 2)
    with postbox() as box:
        gone = box.port
    run(shop, **by_smtp(gone), FLOW_NOW="2027-01-01 10:00")
    event = (
        '{"at": "2027-01-01T09:00:30Z", "contact": "c001", "type": "withdraw", "channel": "email"}'
    )
    (shop / "e.jsonl").write_text(event + "\n")
    assert flow("event", "send", "e.jsonl", cwd=shop).returncode == 0
    with postbox() as box:
        run(shop, **by_smtp(box.port), FLOW_NOW="2027-01-02 10:00")
    (mail,) = box.mails
    assert mail["To"] == "c0@example.com"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_it_runs_until_it_is_told_to_end_and_writes_to_domains_at_their_pace(
    tmp_path: Path,
) -> None:
    shop = shop_of(tmp_path, people=20)
    with postbox() as box:
        around = by_smtp(box.port, RATE_PER_DOMAIN="12 per hour")
        process = subprocess.Popen(
            [*FLOW, "run"], cwd=shop, env={**os.environ, **around}, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        until(lambda: len(box.mails) == 2)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=FOREVER)
    assert process.returncode == 0
    assert len(box.mails) == 2
    assert flow("report", "sends", cwd=shop).stdout.count("queued") == 18
    assert said.endswith("stopped\n")


# ------------------------------------------------------------------ webhooks


def test_a_channel_goes_by_its_webhook_and_mail_by_the_rest(tmp_path: Path) -> None:
    with hook() as server, postbox() as box:
        toml = f'[channels.push]\nwebhook = "{server.url}"\naddress = "device"\n'
        shop = shop_of(tmp_path, SHOP + PUSH, toml)
        done = run(shop, **by_smtp(box.port, SECRET="a secret that nobody guesses"))  # noqa: S106 - of this test
    assert done.returncode == 0, done.stderr
    (post,) = server.posts
    assert post.event["data"]["address"] == "dev0"
    assert post.headers["webhook-signature"].startswith("v1,")
    assert len(box.mails) == 1


def test_a_webhook_that_is_overloaded_is_asked_again_with_the_same_key(tmp_path: Path) -> None:
    with hook(Answer(503, {"Retry-After": "30"})) as server:
        shop = shop_of(tmp_path, toml=f'[delivery]\nkind = "webhook"\nurl = "{server.url}"\n')
        times = [f"2027-01-01 10:{minute:02}" for minute in (0, 0, 1)]
        codes = [run(shop, FLOW_NOW=at).returncode for at in times]
    assert codes == [1, 1, 0]  # it waits until it may be tried again
    first, again = server.posts
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"]


def test_killed_while_a_webhook_is_called_it_is_called_again(tmp_path: Path) -> None:
    with hook(Answer(silent=True)) as server:
        shop = shop_of(tmp_path, toml=f'[delivery]\nkind = "webhook"\nurl = "{server.url}"\n')
        killed_after(shop, lambda: server.posts)
        done = run(shop)
    assert done.returncode == 0, done.stderr
    first, again = server.posts
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert first.body == again.body


def test_the_outbox_keeps_also_what_has_a_webhook_and_says_so(tmp_path: Path) -> None:
    with hook() as server:
        toml = f'[channels.push]\nwebhook = "{server.url}"\naddress = "device"\n'
        shop = shop_of(tmp_path, PUSH, toml)
        done = run(shop)
    assert server.posts == []
    assert 'the webhook of "push" is not called: [delivery] kind = "outbox" keeps' in done.stderr
    assert "delivered  1 to .flow/outbox" in done.stderr


# ------------------------------------------------------------------ refused before anything goes


@pytest.mark.parametrize(
    ("toml", "text", "said"),
    [
        (
            '[delivery]\nkind = "smtp"\nhost = "localhost"\n[channels.push]\naddress = "device"\n',
            PUSH,
            '"Ping" goes by push, for which flow.toml names no way out: webhook =',
        ),
        ('[delivery]\nkind = "webhook"\n', SHOP, '"Hello" goes by email, for which'),
        ('[delivery]\nkind = "smtp"\n', SHOP, "needs the mail server"),
    ],
)
def test_a_message_without_a_way_out_is_refused(
    tmp_path: Path, toml: str, text: str, said: str
) -> None:
    done = run(shop_of(tmp_path, text, toml))
    assert done.returncode == 2
    assert said in done.stderr


def test_mail_without_a_sender_does_not_leave_the_machine(tmp_path: Path) -> None:
    shop = shop_of(tmp_path)
    (shop / "flow.toml").write_text("")
    with postbox() as box:
        done = run(shop, **by_smtp(box.port))
    assert (done.returncode, box.mails) == (2, [])
    assert "names no sender, and mail goes out" in done.stderr


# ------------------------------------------------------------------ why


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("450 greylisted", 'waits to go out: "Hello" to c0@example.com: 450 greylisted'),
        ("554 spam", 'was not delivered: "Hello" to c0@example.com: 554 spam'),
        ("250 taken", ""),
    ],
)
def test_why_tells_what_became_of_what_was_sent(tmp_path: Path, answer: str, said: str) -> None:
    shop = shop_of(tmp_path)
    with rude({"RCPT": [answer]}) as server:
        run(shop, **by_smtp(server.port))
    told = flow("contacts", "why", "c000", "--message", "Hello", cwd=shop).stdout
    assert "sent" in told
    assert said in told
    assert ("waits" in told, "was not" in told) == ("waits" in said, "was not" in said)
