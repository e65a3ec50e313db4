"""Values of the language as JSON data, and back, without loss: a store keeps them so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from flowlang.calendar import Duration


def _known(value: Any) -> Any:
    if isinstance(value, str):  # of a kind of its own, as translated texts are
        return str(value)
    raise TypeError(f"JSON has no such value: {value!r}")


to_json = msgspec.json.Encoder(enc_hook=_known).encode
"""The bytes of JSON data, and of structs."""

_PLAIN = frozenset((str, bool, int, float, type(None)))
"""Types of values that JSON has, too."""


def encode(value: Any) -> Any:
    """A value as JSON data that `decode` turns back into the same value and kind.

    It is the value itself, not a copy, where JSON has it as it is.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    known = _ENCODERS.get(kind)
    if known is None:
        known = next((how for of, how in _ENCODERS.items() if isinstance(value, of)), None)
        if known is None:
            raise TypeError(f"no value of the language: {value!r}")
    return known(value)


def _encode_dict(value: dict[str, Any]) -> dict[str, Any]:
    if _is_plain(value):
        return value
    data = {name: item if type(item) in _PLAIN else encode(item) for name, item in value.items()}
    # Outside data may use the mark as a name of its own.
    return {"$": "dict", "v": data} if "$" in data else data


def _encode_list(value: list[Any] | tuple[Any, ...]) -> list[Any]:
    return [encode(item) for item in value]


_ENCODERS: dict[type, Callable[[Any], Any]] = {
    dict: _encode_dict,
    list: _encode_list,
    tuple: _encode_list,
    str: str,
    int: int,
    float: float,
    datetime: lambda value: {"$": "datetime", "v": value.isoformat()},
    date: lambda value: {"$": "date", "v": value.isoformat()},
    time: lambda value: {"$": "time", "v": value.isoformat()},
    Duration: lambda value: {"$": "duration", "v": [value.months, value.days, value.seconds]},
    timedelta: lambda value: {"$": "duration", "v": [0, 0, int(value.total_seconds())]},
}
"""By type; of a type that is none of these, the first that it is one of."""


def decode(data: Any) -> Any:
    """The value that `encode` wrote; the data itself, not a copy, where they are the same."""
    if isinstance(data, list):
        return [decode(item) for item in data]
    if isinstance(data, dict):
        if _is_plain(data):
            return data
        kind = data.get("$")
        if kind is None:
            return {
                name: item if type(item) in _PLAIN else decode(item) for name, item in data.items()
            }
        return _DECODERS[kind](data["v"])
    return data


def _is_plain(data: dict[str, Any]) -> bool:
    """Whether it holds nothing but what JSON has, and not the mark of other kinds."""
    return "$" not in data and _PLAIN.issuperset(map(type, data.values()))


_DECODERS: dict[str, Any] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": lambda parts: Duration(*parts),
    "dict": lambda data: {name: decode(item) for name, item in data.items()},
}
