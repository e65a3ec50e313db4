"""A POST to one address: no redirect is followed, and the time and the answer are bounded."""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    build_opener,
)

from flowlang.delivery.connecting import connect
from flowlang.intake.problem import shown

_MAX_REASON = 200
"""Characters of what is said of a failure."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    """No more than was asked for."""


class NoReply(Exception):
    """Nobody answered, or not in time, or not in HTTP; the message says what happened, as a text
    that any store can hold: its words may be those of the other side.
    """

    def __init__(self, why: str) -> None:
        super().__init__(shown(why, _MAX_REASON))


@dataclass(frozen=True, slots=True)
class Poster:
    """Posts to addresses of http and https."""

    timeout: float
    """Seconds for one post as a whole."""
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    """Whom to trust: as the machine does, and SSL_CERT_FILE."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str], most: int) -> Reply:
        """What is answered.  Of its body at most `most` bytes are read, and one more, by which its
        length is noticed.  Raises NoReply.
        """
        if not url.startswith(("http://", "https://")):
            raise NoReply("this is no address of a page")
        late = f"no answer in {self.timeout:g} seconds"
        try:
            request = Request(url, body, dict(headers), method="POST")  # noqa: S310 - checked above
            try:
                answer = self._opener().open(request, timeout=self.timeout)
            except HTTPError as refused:
                answer = refused
            with answer:
                return Reply(answer.status, dict(answer.headers.items()), answer.read(most + 1))
        except TimeoutError:
            raise NoReply(late) from None
        except URLError as failure:
            why = failure.reason
            shown = late if isinstance(why, TimeoutError) else f"it cannot be reached: {why}"
            raise NoReply(shown) from None
        except (OSError, HTTPException, ValueError) as failure:
            raise NoReply(f"{type(failure).__name__}: {failure}".rstrip(": ")) from None

    def _opener(self) -> OpenerDirector:
        until, context = time.monotonic() + self.timeout, self.context

        def connecting(address: tuple[str, int], *_: Any) -> socket.socket:
            return connect(*address, until - time.monotonic())

        class Plain(HTTPConnection):
            def connect(self) -> None:
                self._create_connection = connecting
                super().connect()
                self.sock = _Bounded(self.sock, until)

        class Encrypted(HTTPSConnection):
            def connect(self) -> None:
                self._create_connection = connecting
                super().connect()
                self.sock = _Bounded(self.sock, until)

        class Http(HTTPHandler):
            def http_open(self, req: Request) -> HTTPResponse:
                return self.do_open(Plain, req)

        class Https(HTTPSHandler):
            def https_open(self, req: Request) -> HTTPResponse:
                return self.do_open(Encrypted, req, context=context)

        return build_opener(Http, Https(context=context), _NoRedirects)


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **others: Any) -> None:
        return None


class _Bounded:
    """A socket that has until a moment for all it does: one byte now and then gains no time."""

    def __init__(self, inner: socket.socket, until: float) -> None:
        self._inner = inner
        self._until = until

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def hurry(self) -> socket.socket:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._inner.settimeout(left)
        return self._inner

    def sendall(self, data: bytes) -> None:
        self.hurry().sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        assert mode == "rb"
        return io.BufferedReader(_Reader(self, self._inner.makefile("rb", buffering=0)))


class _Reader(io.RawIOBase):
    def __init__(self, bounded: _Bounded, inner: io.RawIOBase) -> None:
        super().__init__()
        self._bounded = bounded
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._bounded.hurry()
        return self._inner.readinto(buffer)

    def close(self) -> None:
        self._inner.close()
        super().close()
