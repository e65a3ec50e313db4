"""`call "https://…"`: a POST with the values as JSON, signed where there is a secret.

Only an answer of the 2xx kind counts; redirects are not followed, so a call goes where the program
says and nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from typing import Any, Literal

from flowlang.contact import Contact
from flowlang.delivery.posting import NoReply, Poster
from flowlang.encoding import encode

TIMEOUT = 10.0
"""Seconds to wait for an answer."""
MAX_ANSWER = 1_000_000
"""Bytes of an answer; a longer one has failed."""


class Calls:
    """Makes calls.  Implements `engine.world.Answers`."""

    def __init__(self, secret: str = "", timeout: float = TIMEOUT) -> None:
        self._secret = secret.encode()
        self._poster = Poster(timeout)

    def __call__(
        self, url: str, values: dict[str, Any], contact: Contact
    ) -> tuple[Literal["answered", "failed"], Any]:
        """Post to an address; "failed" for whatever goes wrong, which is tried again later."""
        body = json.dumps(
            {"contact": contact.id, "values": plain(values)}, ensure_ascii=False
        ).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "flow",
            # The same for the same call of the same run, however often it is tried.
            "Idempotency-Key": hashlib.sha256(
                f"{url}\0{contact.seq}\0".encode() + body
            ).hexdigest()[:32],
        }
        if self._secret:
            signature = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
            headers["X-Flow-Signature"] = f"sha256={signature}"
        try:
            reply = self._poster.post(url, body, headers, MAX_ANSWER)
            return _answer(reply.body) if 200 <= reply.status < 300 else ("failed", None)
        except (NoReply, ValueError, RecursionError):
            return "failed", None


def _answer(raw: bytes) -> tuple[Literal["answered", "failed"], Any]:
    """What was answered: the fields of a JSON object; nothing where it is empty."""
    if len(raw) > MAX_ANSWER:
        return "failed", None
    if not raw.strip():
        return "answered", {}
    found = json.loads(raw, parse_constant=_no_number)
    return ("answered", found) if isinstance(found, dict) else ("answered", {})


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def plain(value: Any) -> Any:
    """A value as JSON that other programs read: moments and days in ISO 8601."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    coded = encode(value)
    if isinstance(coded, dict):
        return value.isoformat() if hasattr(value, "isoformat") else str(value)
    return coded
