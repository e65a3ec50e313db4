"""The kinds of value in the language, and how each is read from outside data.

Inside the program a value is a plain Python one:

| kind      | Python                                    |
|-----------|-------------------------------------------|
| text, email, phone, one of | str                      |
| number    | int or float                              |
| date      | datetime.date                             |
| datetime  | datetime.datetime, aware, in UTC          |
| time      | datetime.time                             |
| duration  | flowlang.calendar.Duration                |
| yes/no    | bool                                      |
| list of   | list of dict                              |
| missing   | None                                      |
"""

from __future__ import annotations

import math
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flowlang.calendar import Duration, instant, minute, parse_duration
from flowlang.speech import tr, why

Name = Literal[
    "text", "number", "date", "datetime", "time", "duration", "yes/no", "one of", "email",
    "phone", "list", "weekday", "any",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a field or an expression.  `choices` for `one of`, `row` for `list of`."""

    name: Name
    choices: tuple[str, ...] = ()
    row: Fields = field(default_factory=dict)

    @property
    def is_text(self) -> bool:
        return self.name in ("text", "one of", "email", "phone")

    def __str__(self) -> str:
        if self.name == "one of":
            return "one of " + ", ".join(f'"{choice}"' for choice in self.choices)
        return "list of rows" if self.name == "list" else self.name


Fields = dict[str, Kind]
"""Field names and their kinds, in the order of declaration."""

TEXT = Kind("text")
NUMBER = Kind("number")
DATE = Kind("date")
DATETIME = Kind("datetime")
TIME = Kind("time")
DURATION = Kind("duration")
YES_NO = Kind("yes/no")
EMAIL = Kind("email")
PHONE = Kind("phone")
WEEKDAY = Kind("weekday")
ANY = Kind("any")


class UnknownFields(dict[str, Kind]):
    """The fields of something that is not declared, which was reported: it may have any."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Kind:
        return ANY

    def __bool__(self) -> bool:
        return True

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name, ANY)


BUILT_IN_FIELDS: Fields = {
    "id": TEXT,
    "email": EMAIL,
    "mobile": PHONE,
    "language": TEXT,
    "timezone": TEXT,
    "created": DATETIME,
}
"""What every contact has (language reference, declarations)."""

_ADDRESS = re.compile(
    r"(?a:[\w.!#$%&'*+/=?^`{|}~-]+)@"
    r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)*"
)
"""What can be handed over: one address, without a name, a scheme or a second address."""
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d{1,3})?$")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_GERMAN_TIME = re.compile(r",?[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?: Uhr)?$")
_YES = {"yes", "true", "1", "ja", "wahr", "y", "x"}
_NO = {"no", "false", "0", "nein", "falsch", "n"}


class BadValue(ValueError):
    """Data that is not of its field's kind.  The message says what was expected, for a person."""


def read(raw: object, kind: Kind, zone: ZoneInfo) -> Any:
    """The value that outside data (CSV text or JSON) gives for a kind; None where it is empty.

    A datetime without an offset is in `zone`, the workspace's.  Raises BadValue.
    """
    if raw is None or raw == "":
        return None
    reader = _READERS[kind.name]
    return reader(raw, kind, zone)


def _text(raw: object, kind: Kind, zone: ZoneInfo) -> str:
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        raise BadValue(tr("expected text, got {value}", value=_show(raw)))
    return composed(str(raw))


