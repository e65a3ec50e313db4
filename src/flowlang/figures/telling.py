"""A report's table for people: its heads and its fixed words in their language.

Names, addresses and texts stay; so does all of it where a program reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flowlang.engine import retelling
from flowlang.speech import Retold, tr
from flowlang.tables.table import Column, Row, Spelt

_HEAD = Retold(
    "campaign", "started", "finished", "waiting", "halted", "waiting for restart", "stopped",
    "measured", "list", "imported", "used", "free", "text instead", "at", "contact", "round",
    "step", "line", "what", "because", "message", "sent", "queued", "unknown", "failed",
    "skipped", "bounced", "opened", "clicked", "complained", "unsubscribed", "bounced %",
    "opened %", "clicked %", "complained %", "unsubscribed %", "skipped because", "type", "name",
    "by", "status", "of", "done", "who", "since", "ended", "channel", "address", "outcome",
    "reason", "codes", "returned",
)  # fmt: skip
_NUMBER = tr("number of a process")
_OUTCOME = Retold("sent", "queued", "failed", "unknown", "taken back", "skipped")


def head(column: Column, report: str) -> str:
    """What stands above a column; those of contacts are names that an import looks for."""
    if report == "contacts":
        return column.name
    return _NUMBER if column.name == "number" else _HEAD(column.name)


def row(report: str, columns: Sequence[Column], language: str) -> Callable[[Row], Row]:
    """What says a row of a report in a language."""
    places = {column.name: place for place, column in enumerate(columns)}
    says = {places[name]: say for name, say in _SAYS.get(report, {}).items() if name in places}

    def told(found: Row) -> Row:
        return [
            says[place](value, found, places, language) if place in says and value else value
            for place, value in enumerate(found)
        ]

    return told


def _process(value: Any, found: Row, places: dict[str, int], language: str) -> Any:
    return retelling.process(value, language)


def _campaign(value: Any, found: Row, places: dict[str, int], language: str) -> Any:
    return retelling.whose(value)


def _what(value: Any, found: Row, places: dict[str, int], language: str) -> Any:
    return retelling.what(value, language)


def _because(value: Any, found: Row, places: dict[str, int], language: str) -> Any:
    return retelling.because(found[places["what"]], value, language)


def _outcome(value: Any, found: Row, places: dict[str, int], language: str) -> Any:
    return _OUTCOME(value)


def _reason(value: Any, found: Row, places: dict[str, int], language: str) -> Any:
    return retelling.letter(value, language)


def _skipped(value: Spelt, found: Row, places: dict[str, int], language: str) -> Any:
    counts = (f"{retelling.skipped(name, language)} {count}" for name, count in value.data.items())
    return Spelt(value.data, "; ".join(counts))


_Say = Callable[[Any, Row, dict[str, int], str], Any]
_SAYS: dict[str, dict[str, _Say]] = {
    "history": {"campaign": _campaign, "what": _what, "because": _because},
    "messages": {"skipped because": _skipped},
    "processes": {
        "type": _process, "status": _process, "because": _process, "skipped because": _skipped,
    },
    "sends": {"campaign": _campaign, "outcome": _outcome, "reason": _reason},
}  # fmt: skip
"""By report and column: what says a value of it, out of the row that it stands in."""
