"""What the bodies that are read by hand look like, for OpenAPI."""

from __future__ import annotations

from typing import Any

from flowlang.check.names import MAX_NAME
from flowlang.intake.event_types import SHAPES
from flowlang.web.api import bodies
from flowlang.web.api.cloud_events import BATCH, STRUCTURED

_CONTACT = {"id": "c1", "email": "anna@example.com", "consent": "marketing by email"}
_TAG = {"contact": "c1", "type": "tag", "tag": "signup"}
_PURCHASE = {
    "at": "2026-01-03T10:00:00Z", "contact": "c1", "type": "event", "name": "purchase",
    "data": {"total": 99}, "id": "e-1",
}  # fmt: skip
_CLOUD = {
    "specversion": "1.0", "id": "e-1", "source": "https://shop.example.com/orders",
    "type": "com.example.shop.purchase", "subject": "c1", "time": "2026-01-03T10:00:00Z",
    "data": {"total": 99},
}  # fmt: skip


_IDS = ("id", "contact", "into")
"""Keys of events that programs which count may give as a number."""


def _text(**more: Any) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, **more}


def _lines(said: str) -> dict[str, Any]:
    """A body that is text; it has no `type`, for whatever is sent in it is text."""
    return {"pattern": r"\S", "description": said}


def _several(what: str, one: str, **more: Any) -> dict[str, Any]:
    """An array each of whose items is judged by itself, so none makes the whole a wrong one."""
    said = f"{what}. Each is judged by itself: what is no `{one}` is refused with its reason."
    return {"type": "array", "minItems": 1, "items": {}, "description": said, **more}


def _shape(kind: str) -> dict[str, Any]:
    """The schema of one type of event."""
    found = SHAPES[kind].model_json_schema()
    said = found.pop("description").split(": ", 1)[1].strip()
    found["title"] = kind
    found["description"] = said[:1].upper() + said[1:]
    properties = found["properties"]
    properties["type"] = {"const": kind}
    properties["at"] = {
        "anyOf": [_text(format="date-time"), {"type": "null"}],
        "description": "When it happened, in ISO 8601, without an offset in the workspace's zone;"
        " without it, now.",
    }
    for name, one in properties.items():
        one.pop("title", None)
        if name in _IDS:
            kinds = one.setdefault("anyOf", [dict(one)])
            properties[name] = {"anyOf": [*kinds, {"type": "integer"}]}
    return found


SCHEMAS: dict[str, Any] = {
    "Event": {"oneOf": [_shape(kind) for kind in SHAPES]},
    "CloudEvent": {
        "type": "object",
        "description": "An event of CloudEvents 1.0: `source` and `id` are its id, `time` is `at`,"
        " `subject` is the contact. A `type` of ours, such as `tag`, has its other keys in `data`;"
        " the last part of any other names a declared event, whose data it has.",
        "required": ["specversion", "id", "source", "type"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": _text(),
            "source": _text(pattern="^[!-~]+$"),
            "type": _text(),
            "subject": {"anyOf": [_text(maxLength=MAX_NAME), {"type": "null"}]},
            "time": {"anyOf": [_text(format="date-time"), {"type": "null"}]},
            "datacontenttype": {"enum": ["application/json", None]},
            "data": {"type": ["object", "null"]},
        },
    },
}
"""Schemas that others refer to, by name."""

_EVENT = {"$ref": "#/components/schemas/Event"}
_CLOUD_EVENT = {"$ref": "#/components/schemas/CloudEvent"}

EVENT_BODIES: dict[str, Any] = {
    bodies.JSON: {
        "schema": {"anyOf": [_EVENT, _several("A batch of events", "Event", contains=_EVENT)]},
        "examples": {
            "one": {"value": _TAG},
            "batch": {"value": [_TAG, _PURCHASE]},
        },
    },
    STRUCTURED: {"schema": _CLOUD_EVENT, "example": _CLOUD},
    BATCH: {
        "schema": _several("A batch of CloudEvents", "CloudEvent", contains=_CLOUD_EVENT),
        "example": [_CLOUD, {**_CLOUD, "id": "e-2"}],
    },
}

CONTACT_BODIES: dict[str, Any] = {
    bodies.JSON: {
        "schema": {
            "anyOf": [
                {"type": "object", "description": "One contact, by the names of its fields."},
                _several("Contacts", "contact"),
            ]
        },
        "examples": {
            "one": {"value": _CONTACT},
            "several": {"value": [_CONTACT, {"id": "c2", "tags": ["vip"]}]},
        },
    },
    "text/csv": {
        "schema": _lines(
            "A header with the names of fields, `id` or `email` among them, and a row for each"
            " contact."
        ),
        "example": "id,email,tags\nc1,anna@example.com,vip;signup\n",
    },
}

CODE_BODIES: dict[str, Any] = {
    bodies.JSON: {
        "schema": {
            "type": "object",
            "required": ["codes"],
            "additionalProperties": False,
            "properties": {"codes": {"type": "array", "minItems": 1, "items": {"type": "string"}}},
        },
        "example": {"codes": ["EARLY-1", "EARLY-2"]},
    },
    "text/plain": {
        "schema": _lines("One code a line."),
        "example": "EARLY-1\nEARLY-2\n",
    },
    "text/csv": {
        "schema": _lines("A table with a column headed `code` or the like."),
        "example": "code,value\nEARLY-1,5\nEARLY-2,5\n",
    },
}
