"""A conversation with a mail server, as smtplib leads it, but bounded: in time as a whole, in the
length of replies, and to replies that are complete.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time

from flowlang.delivery.connecting import connect
from flowlang.delivery.replies import Reply

_LINE = 2_000
"""Bytes of a line; RFC 5321 knows 512."""
_LINES = 200
"""Lines of a reply."""
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


class Dropped(Exception):
    """The server is gone, is too slow, or does not speak SMTP; the message says what happened."""


class Conversation(smtplib.SMTP):
    """Begins with the constructor; raises Dropped where a reply does not come."""

    def __init__(
        self, host: str, port: int, timeout: float, until: float, context: ssl.SSLContext | None
    ) -> None:
        """`timeout` is in seconds, for one reply.  `context` encrypts from the first byte on; None
        leaves that to `secure`.
        """
        self.until = until
        """By `time.monotonic`: when all that is said has to be over."""
        self._patient = False
        self._name = host
        self._context = context
        self._pending = b""
        own = socket.gethostname()
        super().__init__(
            local_hostname=own if _NAME.fullmatch(own) else "localhost", timeout=timeout
        )
        try:
            code, text = self.connect(host, port)
        except TimeoutError:
            raise Dropped(f"no answer in {timeout:g} seconds") from None
        except OSError as failure:
            raise Dropped(f"it cannot be reached: {failure.strerror or failure}") from None
        greeting = Reply(code, text.decode("utf-8", "replace"))
        if not greeting.taken:
            self.close()
            raise Dropped(f"it does not want to talk: {greeting}")

    def ask(self, command: str, argument: str = "") -> Reply:
        """The reply to a command.  Raises Dropped."""
        code, text = self.docmd(command, argument)
        return Reply(code, text.decode("utf-8", "replace"))

    def overheard(self) -> Reply | None:
        """What the server has said already, before it was its turn; most often nothing.

        Raises Dropped where it has hung up.
        """
        if self.sock is None:
            raise Dropped("the connection is closed")
        self.sock.setblocking(False)
        try:
            more = self.sock.recv(_LINE)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None
        except OSError as failure:
            self.close()
            raise Dropped(_called(failure)) from None
        if not more:
            self.close()
            raise Dropped("it hung up")
        self._pending += more
        code, text = self.getreply()
        return Reply(code, text.decode("utf-8", "replace"))

    def end(self) -> Reply:
        """The reply to the end of a mail, for which all the time that is left may pass.

        Raises Dropped.
        """
        self.send(b".\r\n")
        self._patient = True
        try:
            code, text = self.getreply()
        finally:
            self._patient = False
        return Reply(code, text.decode("utf-8", "replace"))

    def secure(self, context: ssl.SSLContext) -> None:
        """Encrypt from here on.  Raises Dropped where that cannot be."""
        if not self.has_extn("starttls"):
            raise Dropped('it offers no encryption (STARTTLS); tls = "none" would do without')
        reply = self.ask("STARTTLS")
        if reply.code != 220:
            raise Dropped(f"it refuses encryption: {reply}")
        if self._pending:
            # Said in the clear by someone who wants it taken for said in private (CVE-2011-0411).
            raise Dropped("it said more than it may before the encryption began")
        try:
            assert self.sock is not None  # it has just said something
            self.sock = context.wrap_socket(self.sock, server_hostname=self._name)
        except OSError as failure:
            raise Dropped(f"the encryption failed: {failure}") from None
        # What it said of itself in the clear counts no more (RFC 3207).
        self.ehlo_resp = self.helo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    # ------------------------------------------------------------------ what smtplib calls

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = connect(host, port, timeout)
        # The end of a mail follows its text at once: it must not wait for the server's receipt.
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._context is None:
            return plain
        try:
            return self._context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise

    def send(self, s: bytes | str) -> None:  # type: ignore[override] # smtplib's has no types
        """Raises Dropped."""
        if self.sock is None:
            raise Dropped("the connection is closed")
        try:
            self._hurry(self.sock)
            self.sock.sendall(s.encode("ascii") if isinstance(s, str) else s)
        except OSError as failure:
            self.close()
            raise Dropped(f"the connection broke: {_called(failure)}") from None

    def getreply(self) -> tuple[int, bytes]:
        """The next reply.  Raises Dropped where it is not whole, or none."""
        lines: list[bytes] = []
        while len(lines) < _LINES:
            line = self._line()
            code, mark = line[:3], line[3:4]
            if not code.isdigit() or len(code) < 3 or mark not in (b"", b" ", b"-"):
                break
            lines.append(line[4:].strip())
            if mark != b"-":
                return int(code), b"\n".join(lines)
        self.close()
        raise Dropped("what it says is no SMTP")

    def _line(self) -> bytes:
        while b"\n" not in self._pending:
            more, why = self._receive()
            if not more:
                self.close()
                raise Dropped(why)
            self._pending += more
        line, _, self._pending = self._pending.partition(b"\n")
        return line.rstrip(b"\r")

    def _receive(self) -> tuple[bytes, str]:
        """What comes next; where nothing does, why."""
        if self.sock is None:
            return b"", "the connection is closed"
        if len(self._pending) > _LINE:
            return b"", "what it says is no SMTP"
        try:
            self._hurry(self.sock)
            more = self.sock.recv(_LINE)
        except OSError as failure:
            return b"", _called(failure)
        return more, "it hung up" + " in the middle of a reply" * bool(self._pending)

    def _hurry(self, sock: socket.socket) -> None:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock.settimeout(left if self._patient else min(left, self.timeout))


def _called(failure: OSError) -> str:
    if isinstance(failure, TimeoutError):
        return "no answer in time"
    return failure.strerror or str(failure) or type(failure).__name__
