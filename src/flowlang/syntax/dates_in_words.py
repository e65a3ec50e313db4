"""Dates as people say them: `3. März 2027`, `March 3, 2027`, `3rd of March`."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from flowlang.syntax import keywords

_DAY = r"(?P<day>\d{1,2})"
_MONTH = r"(?P<month>[^\W\d]{3,})\.?"
_YEAR = r"(?:,?[ \t]*(?P<year>\d{4})(?![\d-]))?"
_FORMS = (
    re.compile(
        rf"(?P<short>{_DAY}(?:\.|st|nd|rd|th)?[ \t]*(?:of[ \t]+)?{_MONTH}){_YEAR}", re.IGNORECASE
    ),
    re.compile(
        rf"(?P<short>{_MONTH}[ \t]+{_DAY}(?:\.|st|nd|rd|th)?)(?![\w:]){_YEAR}", re.IGNORECASE
    ),
)


class Said(NamedTuple):
    """A date in words."""

    end: int
    """Where it ends in the text."""
    date: str
    """As flow writes it; empty where it does not say its year."""


def said_at(text: str, start: int) -> Said | None:
    """The date in words that begins at a place, in the months of any language of flow."""
    for form in _FORMS:
        found = form.match(text, start)
        month = _months().get(found["month"].casefold()) if found is not None else None
        if found is not None and month is not None:
            year = found["year"]
            date = f"{year}-{month:02}-{int(found['day']):02}" if year else ""
            return Said(found.end("year" if year else "short"), date)
    return None


@cache
def _months() -> dict[str, int]:
    """The number of each month by its names, long and short."""
    from babel import Locale, UnknownLocaleError  # for those who write a date in words only

    found: dict[str, int] = {}
    for language in keywords.languages():
        try:
            months = Locale(language).months["format"]
        except UnknownLocaleError:
            continue
        for width in ("wide", "abbreviated"):
            names = months[width].items()
            found |= {name.casefold().rstrip("."): number for number, name in names}
    return found
