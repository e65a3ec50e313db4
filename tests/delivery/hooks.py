"""A web server for tests, on the machine's own address, that takes posts and answers as told."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Post:
    """What came."""

    path: str
    headers: dict[str, str]
    """By name in small letters."""
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: `drips` is one byte now and then, without end; `silent` is nothing."""

    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    drips: bool = False
    silent: bool = False


@dataclass
class Hook:
    """The server: what it has got, and what it will answer, in their order; then 202."""

    answers: list[Answer]
    url: str = ""
    posts: list[Post] = field(default_factory=list)


@contextmanager
def hook(*answers: Answer, context: ssl.SSLContext | None = None) -> Iterator[Hook]:
    """A server that runs until the end of the block; with a context it is encrypted."""
    found = Hook(list(answers))
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.posts.append(Post(self.path, headers, body))
            answer = found.answers.pop(0) if found.answers else Answer()
            if answer.silent:
                over.wait(5)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if not answer.drips:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            try:
                self.wfile.write(answer.body)
                while answer.drips and not over.wait(0.03):
                    self.wfile.write(b"x")
            except OSError:
                return

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Whoever does not trust it hangs up."""

    with Server(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_port}/letters"
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
            found.url = f"https://localhost:{server.server_port}/letters"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield found
        finally:
            over.set()
            server.shutdown()
            thread.join()
