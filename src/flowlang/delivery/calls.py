"""`call "https://…"`: a POST with the values as JSON, signed where there is a secret.

Only an answer of the 2xx kind counts; redirects are not followed, so a call goes where the program
says and nowhere else.  What is answered comes from outside, and is judged as an event is.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from typing import Any

from flowlang.delivery.posting import NoReply, Poster
from flowlang.effects import CallReply
from flowlang.encoding import encode
from flowlang.intake.objects import flaw, whole

TIMEOUT = 10.0
"""Seconds to wait for an answer."""
MAX_ANSWER = 1_000_000
"""Bytes of an answer; a longer one has failed."""


class Calls:
    """Makes calls.  Implements `engine.calling.Answers`."""

    def __init__(self, secret: str = "", timeout: float = TIMEOUT) -> None:
        self._secret = secret.encode()
        self._poster = Poster(timeout)

    def __call__(self, url: str, values: dict[str, Any], contact: str, key: str) -> CallReply:
        """Post to an address; "failed" for whatever goes wrong, which is tried again later.

        `key` tells one call from every other, however often it is tried.
        """
        body = json.dumps({"contact": contact, "values": plain(values)}, ensure_ascii=False)
        return self._post(url, body.encode(), key)

    def _post(self, url: str, body: bytes, key: str) -> CallReply:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "flow",
            "Idempotency-Key": key,
        }
        if self._secret:
            signature = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
            headers["X-Flow-Signature"] = f"sha256={signature}"
        try:
            reply = self._poster.post(url, body, headers, MAX_ANSWER)
        except (NoReply, ValueError) as failure:
            return _failed(str(failure))
        if not 200 <= reply.status < 300:
            return _failed(f"the answer is {reply.status}")
        return _answer(reply.body)


def _answer(raw: bytes) -> CallReply:
    """What was answered: the fields of a JSON object; nothing where it is something else."""
    if len(raw) > MAX_ANSWER:
        return _failed(f"the answer is longer than {MAX_ANSWER:,} bytes")
    if not raw.strip():
        return CallReply("answered", {})
    try:
        found = whole(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _failed("the answer is not in UTF-8")
    except ValueError as bad:
        return _failed(f"the answer cannot be used: {bad}")
    if not isinstance(found, dict):
        return CallReply("answered", {})
    wrong = flaw(found)
    return _failed(f"the answer cannot be used: {wrong}") if wrong else CallReply("answered", found)


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


def _failed(why: str) -> CallReply:
    return CallReply("failed", why=why)
