"""Mail servers for tests, on the machine's own address: one that takes mail, one that is rude."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Postbox:
    """Takes mail.  `answers` are given to a command in place of yes, one after the other."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    conversations: int = 0
    port: int = 0

    def _answer(self, command: str, yes: str) -> str:
        waiting = self.answers.get(command, [])
        return (waiting.pop(0) if waiting else "") or yes

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        found = self._answer("MAIL", "250 ok")
        if found.startswith("2"):
            envelope.mail_from = address
        return found

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        found = self._answer("RCPT", "250 ok")
        if found.startswith("2"):
            envelope.rcpt_tos.append(address)
        return found

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        found = self._answer("DATA", "250 taken")
        if found.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.mails.append(message_from_bytes(content, _class=EmailMessage, policy=default))
            self.envelopes.append((envelope.mail_from or "", envelope.rcpt_tos))
            self.encrypted.append(session.ssl is not None)
        return found


@contextmanager
def postbox(
    answers: dict[str, list[str]] | None = None,
    *,
    context: ssl.SSLContext | None = None,
    implicit: bool = False,
    login: tuple[str, str] | None = None,
) -> Iterator[Postbox]:
    """A server that runs until the end of the block; `answers` by command in capitals."""
    box = Postbox(answers or {})
    others: dict[str, Any] = {}
    if context is not None and not implicit:
        others["tls_context"] = context
    if login is not None:

        def check(*args: Any) -> AuthResult:
            given = args[-1]
            assert isinstance(given, LoginPassword)
            return AuthResult(success=(given.login.decode(), given.password.decode()) == login)

        others |= {"authenticator": check, "auth_required": True}

    def conversation() -> SMTP:
        box.conversations += 1
        return SMTP(box, hostname="postbox.example", **others)

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(
            conversation, "127.0.0.1", 0, ssl=context if implicit and context else None
        )
    )
    box.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield box
    finally:

        async def end() -> None:
            server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


# ------------------------------------------------------------------ rude

DROP = object()
"""Hang up, in place of an answer."""
SILENCE = object()
"""Say nothing more, until the other side hangs up."""
DRIP = object()
"""Say a letter now and then, and come to no end."""
Line = str | bytes | object
Script = dict[str, Line | Sequence[Line]]


@dataclass
class Rude:
    """Follows a script: by conversation, what it says to each command; then it is friendly.

    A text is a line of its own; bytes are said as they stand, and then it hangs up.
    """

    port: int
    heard: list[list[str]] = field(default_factory=list)
    """By conversation, the commands; `.` is the end of a mail."""
    bodies: list[bytes] = field(default_factory=list)


_FRIENDLY = {"DATA": "354 go on", ".": "250 taken"}


@contextmanager
def rude(*scripts: Script) -> Iterator[Rude]:
    """A server that says what the scripts have for `greeting`, `EHLO`, `MAIL`, `RCPT`, `DATA`,
    `body` (after the first line of it), `.`, `RSET` and `QUIT`.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    found = Rude(listening.getsockname()[1])
    threads: list[threading.Thread] = []

    def accept() -> None:
        for number in range(1_000):
            try:
                sock, _ = listening.accept()
            except OSError:
                return
            script = scripts[number] if number < len(scripts) else {}
            heard: list[str] = []
            found.heard.append(heard)
            thread = threading.Thread(
                target=_talk, args=(sock, dict(script), heard, found.bodies.append)
            )
            thread.start()
            threads.append(thread)

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield found
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for thread in (acceptor, *threads):
            thread.join(5)


def _talk(
    sock: socket.socket,
    script: dict[str, Any],
    heard: list[str],
    took: Callable[[bytes], None],
) -> None:
    def say(moment: str) -> bool:
        line = script.get(
            moment, _FRIENDLY.get(moment, "220 hello" if moment == "greeting" else "250 ok")
        )
        if isinstance(line, list):
            line = line.pop(0) if line else "250 ok"
        if line is DROP:
            return False
        if line is DRIP:
            for _ in range(1_000):
                sock.sendall(b"2")
                threading.Event().wait(0.03)
            return False
        if line is SILENCE:
            while sock.recv(1_000):
                pass
            return False
        sock.sendall(line if isinstance(line, bytes) else f"{line}\r\n".encode())
        return not isinstance(line, bytes)

    with sock, sock.makefile("rb") as lines:
        try:
            more = say("greeting")
            while more:
                line = lines.readline().decode("ascii").strip()
                if not line:
                    return
                command = line.split(" ")[0].split(":")[0].upper()
                heard.append(command)
                more = say(command)
                if more and command == "QUIT":
                    return
                if more and command == "DATA" and "DATA" not in script:
                    more = _body(lines, script, took)
                    if more:
                        heard.append(".")
                        more = say(".")
        except OSError:
            return


def _body(lines: Any, script: dict[str, Any], took: Callable[[bytes], None]) -> bool:
    """Whether the end of the mail came."""
    body = b""
    while (line := lines.readline()) != b".\r\n":
        body += line
        if not line or script.get("body") is DROP:
            return False
    took(body)
    return True
