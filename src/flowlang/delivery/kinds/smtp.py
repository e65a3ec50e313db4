"""A mail server that is spoken to by SMTP.

A letter is not delivered until the server has said so after the end of its text.  Where the
connection ends before that end was sent, it is not delivered for certain; where it ends between
the end and the answer, nobody can tell.
"""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from flowlang.addresses import mailbox
from flowlang.contact import Letter
from flowlang.delivery.conversation import Conversation, Dropped
from flowlang.delivery.delivery import Delivery, Outcome
from flowlang.delivery.mail import Unmailable, to_email
from flowlang.delivery.replies import Reply, refusal
from flowlang.delivery.settings import PREFIX, BadSetting, Setup, Tls, is_loopback
from flowlang.speech import tr

PATIENCE = 3
"""A letter as a whole, with the connection, may take so many times what one answer may."""
_PORTS: dict[Tls, int] = {"implicit": 465, "starttls": 587, "none": 587}
_DOTS = re.compile(rb"^\.", re.MULTILINE)


def connect(setup: Setup) -> Delivery:
    """The mail server that the settings name.  Raises BadSetting."""
    settings = setup.settings
    if not settings.host:
        raise BadSetting(
            tr(
                'flow.toml: [delivery] kind = "smtp" needs the mail server: host ='
                ' "smtp.example.com", or {prefix}HOST',
                prefix=PREFIX,
            )
        )
    if bool(settings.user) is not bool(settings.password):
        raise BadSetting(
            tr(
                "{prefix}USER and {prefix}PASSWORD go together: one of them is missing",
                prefix=PREFIX,
            )
        )
    if not f"{settings.user}{settings.password}".isascii():
        raise BadSetting(
            tr("{prefix}USER and {prefix}PASSWORD: SMTP takes ASCII only", prefix=PREFIX)
        )
    tls: Tls = settings.tls or ("none" if is_loopback(settings.host) else "starttls")
    if tls == "none" and settings.user and not is_loopback(settings.host):
        raise BadSetting(
            tr('no password is sent to {host} in the clear: tls is "none"', host=settings.host)
        )
    return Smtp(
        settings.host,
        settings.port or _PORTS[tls],
        tls,
        user=settings.user,
        password=settings.password,
        timeout=settings.timeout,
        letters_per_connection=settings.letters_per_connection,
    )


