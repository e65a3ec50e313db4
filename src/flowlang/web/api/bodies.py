"""What is sent: which media type it is, and what stands in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from email.message import Message
from io import StringIO

from flowlang.intake.objects import Parsed, parse_object, whole
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


def several(found: object, what: str, most: int) -> list[object]:
    """What a value holds: one object, or those of an array, so many at most.  Raises Problem."""
    if isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        raise Problem(422, "expected an object in { }, or an array of them")
    if not found:
        raise Problem(422, "the array is empty")
    if len(found) > most:
        raise _too_many(what, most)
    return found


def lines(body: str, what: str, most: int) -> list[Parsed]:
    """What stands in each line; blank ones are passed over.  Raises Problem."""
    found: list[Parsed] = []
    for number, line in enumerate(StringIO(body), start=1):
        if line.strip(" \t\r\n"):
            if len(found) == most:
                raise _too_many(what, most)
            found.append(parse_object(line, number))
    return found


def check_rows(data: bytes, what: str, most: int) -> None:
    """Raises Problem where a text has too many lines to be read at once."""
    if max(map(data.count, (b"\n", b"\r"))) > most:
        raise _too_many(what, most)


def _too_many(what: str, most: int) -> Problem:
    return Problem(422, f"there are over {most:,} {what} in it; send {most:,} at most at once")
