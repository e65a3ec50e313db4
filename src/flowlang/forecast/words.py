"""What a picture says, in the language of its workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, and how it writes numbers and days."""

    locale: str
    title: str
    sends: str
    sends_weekly: str
    codes: str
    waiting: str
    waits: str
    halted: str
    nothing: str
    _others: str
    _summary: str
    _short: str
    """The pattern of a day at the edge of a panel."""

    def others(self, count: int) -> str:
        """The messages that have no colour of their own."""
        return self._others.format(count=count)

    def summary(self, sent: int, first: date, last: date) -> str:
        """What is sent from when to when."""
        days = self.full(first) if first == last else self.span(first, last)
        return self._summary.format(sent=self.number(sent), days=days)

    def number(self, amount: int) -> str:
        return str(format_decimal(amount, locale=self.locale))

    def full(self, day: date) -> str:
        """A day with its year."""
        return str(format_date(day, "long", locale=self.locale))

    def span(self, first: date, last: date) -> str:
        """A day with its day of the week, or the days from one to another."""
        if first == last:
            return str(format_date(first, "full", locale=self.locale))
        return f"{self.full(first)} – {self.full(last)}"

    def short(self, day: date) -> str:
        return str(format_date(day, self._short, locale=self.locale))

    def month(self, day: date) -> str:
        return str(format_date(day, "MMM yyyy", locale=self.locale))


WORDS = {
    "en": Words(
        "en_GB", "Forecast", "Messages sent per day", "Messages sent per week",
        "Coupon codes left at the end of the day", "Contacts waiting at the end of the day",
        "all who wait", "those of them who are halted", "nothing is sent", "{count} other messages",
        "{sent} sent, {days}", "d MMM",
    ),
    "de": Words(
        "de", "Vorschau", "Versandte Nachrichten je Tag", "Versandte Nachrichten je Woche",
        "Verbleibende Gutscheincodes am Ende des Tages", "Wartende Kontakte am Ende des Tages",
        "alle, die warten", "davon angehalten", "nichts wird versandt",
        "{count} weitere Nachrichten", "{sent} versandt, {days}", "d. MMM",
    ),
}  # fmt: skip


def words(language: str) -> Words:
    """Those of a language; English where there are none."""
    return WORDS.get(language, WORDS["en"])
