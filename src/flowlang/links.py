"""Signed links in letters: made when a letter is rendered, read when someone follows one.

The last part of a link is its token: what the link does, as base64url, and an HMAC-SHA256 of that.
It is no secret, but nobody without the key can make one or change one.  The same letter has the
same tokens, and they never expire: one-click unsubscribing has to work for as long as the mail is
kept (S5.1, RFC 8058).
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from dataclasses import dataclass
from hashlib import sha256

STAND_IN_URL = "https://unsubscribe.invalid/u"
"""Stands in for `unsubscribe_url` where none is set and nothing leaves the machine."""

_TOKEN = re.compile(r"([A-Za-z0-9_-]+)\.([0-9a-f]{32})")
_PURPOSE = b"flow link\0"
"""Keeps signatures of links apart from others that the same key may make one day."""


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """A link that withdraws the consent to marketing on a channel."""

    contact: str
    channel: str
    message: str = ""
    """The message it stands in, so that unsubscribes can be counted by message."""


@dataclass(frozen=True, slots=True)
class EventLink:
    """A link that makes an event happen to a contact, once for each letter."""

    contact: str
    event: str
    message: str = ""
    at: int = 0
    """When its letter was written, in seconds since 1970: it tells one letter from the next."""

    @property
    def id(self) -> str:
        """The id of the event: followed ten times, it happens once."""
        return f"link:{sha256(_payload(self)).hexdigest()[:32]}"


Link = Unsubscribe | EventLink


def url(base: str, key: bytes, link: Link) -> str:
    """The address that does what a link says; `base` is `unsubscribe_url` of flow.toml."""
    return f"{(base or STAND_IN_URL).rstrip('/')}/{token(key, link)}"


def token(key: bytes, link: Link) -> str:
    """A link as one URL-safe word; it ends in a letter or a digit, so that no mail program takes
    its end for the end of a sentence.
    """
    payload = base64.urlsafe_b64encode(_payload(link)).rstrip(b"=")
    return f"{payload.decode()}.{_signature(key, payload)}"


def read(key: bytes, token: str) -> Link | None:
    """What a token says; None for one that was forged, altered or cut off."""
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        return None
    payload = parts[1].encode()
    if not hmac.compare_digest(_signature(key, payload), parts[2]):
        return None
    said = base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4))
    match json.loads(said.decode("utf-8", "surrogatepass")):
        case ["u", str(contact), str(channel), str(message)]:
            return Unsubscribe(contact, channel, message)
        case ["e", str(contact), str(event), str(message), int(at)]:
            return EventLink(contact, event, message, at)
    return None  # signed by a version of flow that knows other links


def _payload(link: Link) -> bytes:
    if isinstance(link, Unsubscribe):
        said: list[str | int] = ["u", link.contact, link.channel, link.message]
    else:
        said = ["e", link.contact, link.event, link.message, link.at]
    return _as_json(said).encode("utf-8", "surrogatepass")


_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _signature(key: bytes, payload: bytes) -> str:
    return hmac.digest(key, _PURPOSE + payload, "sha256")[:16].hex()
