"""A webhook: each letter is a POST of a CloudEvent, for a provider that sends mail, or for a
channel of one's own.

A letter has the same key however often it is posted, so the other side can tell a repetition; what
nobody answered may therefore be posted again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from flowlang.contact import Letter
from flowlang.delivery.delivery import Delivery, Outcome, Status
from flowlang.delivery.mail import Unmailable, to_email
from flowlang.delivery.posting import NoReply, Poster, Reply
from flowlang.delivery.settings import PREFIX, BadSetting, Setup
from flowlang.delivery.signing import key_of, signed
from flowlang.speech import tr, why

MAX_REPLY = 65_536
"""Bytes of an answer that are read; its status says all."""
_SHOWN = 120
"""Characters of a refusal that a person is shown."""
_LATER = {408: "retry", 425: "retry", 429: "down", 503: "down"}
_NOT_THIS_LETTER = {401, 403, 407}
"""Refusals that are about who asks: they end when the settings are put right."""


def connect(setup: Setup) -> Delivery:
    """The webhook that takes all letters; without a `url` only channels have webhooks.  Raises
    BadSetting.
    """
    return Webhook.of(setup, setup.settings.url) if setup.settings.url else Nowhere()


@dataclass
class Webhook(Delivery):
    """Posts letters to one address."""

    url: str
    clock: Callable[[], datetime]
    secret: str = field(default="", repr=False)
    poster: Poster = field(default_factory=lambda: Poster(30.0))

    repeatable = True

    def __post_init__(self) -> None:
        self.place = urlsplit(self.url).netloc

    @classmethod
    def of(cls, setup: Setup, url: str) -> Webhook:
        """Raises BadSetting where the secret cannot be used."""
        secret = setup.settings.secret
        try:
            key_of(secret)
        except ValueError as bad:
            raise BadSetting(tr("{name}: {why}", name=f"{PREFIX}SECRET", why=why(bad))) from None
        return cls(url, setup.clock, secret, Poster(setup.settings.timeout))

    @property
    def key(self) -> str:
        return f"{self.place} {sha256(self.url.encode()).hexdigest()[:16]}"

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        return [self._post(letter) for letter in letters]

    def _post(self, letter: Letter) -> Outcome:
        try:
            body = json.dumps(cloud_event(letter), ensure_ascii=True).encode("ascii")
        except Unmailable as bad:
            return Outcome(letter.id, "failed", str(bad))
        key = key_for(letter)
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "User-Agent": "flow",
            "Idempotency-Key": key,
            **signed(key, self.clock(), body, self.secret),
        }
        try:
            reply = self.poster.post(self.url, body, headers, MAX_REPLY)
        except NoReply as failure:
            return Outcome(letter.id, "down", str(failure))
        return self._outcome(letter, reply)

    def _outcome(self, letter: Letter, reply: Reply) -> Outcome:
        if 200 <= reply.status < 300:
            return Outcome(letter.id, "delivered")
        status: Status = "failed"
        if reply.status in _LATER:
            status = _LATER[reply.status]  # type: ignore[assignment] # names of outcomes
        elif reply.status >= 500 or reply.status < 400 or reply.status in _NOT_THIS_LETTER:
            status = "retry"
        return Outcome(letter.id, status, _said(reply), self._pause(reply))

    def _pause(self, reply: Reply) -> timedelta:
        """What `Retry-After` asks for: seconds, or a moment."""
        raw = next(
            (text for name, text in reply.headers.items() if name.lower() == "retry-after"), ""
        )
        if raw.isascii() and raw.isdigit() and len(raw) <= 9:
            asked = timedelta(seconds=int(raw))
        else:
            try:
                asked = parsedate_to_datetime(raw) - self.clock()
            except (TypeError, ValueError):
                return timedelta(0)
        return asked


class Nowhere(Delivery):
    """The way of letters for whose channel nothing is said."""

    place = "nowhere"
    at_once = 100
    repeatable = True

    def carries(self, channel: str) -> bool:
        return False

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        return [
            Outcome(one.id, "retry", f"flow.toml names no way out for the channel `{one.channel}`")
            for one in letters
        ]


def key_for(letter: Letter) -> str:
    """By which the other side knows a letter again."""
    return f"msg_{sha256(letter.id.encode('utf-8', 'replace')).hexdigest()[:32]}"


def cloud_event(letter: Letter) -> dict[str, Any]:
    """A letter as a CloudEvent (1.0, structured mode).  Raises Unmailable.

    What a mail would not say in its headers this does not say either: a subject is one line, an
    address is one address.
    """
    data: dict[str, Any] = {
        "message": letter.message,
        "campaign": letter.campaign,
        "kind": letter.kind,
        "channel": letter.channel,
        "contact": letter.contact,
        "address": letter.address,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "unsubscribe": letter.unsubscribe,
        "codes": [{"list": name, "code": code} for name, code in letter.codes],
    }
    if letter.channel == "email":
        mail = to_email(letter)
        plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
        data |= {
            "address": str(mail["To"]),
            "from": str(mail["From"]),
            "reply_to": str(mail["Reply-To"] or ""),
            "subject": str(mail["Subject"]),
            "text": plain.get_content() if plain is not None else "",
            "html": html.get_content() if html is not None else "",
            "message_id": str(mail["Message-ID"]),
        }
    return {
        "specversion": "1.0",
        "id": key_for(letter),
        "source": "flow",
        "type": "flow.message",
        "time": letter.at.isoformat(),
        "datacontenttype": "application/json",
        "data": data,
    }


def _said(reply: Reply) -> str:
    """A refusal in a line."""
    text = " ".join(reply.body[: 4 * _SHOWN].decode("utf-8", "replace").split())
    shown = "".join(sign for sign in text if sign.isprintable())[:_SHOWN]
    if 300 <= reply.status < 400:
        shown = "it sends on to another address, which is not followed"
    return f"HTTP {reply.status}" + (f": {shown}" if shown else "")
