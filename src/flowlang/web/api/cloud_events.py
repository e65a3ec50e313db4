"""CloudEvents 1.0 → events as this program takes them.

`source` and `id` together are the id, `time` is `at`, `subject` is the contact.  A `type` that is
one of ours (`tag`, `set`, `import coupons`) has its other keys in `data`; the last part of any
other (`com.example.shop.purchase`) names a declared event, whose data it has.  Extensions are
passed over, as the specification has it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

from flowlang.check.names import MAX_NAME
from flowlang.intake.problem import shown

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
_HEADER = "ce-"
_TEXTS = ("id", "source", "type")
_URI = re.compile(r"[!-~]+")


class NoCloudEvent(ValueError):
    """It breaks the specification, or what we take of it; the message says where."""


def is_binary(headers: Mapping[str, str]) -> bool:
    """Whether the attributes of an event stand in the headers of its request."""
    return f"{_HEADER}specversion" in headers


def in_headers(headers: Mapping[str, str]) -> dict[str, Any]:
    """The attributes that headers hold.  Raises NoCloudEvent."""
    try:
        return {
            name.removeprefix(_HEADER): unquote(value, errors="strict")
            for name, value in headers.items()
            if name.startswith(_HEADER)
        }
    except UnicodeDecodeError:
        raise NoCloudEvent("a header of it is not UTF-8 behind its `%`") from None


def is_json(media: str) -> bool:
    """Whether a media type says that data is JSON."""
    kind = media.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def event(cloud: Mapping[str, Any], types: Collection[str]) -> dict[str, Any]:
    """The event that a CloudEvent is, where `types` are those of ours.  Raises NoCloudEvent."""
    if cloud.get("specversion") != "1.0":
        raise NoCloudEvent('`specversion`: expected "1.0"')
    for name in _TEXTS:
        if not isinstance(cloud.get(name), str) or not cloud[name]:
            raise NoCloudEvent(f"`{name}`: expected text, and not an empty one")
    found = _body(cloud["type"], _data(cloud), types)
    if "contact" in found and cloud.get("subject") is not None:
        raise NoCloudEvent("`subject` is the contact, so `data` may not hold another")
    for name, taken in (("time", "at"), ("subject", "contact")):
        given = cloud.get(name)
        if given is None:
            continue
        if not isinstance(given, str) or not given:
            raise NoCloudEvent(f"`{name}`: expected text, and not an empty one")
        found[taken] = given
    return found | {"id": _id(cloud["source"], cloud["id"])}


def _id(source: str, number: str) -> str:
    """An id of theirs is unique for its source alone; no source has a blank in it."""
    if not _URI.fullmatch(source):
        raise NoCloudEvent("`source`: expected a URI, without blanks")
    found = f"{source} {number}"
    if len(found) <= MAX_NAME:
        return found
    try:
        return f"sha256:{sha256(found.encode()).hexdigest()}"
    except UnicodeEncodeError:
        raise NoCloudEvent("`id`: it holds half a character (a lone surrogate)") from None


def _data(cloud: Mapping[str, Any]) -> dict[str, Any]:
    if "data_base64" in cloud:
        raise NoCloudEvent("`data_base64` is not taken: send JSON in `data`")
    media = cloud.get("datacontenttype")
    if media is not None and not (isinstance(media, str) and is_json(media)):
        raise NoCloudEvent("`datacontenttype`: expected application/json")
    data = cloud.get("data")
    if data is not None and not isinstance(data, dict):
        raise NoCloudEvent("`data`: expected an object in { }")
    return dict(data or {})


def _body(kind: str, data: dict[str, Any], types: Collection[str]) -> dict[str, Any]:
    if kind not in types:
        return {"type": "event", "name": kind.rpartition(".")[2], "data": data}
    for name in ("type", "id", "at"):
        if name in data:
            raise NoCloudEvent(f"`data` may not hold `{shown(name)}`: it stands beside it")
    return data | {"type": kind}
