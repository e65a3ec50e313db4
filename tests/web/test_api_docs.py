"""The commands in docs/api.md do what stands there."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from urllib.parse import quote
from urllib.request import HTTPErrorProcessor, Request, build_opener

import pytest

from tests.cli.calling import flow
from tests.examples.console import BLOCK, TOP, commands, timeless
from tests.web.test_serve import serving

DOCUMENT = (TOP / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8080"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "vouchers"
    copytree(TOP / "examples" / "vouchers", folder)
    done = flow("contacts", "import", "contacts.csv", cwd=folder, FLOW_STORE="")
    assert done.returncode == 0, done.stderr
    assert flow("run", "--once", cwd=folder, FLOW_STORE="").returncode == 0
    return folder


def test_the_commands_answer_as_the_page_shows(shop: Path) -> None:
    token = ""
    with serving(shop) as server:
        for command, shown in shown_commands():
            if command.startswith("flow "):
                done = flow(*command.split()[1:], cwd=shop, FLOW_STORE="")
                token = token or done.stdout.strip()
                printed = (done.stdout + done.stderr).replace(token, "flow_…")
                assert days_gone(printed) == days_gone(shown), command
            else:
                assert timeless(curl(command, server, token)) == timeless(shown).rstrip(), command


def shown_commands() -> Iterator[tuple[str, str]]:
    for block in BLOCK.findall(DOCUMENT):
        yield from commands(block)


def days_gone(text: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\d", "(day)", text)


class Anyhow(HTTPErrorProcessor):
    """Lets errors be answers."""

    def http_response(self, request: object, response: object) -> object:
        return response


def curl(command: str, server: str, token: str) -> str:
    """What curl would print: not every machine has it."""
    reader = argparse.ArgumentParser()
    reader.add_argument("curl")
    reader.add_argument("address")
    reader.add_argument("-H", action="append", default=[])
    reader.add_argument("-d")
    reader.add_argument("-G", action="store_true")
    reader.add_argument("--data-urlencode")
    given = reader.parse_args(shlex.split(command.replace("$TOKEN", token)))
    assert given.address.startswith(ADDRESS)
    address = given.address.replace(ADDRESS, server)
    if given.data_urlencode:
        name, _, value = given.data_urlencode.partition("=")
        address += f"?{name}={quote(value)}"
    headers = dict(one.split(": ", 1) for one in given.H)
    request = Request(address, given.d.encode() if given.d else None, headers)  # noqa: S310 - http
    with build_opener(Anyhow()).open(request) as answer:
        return str(answer.read().decode())
