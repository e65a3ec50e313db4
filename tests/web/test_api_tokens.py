"""Tokens: made and revoked on the command line, asked for by every address of the API."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from flowlang.stores import Store, open_store
from flowlang.stores.sql import Sql
from flowlang.web import tokens
from flowlang.web.app import WATCHED
from tests.cli.calling import flow
from tests.web.client import Client, asking

ADDRESSES = [
    ("POST", "/events", "events:write"),
    ("GET", "/contacts", "contacts:read"),
    ("POST", "/contacts", "contacts:write"),
    ("GET", "/contacts/c1", "contacts:read"),
    ("DELETE", "/contacts/c1", "contacts:write"),
    ("GET", "/contacts/c1/history", "contacts:read"),
    ("GET", "/contacts/c1/why", "contacts:read"),
    ("GET", "/coupons", "coupons:read"),
    ("POST", "/coupons/early-bird", "coupons:write"),
    ("GET", "/processes", "processes:read"),
    ("GET", "/processes/1", "processes:read"),
    ("POST", "/processes/1/pause", "processes:write"),
    ("POST", "/processes/1/resume", "processes:write"),
    ("POST", "/processes/1/cancel", "processes:write"),
    ("GET", "/notices", "notices:read"),
    ("GET", "/metrics", "metrics"),
]


def shown(store: Store, secret: str) -> tokens.Token | None:
    """What a server that has just begun takes a token for."""
    return tokens.Doorkeeper(store, lambda: 0.0).find(secret.strip())


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "flow.toml").write_text("")
    (tmp_path / "shop.flow").write_text('campaign "A"\n  start when tagged "a"\n  tag "b"\n')
    return tmp_path


def test_every_address_is_in_the_list_above(client: Client) -> None:
    paths = json.loads(client.site.get("/api/openapi.json").text)["paths"]
    found = {
        (method.upper(), path, operation.get("x-scope"))
        for path, operations in paths.items()
        for method, operation in operations.items()
        if path.removeprefix("/v1") not in ("/health", "/health/live")
    }
    listed = {(method, scope) for method, _, scope in ADDRESSES}
    assert {(method, scope) for method, _, scope in found} == listed
    assert len(found) == len(ADDRESSES)


@pytest.mark.parametrize(("method", "path", "scope"), ADDRESSES)
def test_no_address_answers_without_a_token_of_its_scope(
    client: Client, method: str, path: str, scope: str
) -> None:
    others = tuple(one for one in tokens.SCOPES if one != scope)
    lacking = replace(client, secret=tokens.make(client.site.store, "o", others, client.site.now))
    owner = tokens.make(client.site.store, "w", (scope,), client.site.now)
    before = client.site.waiting()
    for one, status in ((replace(client, secret=""), 401), (lacking, 403)):
        answer = one.raw(method, path, b"{", {"Content-Type": "application/json"})
        assert answer.status == status
        assert answer.headers["www-authenticate"].startswith('Bearer realm="flow"')
        assert answer.headers["content-type"] == "application/problem+json"
    assert f'scope="{scope}"' in answer.headers["www-authenticate"]
    assert client.site.waiting() == before
    assert replace(client, secret=owner).raw(method, path).status not in (401, 403, 500)


@pytest.mark.parametrize(
    "header",
    [
        "", "Bearer", "Bearer ", "Bearer x", "Basic Zjpm", "Bearer flow_", "Token {}", "{}",
        "Bearer {} x", "Bearer {}x", "Bearer flow_" + "A" * 43, "Bearer \xe4",
        "Bearer " + "x" * 9000,
    ],
)  # fmt: skip
def test_what_is_no_token_opens_nothing_and_is_not_repeated(client: Client, header: str) -> None:
    shown = header.format(client.secret)
    answer = client.site.ask("GET", "/api/v1/coupons", headers={"Authorization": shown})
    assert answer.status == 401
    assert "flow_A" not in answer.text
    assert client.secret not in answer.text


def test_the_scheme_is_read_in_any_case(client: Client) -> None:
    headers = {"Authorization": f"bEARER {client.secret}"}
    assert client.site.ask("GET", "/api/v1/coupons", headers=headers).status == 200


def test_a_revoked_token_opens_nothing_a_second_later_and_a_new_one_opens_at_once(
    tmp_path: Path,
) -> None:
    seconds = [0.0]
    with asking(tmp_path, clock=lambda: seconds[0]) as client:
        client.get("/coupons")
        tokens.revoke(client.site.store, "test")
        seconds[0] += tokens.KEPT
        client.get("/coupons", 401)
        secret = tokens.make(client.site.store, "new", ["coupons:read"], client.site.now)
        seconds[0] += tokens.KEPT_FROM_STRANGERS
        replace(client, secret=secret).get("/coupons")


def test_who_guesses_does_not_make_the_server_read_the_store(client: Client) -> None:
    store = client.site.store
    assert isinstance(store, Sql)
    asked: list[object] = []
    event.listen(store.engine, "begin", asked.append)
    keeper = tokens.Doorkeeper(store, lambda: 0.0)
    for number in range(100):
        assert keeper.find(f"flow_{number:043}") is None
    assert keeper.find(client.secret) is not None
    assert len(asked) == 1


def test_no_token_is_in_the_store(tmp_path: Path) -> None:
    with asking(tmp_path) as client:
        kept = "".join(client.site.store.shared().values.values())
        assert client.secret not in kept
        assert "hash" in kept
    secret = client.secret.encode()
    assert not any(secret in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_token_is_made_listed_used_and_revoked_by_hand(workspace: Path) -> None:
    made = flow(
        "token", "new", "shop", "--scope", "events:write", "--scope", "metrics",
        cwd=workspace, FLOW_NOW="2026-03-02 10:00", FLOW_STORE="",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert re.fullmatch(r"flow_[A-Za-z0-9_-]{43}\n", made.stdout)
    assert 'this is "shop"; it is not shown again' in made.stderr

    listed = flow("token", "list", cwd=workspace, FLOW_STORE="")
    assert listed.stdout == "shop  2026-03-02  events:write, metrics\n"
    store = open_store("sqlite:///.flow/state.db", workspace)
    found = shown(store, made.stdout)
    assert found is not None
    assert (found.name, found.scopes) == ("shop", ("events:write", "metrics"))

    revoked = flow("token", "revoke", "shop", cwd=workspace, FLOW_STORE="")
    assert (revoked.returncode, revoked.stderr) == (0, '"shop" is revoked\n')
    assert shown(store, made.stdout) is None
    store.close()
    empty = flow("token", "list", "--output-format", "json", cwd=workspace, FLOW_STORE="")
    assert empty.stdout == "[]\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["new", "shop"], "Missing option '--scope'"),
        (["new", "shop", "--scope", "event:write"], "did you mean `events:write`"),
        (["new", "my shop", "--scope", "metrics"], "a name has letters, digits"),
        (["new", "x" * 65, "--scope", "metrics"], "64 of them at most"),
        (["new", "taken", "--scope", "metrics"], "revoke it first"),
        (["revoke", "taked"], "did you mean `taken`"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(workspace: Path, args: list[str], said: str) -> None:
    flow("token", "new", "taken", "--scope", "metrics", cwd=workspace, FLOW_STORE="")
    done = flow("token", *args, cwd=workspace, FLOW_STORE="")
    assert done.returncode == 2
    assert said in done.stderr


def test_tokens_cost_no_command_the_server() -> None:
    code = (
        "import sys, flowlang.cli.serve, flowlang.cli.token, flowlang.web.tokens;"
        "print(sorted({'fastapi', 'uvicorn', 'starlette', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_scopes_are_listed_with_what_they_are_for(workspace: Path) -> None:
    done = flow("token", "scopes", cwd=workspace)
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(tokens.SCOPES)


def test_what_watches_finds_its_addresses_at_the_root(client: Client) -> None:
    headers = {"Authorization": f"Bearer {client.secret}"}
    for path in WATCHED:
        there = client.site.ask("GET", path, headers=headers)
        assert there.status == 200
        assert there.text == client.site.ask("GET", f"/api/v1{path}", headers=headers).text
