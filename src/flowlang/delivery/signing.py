"""Signatures of webhooks, as Standard Webhooks (standardwebhooks.com) has them."""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import datetime
from hashlib import sha256

from flowlang.speech import tr

_BASE64 = "whsec_"


def signed(identity: str, at: datetime, body: bytes, secret: str) -> dict[str, str]:
    """The headers that say who sent a body, and when; without a secret they are not signed.

    A secret that begins with `whsec_` is base64 behind it, any other is taken as it stands.
    """
    stamp = str(int(at.timestamp()))
    headers = {"webhook-id": identity, "webhook-timestamp": stamp}
    if secret:
        content = b".".join((identity.encode(), stamp.encode(), body))
        digest = hmac.new(key_of(secret), content, sha256).digest()
        headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return headers


def key_of(secret: str) -> bytes:
    """The key that a secret is.  Raises ValueError where base64 is promised and does not follow."""
    if not secret.startswith(_BASE64):
        return secret.encode("utf-8", "surrogateescape")
    try:
        return base64.b64decode(secret.removeprefix(_BASE64), validate=True)
    except binascii.Error:
        raise ValueError(tr("what follows {base64} is no base64", base64=_BASE64)) from None
