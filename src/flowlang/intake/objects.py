"""From text to JSON objects: one a line, or one array of them, each with its line.

What could not be kept safely further on is refused here: objects that are too large or too deep,
numbers without bound, and characters that no store can hold.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from math import isfinite
from typing import Any, NamedTuple, NoReturn

from flowlang.intake.problem import shown
from flowlang.speech import Retold, tr, why

MAX_OBJECT = 256 * 1024
"""Characters in one object."""
MAX_NESTING = 32
"""Objects and lists inside each other, the outermost counted."""
_MAX_DIGITS = 40
_JSON = Retold(
    "Expecting value", "Expecting property name enclosed in double quotes",
    "Expecting ':' delimiter", "Expecting ',' delimiter", "Unterminated string starting at",
    "Invalid control character at", "Invalid \\escape", "Invalid \\uXXXX escape", "Extra data",
)  # fmt: skip
"""What `json` says of a text that is none."""


class Parsed(NamedTuple):
    """What stands in one line (or at one place of an array): an object, or why there is none."""

    line: int
    value: dict[str, Any] | None
    message: str = ""


class Ambiguous(dict[str, Any]):
    """An object in which a key is there twice: what it says, each reader takes as it likes."""

    __slots__ = ("key",)
    key: str


def objects(text: str) -> Iterator[Parsed]:
    """The objects of a text in order; blank lines are passed over.  `text` has LF line ends."""
    if text.lstrip().startswith("["):
        yield from _array(text)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line and not line.isspace():
            yield parse_object(line, number)


def flaw(value: object) -> str:
    """Why JSON data is refused whatever it means, as a sentence; empty where nothing is wrong."""
    if type(value) is dict and _is_plain(value):
        return ""
    size = 0
    waiting: list[tuple[object, int]] = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        size += 1
        if isinstance(item, str):
            size += len(item)
        elif isinstance(item, Ambiguous):
            return tr("the key `{text}` is there twice", text=shown(item.key))
        elif isinstance(item, (dict, list, tuple)):
            if depth > MAX_NESTING:
                return tr("it is nested deeper than {most} levels", most=MAX_NESTING)
            waiting += [(inner, depth + 1) for inner in item]
            if isinstance(item, dict):
                waiting += [(inner, depth + 1) for inner in item.values()]
        if wrong := _leaf_flaw(item):
            return wrong
        if size > MAX_OBJECT:
            return tr("it is larger than {size} KB", size=MAX_OBJECT // 1024)
    return ""


def _is_plain(value: dict[str, object]) -> bool:
    """Whether an object is so simple that nothing can be wrong with it: some printable texts.

    A character that is not printable may be half of one, or NUL.
    """
    size = 0
    for name, item in value.items():
        if type(item) is not str or type(name) is not str:
            return False
        if not (item.isprintable() and name.isprintable()):
            return False
        size += len(item) + len(name) + 2
    return size < MAX_OBJECT


def _leaf_flaw(item: object) -> str:
    if isinstance(item, str):
        if not item.isascii() and any("\ud800" <= letter <= "\udfff" for letter in item):
            return tr("it holds half a character (a lone surrogate)")
        return tr("it holds a NUL character") if "\x00" in item else ""
    if isinstance(item, int):
        bound = 10**_MAX_DIGITS
        return (
            ""
            if -bound < item < bound
            else tr("it holds a number of over {most} digits", most=_MAX_DIGITS)
        )
    if isinstance(item, float):
        return "" if isfinite(item) else tr("it holds a number that is not finite")
    if item is None or isinstance(item, (dict, list, tuple)):
        return ""
    return tr("it holds {name}, which JSON does not have", name=type(item).__name__)


def parse_object(text: str, line: int = 1) -> Parsed:
    """The one object of a text, which stands in a line."""
    if len(text) > MAX_OBJECT:
        return Parsed(line, None, tr("it is larger than {size} KB", size=MAX_OBJECT // 1024))
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as bad:
        return Parsed(
            line,
            None,
            tr(
                "this is no JSON object: {what} at character {column}",
                what=_JSON(bad.msg),
                column=bad.colno,
            ),
        )
    except RecursionError:
        return Parsed(line, None, tr("it is nested deeper than {most} levels", most=MAX_NESTING))
    except ValueError as bad:
        return Parsed(line, None, tr("this is no JSON object: {why}", why=why(bad)))
    return judged(value, line)


def whole(text: str) -> object:
    """What a JSON text says as a whole; `flaw` says what is wrong with it beyond its syntax.

    Raises ValueError, with a sentence.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as bad:
        where = tr("line {line}, character {column}", line=bad.lineno, column=bad.colno)
        raise ValueError(
            tr("this is no JSON: {what} at {where}", what=_JSON(bad.msg), where=where)
        ) from None
    except RecursionError:
        raise ValueError(tr("it is nested deeper than {most} levels", most=MAX_NESTING)) from None
    except ValueError as bad:
        raise ValueError(tr("this is no JSON: {why}", why=why(bad))) from None


def judged(value: object, line: int) -> Parsed:
    """What JSON data in a line, or at a place of an array, is."""
    if not isinstance(value, dict):
        return Parsed(line, None, tr("expected an object in {{ }}, one a line"))
    wrong = flaw(value)
    return Parsed(line, None if wrong else value, wrong)


def _array(text: str) -> Iterator[Parsed]:
    at = _skip(text, text.index("[") + 1)
    line, counted = 1, 0
    while True:
        line += text.count("\n", counted, at)
        counted = at
        if text.startswith("]", at):
            if text[at + 1 :].strip():
                yield Parsed(line, None, tr("something follows the end of the list"))
            return
        try:
            value, end = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError as bad:
            rest = tr("nothing from here on was read")
            yield Parsed(
                bad.lineno,
                None,
                tr("this is no JSON: {what}; {rest}", what=_JSON(bad.msg), rest=rest),
            )
            return
        except (ValueError, RecursionError):
            yield Parsed(line, None, tr("this JSON cannot be read; nothing from here on was read"))
            return
        if end - at > MAX_OBJECT:
            yield Parsed(line, None, tr("it is larger than {size} KB", size=MAX_OBJECT // 1024))
        else:
            yield judged(value, line)
        at = _skip(text, end)
        if text.startswith(",", at):
            at = _skip(text, at + 1)
        elif not text.startswith("]", at):
            line += text.count("\n", counted, at)
            message = tr("a comma or ] is missing; nothing from here on was read")
            yield Parsed(line, None, message)
            return


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\n":
        at += 1
    return at


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(tr("{name} is no number in JSON", name=name))


def _bounded_int(digits: str) -> int:
    if len(digits) > _MAX_DIGITS + 1:
        raise ValueError(tr("a number has more than {most} digits", most=_MAX_DIGITS))
    return int(digits)


def _from_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    twice = Ambiguous(found)
    twice.key = Counter(key for key, _ in pairs).most_common(1)[0][0]
    return twice


_DECODER = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_int=_bounded_int, object_pairs_hook=_from_pairs
)