def composed(text: str) -> str:
    """A text from outside as it is kept and compared: in NFC, with LF line ends, as sources are."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _one_of(raw: object, kind: Kind, zone: ZoneInfo) -> str:
    text = _text(raw, kind, zone)
    if text in kind.choices:
        return text
    for choice in kind.choices:
        if choice.casefold() == text.casefold():
            return choice
    choices = ", ".join(f'"{choice}"' for choice in kind.choices)
    raise BadValue(tr("{value} is not one of {choices}", value=_show(raw), choices=choices))


def _number(raw: object, kind: Kind, zone: ZoneInfo) -> int | float:
    if isinstance(raw, bool):
        raise BadValue(tr("expected a number, got {value}", value=_show(raw)))
    if isinstance(raw, int):
        return raw
    if isinstance(raw, float):
        if not math.isfinite(raw):
            raise BadValue(tr("expected a number, got one that is not finite"))
        return int(raw) if raw.is_integer() and abs(raw) < 2**53 else raw
    if isinstance(raw, str) and len(raw) < 45 and _NUMBER.match(raw.strip()):
        text = raw.strip().replace(",", ".")
        return int(text) if text.lstrip("+-").isdigit() else _number(float(text), kind, zone)
    raise BadValue(tr("expected a number, got {value}", value=_show(raw)))


def _date(raw: object, kind: Kind, zone: ZoneInfo) -> date:
    if isinstance(raw, str):
        text = raw.strip()
        try:
            if found := _DAY.match(text):
                return date(int(found[1]), int(found[2]), int(found[3]))
            if (german := _german(text)) is not None:
                return german.date()
            if len(text) > 10 and text[10] in "T ":
                return date.fromisoformat(text[:10])
        except ValueError:
            pass
    raise BadValue(tr("expected a date such as 2026-12-24, got {value}", value=_show(raw)))


def _datetime(raw: object, kind: Kind, zone: ZoneInfo) -> datetime:
    if isinstance(raw, str):
        text = raw.strip()
        try:
            value = _german(text) or datetime.fromisoformat(text)
            if value.tzinfo is not None:
                return value.astimezone(UTC)
            return instant(value.date(), value.time(), zone)
        except (ValueError, OverflowError):
            pass
    raise BadValue(
        tr("expected a date and time such as 2026-12-24 18:00, got {value}", value=_show(raw))
    )


def _german(text: str) -> datetime | None:
    """`24.12.2026`, `24.12.2026 18:00` or `24.12.2026, 18:00`; None for what is written otherwise.

    Raises ValueError where there is no such day or time.
    """
    day = _GERMAN_DAY.match(text)
    if day is None:
        return None
    wall = _GERMAN_TIME.match(text, day.end())
    if wall is None and day.end() < len(text):
        return None
    hour, minute, second = (int(part or 0) for part in wall.groups()) if wall else (0, 0, 0)
    return datetime(int(day[3]), int(day[2]), int(day[1]), hour, minute, second)  # noqa: DTZ001


def _time(raw: object, kind: Kind, zone: ZoneInfo) -> time:
    if isinstance(raw, str):
        try:
            value = time.fromisoformat(raw.strip().zfill(5))
            if value.tzinfo is None:
                return value
        except ValueError:
            pass
    raise BadValue(tr("expected a time such as 09:00, got {value}", value=_show(raw)))


def _duration(raw: object, kind: Kind, zone: ZoneInfo) -> Duration:
    if isinstance(raw, str):
        value = parse_duration(raw)
        if value is not None:
            return value
    raise BadValue(
        tr("expected a duration such as `2 months` or `P2M`, got {value}", value=_show(raw))
    )


def _yes_no(raw: object, kind: Kind, zone: ZoneInfo) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadValue(tr("expected yes or no, got {value}", value=_show(raw)))


def _email(raw: object, kind: Kind, zone: ZoneInfo) -> str:
    text = _text(raw, kind, zone).strip()
    if _ADDRESS.fullmatch(_before_mark(text)) is None or _has_control(text):
        raise BadValue(tr("expected one plain e-mail address, got {value}", value=_show(raw)))
    return text


def _before_mark(text: str) -> str:
    """An address without a mark in brackets and without its notes."""
    start = text.find("[")
    if start < 0:
        return text
    return address_beside(text, start, text.find("]", start) + 1 or len(text))


def address_beside(text: str, start: int, end: int) -> str:
    """The address in a text that bears a mark from `start` to `end`: before, after or around it."""
    before, after = text[:start].rstrip(), text[end:].lstrip()
    if before.endswith("@") or after.startswith("@"):
        before += after
    words = before.split() or after.split()
    return words[0].strip("<>,;") if words else ""


def _has_control(text: str) -> bool:
    return not text.isprintable() and any(ord(letter) < 32 for letter in text)


def _phone(raw: object, kind: Kind, zone: ZoneInfo) -> str:
    text = _text(raw, kind, zone).strip()
    if not any(letter.isdigit() for letter in text) or _has_control(text):
        raise BadValue(tr("expected a phone number, got {value}", value=_show(raw)))
    return text


def _list(raw: object, kind: Kind, zone: ZoneInfo) -> list[dict[str, Any]]:
    if not isinstance(raw, list):
        raise BadValue(tr("expected a list, got {value}", value=_show(raw)))
    return [read_row(row, kind.row, zone) for row in raw]


def read_row(raw: object, fields: Fields, zone: ZoneInfo) -> dict[str, Any]:
    """A row of named values (an event's data, a record).  Raises BadValue, naming the field."""
    if not isinstance(raw, dict):
        raise BadValue(tr("expected fields with values, got {value}", value=_show(raw)))
    row: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in fields:
            known = ", ".join(fields) or "none"
            raise BadValue(
                tr("there is no field `{name}` (fields: {known})", name=name, known=known)
            )
        try:
            row[name] = read(value, fields[name], zone)
        except BadValue as bad:
            raise BadValue(tr("`{name}`: {why}", name=name, why=why(bad))) from None
    return row


_READERS: dict[str, Any] = {
    "text": _text, "one of": _one_of, "number": _number, "date": _date, "datetime": _datetime,
    "time": _time, "duration": _duration, "yes/no": _yes_no, "email": _email, "phone": _phone,
    "list": _list, "any": lambda raw, kind, zone: raw,
}  # fmt: skip


def _show(raw: object) -> str:
    text = f'"{raw}"' if isinstance(raw, str) else str(raw)
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= 60 else text[:57] + "..."


def in_words(value: Any, zone: ZoneInfo) -> str:
    """A value as people read it, a moment to the minute and in `zone`."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case datetime():
            with suppress(OverflowError):
                return minute(value, zone)
            return f"{value:%Y-%m-%d %H:%M}"
        case time():
            return f"{value:%H:%M}"
        case Duration():
            return value.words()
        case dict():
            return ", ".join(f"{name} {in_words(one, zone)}" for name, one in value.items())
        case list() | tuple():
            return "; ".join(in_words(one, zone) for one in value)
        case _:
            return str(value)
