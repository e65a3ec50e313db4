"""A program that asks the HTTP API of a shop, as others would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowlang import workspace
from flowlang.config import Settings
from flowlang.program.program import Program
from flowlang.source import Findings, Source
from flowlang.syntax.parser import parse
from flowlang.web import tokens
from flowlang.workspace import MakeExpressions, Workspace
from tests.web.site import Answer, Site, compiled, serving

SHOP = """
contact
  first_name  text
  score       number

event purchase
  total  number

coupons "early-bird"
  when empty halt

message "Offer"
  kind service
  channel email
  subject "Your code"
  body "{{ coupon('early-bird') }}"

campaign "Offer"
  start when tagged "offer"
  if score >= 50
    send "Offer"

campaign "Thanks"
  runs again
  start on purchase where total > 10
  tag "customer"
"""
SETTINGS = Settings(unsubscribe_url="https://shop.example.com/u", sender="Shop <shop@example.com>")


def load(expressions: MakeExpressions | None) -> tuple[Workspace, Program]:
    """The shop once more, for who asks why."""
    found = workspace.Workspace(Path(), SETTINGS, Findings())
    config = SETTINGS.config()
    found.files.append(parse(Source("shop.flow", SHOP), found.findings, config.language))
    workspace.check(found, config, expressions)
    assert found.runnable is not None
    return found, found.runnable


@dataclass(frozen=True, slots=True)
class Client:
    """Asks with one token."""

    site: Site
    secret: str

    def get(self, path: str, status: int = 200) -> Any:
        return self.ask("GET", path, None, "", status)

    def post(
        self, path: str, body: Any = None, status: int = 202, media: str = "application/json"
    ) -> Any:
        return self.ask("POST", path, body, media, status)

    def delete(self, path: str, status: int = 202) -> Any:
        return self.ask("DELETE", path, None, "", status)

    def ask(self, method: str, path: str, body: Any, media: str, status: int) -> Any:
        """The JSON of an answer, which must have this status."""
        headers = {"Content-Type": media} if media else {}
        answer = self.raw(method, path, body, headers)
        assert answer.status == status, answer
        if status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
        return json.loads(answer.text)

    def raw(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """An answer as it is; what is neither text nor bytes is sent as JSON."""
        if body is None:
            data = b""
        elif isinstance(body, bytes):
            data = body
        else:
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
        token = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        return self.site.ask(method, f"/api/v1{path}", data, {**token, **(headers or {})})


@contextmanager
def asking(folder: Path, *scopes: str, text: str = SHOP, **more: Any) -> Iterator[Client]:
    """A client of a shop with two contacts; it may do everything unless scopes are named."""
    with serving(folder, compiled(text), **{"load": load, **more}) as site:
        site.person("c1", first_name="Anna", score=60)
        site.person("c2", score=5)
        site.run()
        secret = tokens.make(site.store, "test", scopes or tuple(tokens.SCOPES), site.now)
        yield Client(site, secret)
