"""`flow serve` beside `flow run`, each a program of its own, as a person starts them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.cli.calling import FLOW, flow

SHOP = """
message "News"
  kind marketing
  channel email
  subject "News"
  body "No more of them: {{ unsubscribe_link }}"

message "Receipt"
  kind service
  channel email
  subject "Receipt"
  body "Thank you."

campaign "News"
  runs again
  start when tagged "news"
  untag "news"
  send "News"
  send "Receipt"
"""
TOML = """
[sender]
from = "Shop <shop@example.com>"
unsubscribe_url = "https://shop.example.com/u"
"""
SIGNED = {"FLOW_SECRET": "more than sixteen characters"}
GUESSED = {"FLOW_SECRET": "short"}
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "flow.toml").write_text(TOML)
    (tmp_path / "shop.flow").write_text(SHOP)
    (tmp_path / "people.csv").write_text(
        "id,email,consent\nc1,anna@example.com,marketing by email\n"
    )
    assert call(tmp_path, "contacts", "import", "people.csv").returncode == 0
    return tmp_path


def call(
    shop: Path, *args: str, at: str = "2026-03-02 10:00", **environment: str
) -> subprocess.CompletedProcess[str]:
    return flow(*args, cwd=shop, FLOW_NOW=at, FLOW_STORE="", **environment)


@contextmanager
def serving(shop: Path, at: str = "2026-03-02 10:00", **environment: str) -> Iterator[str]:
    """The address of a `flow serve` that runs; it ends in good order."""
    with subprocess.Popen(
        [*FLOW, "serve", "--port", "0"],
        cwd=shop,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "FLOW_NOW": at, "FLOW_STORE": "", **environment},
    ) as program:
        assert program.stderr is not None
        # Another line may come first: that the store was made just now.
        said = iter(program.stderr.readline, "")
        found = next(filter(None, map(_ADDRESS.search, said)), None)
        try:
            assert found is not None
            yield found[0]
        finally:
            program.send_signal(signal.SIGTERM)
            rest = program.stderr.read()
            assert program.wait(30) == 0
            told = [line.partition(" ")[2] for line in rest.splitlines()]
            assert (told[0].startswith("stopping "), told[1:]) == (True, ["stopped"])


def send(shop: Path, at: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Tag the contact and run the engine once."""
    event = '{"contact": "c1", "type": "tag", "tag": "news"}'
    assert call(shop, "event", "send", event, at=at).returncode == 0
    done = call(shop, "run", "--once", at=at, **environment)
    assert done.returncode == 0, done.stderr
    return done


def mails(shop: Path, subject: str) -> list[EmailMessage]:
    found = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted((shop / ".flow" / "outbox").glob("*.eml"))
    ]
    return [one for one in found if one["Subject"] == subject]


def link_in(mail: EmailMessage) -> str:
    """The path of the one-click link, taken from the header as a mail provider does."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = str(mail["List-Unsubscribe"]).strip("<>")
    assert url in str(mail.get_content())
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc) == ("https", "shop.example.com")
    return parts.path


def ask(url: str, body: bytes | None = None) -> int:
    assert url.startswith("http://127.0.0.1:")
    with urlopen(Request(url, body)) as answer:  # noqa: S310 - the scheme stands above
        return int(answer.status)


# S5.1
def test_from_the_letter_to_the_withdrawal(shop: Path) -> None:
    send(shop, "2026-03-02 10:00")
    [mail], [receipt] = mails(shop, "News"), mails(shop, "Receipt")
    assert receipt["List-Unsubscribe"] is None
    assert receipt["List-Unsubscribe-Post"] is None
    link = link_in(mail)

    with serving(shop, "2026-03-02 11:00") as server:
        assert ask(server + link) == 200
        looked = call(shop, "run", "--once", at="2026-03-02 11:00")
        assert "arrivals   0 applied" in looked.stderr
        assert [ask(server + link, b"List-Unsubscribe=One-Click") for _ in range(10)] == [200] * 10
        applied = call(shop, "run", "--once", at="2026-03-02 11:01")
        assert "arrivals   1 applied" in applied.stderr
        assert ask(server + link, b"List-Unsubscribe=One-Click") == 200

    history = call(shop, "contacts", "history", "c1").stdout
    assert history.count("consent withdrawn (marketing by email)") == 1
    assert "skipped    News: no consent 1" in send(shop, "2026-03-03 10:00").stderr
    assert (len(mails(shop, "News")), len(mails(shop, "Receipt"))) == (1, 2)


def test_a_secret_of_the_environment_goes_before_the_stores_own_key(shop: Path) -> None:
    send(shop, "2026-03-02 10:00", **SIGNED)
    link = link_in(mails(shop, "News")[0])
    with serving(shop, **SIGNED) as server:
        assert ask(server + link) == 200
    with serving(shop) as server, pytest.raises(OSError, match="404"):
        ask(server + link)


@pytest.mark.parametrize("verb", [("run", "--once"), ("serve", "--port", "0")])
def test_a_secret_that_could_be_guessed_is_refused(shop: Path, verb: tuple[str, ...]) -> None:
    done = call(shop, *verb, **GUESSED)
    assert done.returncode == 2
    assert "FLOW_SECRET is too short" in done.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--host", "256.0.0.1"], "256.0.0.1 port 8080: "),
        (["--port", "99999"], "99999 is not in the range"),
        (["nowhere"], "nowhere"),
        (["--store", "mysql://x", "--port", "0"], "there is no store `mysql`"),
        (["--now", "soon", "--port", "0"], "--now or FLOW_NOW"),
    ],
)
def test_what_cannot_be_served_is_said_in_a_line(shop: Path, args: list[str], said: str) -> None:
    done = call(shop, "serve", *args)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_port_that_is_taken_is_said(shop: Path) -> None:
    with serving(shop) as server:
        port = server.rpartition(":")[2]
        done = call(shop, "serve", "--port", port)
    assert done.returncode == 2
    assert f"127.0.0.1 port {port}: Address already in use" in done.stderr


@pytest.mark.parametrize(
    "url",
    [
        "shop.example.com/u", "mailto:bye@example.com", "https://", "https:///u", "https://x/u?a=b",
        "https://x/u#a", "https://x/{token}", "https://x/a b", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_an_unsubscribe_url_that_no_path_can_follow_is_refused(shop: Path, url: str) -> None:
    (shop / "flow.toml").write_text(f'[sender]\nunsubscribe_url = "{url}"\n')
    done = call(shop, "check")
    assert done.returncode == 2
    assert f'sender.unsubscribe_url = "{url}": expected the address of a page' in done.stderr


def test_links_that_lead_nowhere_are_told_before_they_go_out(shop: Path) -> None:
    (shop / "flow.toml").write_text('[sender]\nfrom = "Shop <shop@example.com>"\n')
    text = SHOP.replace("kind marketing", "kind service")
    (shop / "shop.flow").write_text(text)
    done = send(shop, "2026-03-02 10:00")
    assert 'warning: the links in "News" lead nowhere' in done.stderr