@dataclass
class Smtp(Delivery):
    """Hands mails to one server, over one connection as long as it goes."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0
    """Seconds for one answer."""
    letters_per_connection: int = 100
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    """Whom to trust: as the machine does, and SSL_CERT_FILE."""
    _open: Conversation | None = field(default=None, init=False)
    _carried: int = field(default=0, init=False)
    """Letters that the open connection has carried."""
    _until: float = field(default=0.0, init=False)
    """When the letter at hand has to be over, so that it is within LEASE."""

    def __post_init__(self) -> None:
        self.place = f"{self.host}:{self.port}"

    def carries(self, channel: str) -> bool:
        return channel == "email"

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        return [self._hand_over(letter) for letter in letters]

    def rest(self) -> None:
        """Say goodbye; the server need not hear it."""
        if self._open is not None:
            try:
                self._open.until = time.monotonic() + 1
                self._open.ask("QUIT")
            except Dropped:
                pass
        self._hang_up()

    # ------------------------------------------------------------------ one letter

    def _hand_over(self, letter: Letter) -> Outcome:
        try:
            mail = _Mail.of(letter)
        except Unmailable as bad:
            return Outcome(letter.id, "failed", str(bad))
        if self._carried >= self.letters_per_connection:
            self.rest()
        self._until = time.monotonic() + PATIENCE * self.timeout
        if self._open is not None:
            # A server may have closed a connection that it has had enough of: that says nothing
            # of this letter, which it has not got for certain.
            found = self._try(mail, self._open)
            if found is not None and found.status != "down":
                return found
        try:
            conversation = self._connected()
        except Dropped as failure:
            return Outcome(letter.id, "down", str(failure))
        found = self._try(mail, conversation)
        return found or Outcome(letter.id, "retry", "it hung up before it had the letter")

    def _try(self, mail: _Mail, conversation: Conversation) -> Outcome | None:
        """What came of it; None where the connection ended, and the letter has not arrived."""
        conversation.until = self._until
        try:
            refused = self._announce(mail, conversation)
            if refused is None:
                conversation.send(mail.body)
                refused = self._interrupted(mail, conversation)
        except Dropped:
            self._hang_up()
            return None
        if refused is not None:
            return refused
        self._carried += 1
        return self._end(mail, conversation)

    def _announce(self, mail: _Mail, conversation: Conversation) -> Outcome | None:
        """From whom and to whom; what came of it where the server does not want it."""
        for command in (f"MAIL FROM:<{mail.sender}>", f"RCPT TO:<{mail.recipient}>", "DATA"):
            reply = conversation.ask(command)
            if reply.closing:
                self._hang_up()
                return Outcome(mail.id, "down", str(reply))
            if reply.code == 354 if command == "DATA" else reply.taken:
                continue
            if command == "DATA" or not conversation.ask("RSET").taken:
                self._hang_up()
            # A sender that is refused is a matter of settings, which can be put right.
            status = "retry" if command.startswith("MAIL") else refusal(reply)
            return Outcome(mail.id, status, str(reply))
        return None

    def _interrupted(self, mail: _Mail, conversation: Conversation) -> Outcome | None:
        """What came of it where the server has had enough before the end; raises Dropped."""
        reply = conversation.overheard()
        if reply is None:
            return None
        self._hang_up()
        if not 400 <= reply.code < 600:
            raise Dropped("it answered before it was its turn")
        return Outcome(mail.id, "down" if reply.closing else refusal(reply), str(reply))

    def _end(self, mail: _Mail, conversation: Conversation) -> Outcome:
        """The end of the text, after which the letter is the server's if it says so."""
        try:
            reply = conversation.end()
        except Dropped as failure:
            self._hang_up()
            return Outcome(mail.id, "unknown", f"after the end of the mail: {failure}")
        if reply.closing:
            self._hang_up()
            return Outcome(mail.id, "down", str(reply))
        if reply.taken:
            return Outcome(mail.id, "delivered")
        if not 400 <= reply.code < 600:
            self._hang_up()
            return Outcome(mail.id, "unknown", f"after the end of the mail: {reply}")
        return Outcome(mail.id, refusal(reply), str(reply))

    # ------------------------------------------------------------------ the connection

    def _connected(self) -> Conversation:
        """A new connection over which mails may go.  Raises Dropped."""
        self._hang_up()
        implicit = self.context if self.tls == "implicit" else None
        conversation = Conversation(self.host, self.port, self.timeout, self._until, implicit)
        try:
            self._greet(conversation)
        except BaseException:
            conversation.close()
            raise
        self._open = conversation
        return conversation

    def _greet(self, conversation: Conversation) -> None:
        try:
            conversation.ehlo_or_helo_if_needed()
            if self.tls == "starttls":
                conversation.secure(self.context)
                conversation.ehlo_or_helo_if_needed()
            if self.user:
                conversation.login(self.user, self.password)
        except smtplib.SMTPAuthenticationError as failure:
            raise Dropped(f"it refuses the user: {_reply(failure)}") from None
        except smtplib.SMTPNotSupportedError:
            raise Dropped("it takes no user") from None
        except smtplib.SMTPResponseException as failure:
            raise Dropped(f"it does not want to talk: {_reply(failure)}") from None
        except smtplib.SMTPException as failure:
            raise Dropped(f"it does not want to talk: {failure}") from None

    def _hang_up(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open, self._carried = None, 0


@dataclass(frozen=True, slots=True)
class _Mail:
    """A letter as the server gets it."""

    id: str
    sender: str
    recipient: str
    body: bytes
    """Up to the line that ends it, with the dots at the beginning of lines doubled."""

    @classmethod
    def of(cls, letter: Letter) -> _Mail:
        """Raises Unmailable."""
        body = to_email(letter).as_bytes()
        sender, recipient = mailbox(letter.sender), mailbox(letter.address)
        assert sender is not None and recipient is not None  # noqa: PT018 - the mail has both
        end = b"" if body.endswith(b"\r\n") else b"\r\n"
        return cls(
            letter.id,
            f"{sender.local}@{sender.domain}",
            f"{recipient.local}@{recipient.domain}",
            _DOTS.sub(b"..", body) + end,
        )


def _reply(failure: smtplib.SMTPResponseException) -> Reply:
    text = failure.smtp_error
    return Reply(
        failure.smtp_code, text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    )
