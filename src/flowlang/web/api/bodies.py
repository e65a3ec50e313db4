"""What is sent: which media type it is, and what stands in it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from email.message import Message

from flowlang.intake.objects import MAX_NESTING, Parsed, parse_object, whole
from flowlang.web.api.problems import Problem

JSON = "application/json"
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
"""JSON Lines; the first is the one that is documented."""


def media_type(headers: Mapping[str, str], known: Collection[str]) -> str:
    """The media type of a body, in lower case.  Raises Problem where it is not a known one."""
    header = Message()
    header["content-type"] = headers.get("content-type", "")
    found = header.get_content_type() if header["content-type"] else ""
    if found not in known:
        raise Problem(415, f"say what the body is: `Content-Type: {', or '.join(known)}`")
    charset = header.get_param("charset", "utf-8")
    if str(charset).lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, "the body must be UTF-8")
    return found


def text(body: bytes) -> str:
    """A body as text.  Raises Problem where it is not UTF-8."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem(400, "the body is not UTF-8") from None


def value(body: str) -> object:
    """What JSON says.  Raises Problem."""
    try:
        return whole(body)
    except ValueError as wrong:
        raise Problem(400, str(wrong)) from None


def several(found: object) -> list[object]:
    """What a value holds: one object, or those of an array.  Raises Problem."""
    if isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        raise Problem(422, "expected an object in { }, or an array of them")
    if not found:
        raise Problem(422, "the array is empty")
    return found


def lines(body: str) -> list[Parsed]:
    """What stands in each line; blank ones are passed over."""
    return [
        parse_object(line, number)
        for number, line in enumerate(body.split("\n"), start=1)
        if line.strip(" \t\r")
    ]


def as_lines(values: list[object]) -> bytes:
    """Values as JSON Lines: the line of each is its place in the array, from 1.

    Raises Problem.
    """
    try:
        return "\n".join(map(json.dumps, values)).encode()
    except RecursionError:
        raise Problem(400, f"it is nested deeper than {MAX_NESTING} levels") from None
