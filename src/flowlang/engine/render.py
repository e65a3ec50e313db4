"""Renders messages: what was checked beforehand, now with a contact's values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flowlang import calendar, links
from flowlang.calendar import Duration
from flowlang.check import templates
from flowlang.check.names import Message
from flowlang.check.templates import Template
from flowlang.contact import Contact
from flowlang.program.program import Program

if TYPE_CHECKING:
    from flowlang.engine.run_effects import RunEffects


class Unrenderable(Exception):
    """A template cannot be filled in with these values; the message says why, in one line."""


@dataclass(slots=True)
class Rendered:
    """A message with values put in."""

    subject: str = ""
    text: str = ""
    html: str = ""
    missing: str = ""
    """The first value that was missing, "" where none was."""
    lists: frozenset[str] = frozenset()
    """The coupon lists whose codes it shows."""


@dataclass(slots=True)
class _Notes:
    """What a rendering leaves behind."""

    missing: list[str] = field(default_factory=list)
    lists: set[str] = field(default_factory=set)
    stand_in: str = ""
    language: str = "en"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))


class Renderer:
    """Compiles each template once; one renderer serves one thread."""

    def __init__(self, program: Program) -> None:
        self.config = program.config
        self.coupons = program.names.coupons
        self.notes = _Notes()
        self._compiled: dict[tuple[str, bool], Any] = {}
        self._environments: dict[bool, Any] = {}
        self._absent = _missing(self.notes)

    def render(
        self,
        message: Message,
        template: Template,
        do: RunEffects,
        codes: dict[str, str],
        language: str,
    ) -> Rendered:
        """Subject and body of a message for the run's contact, showing these codes.

        Raises Unrenderable.
        """
        self._begin(do, message.missing_text if message.when_missing == "show" else "", language)
        values = self._values(do, codes, template, message.channel, message.name)
        subject = body = ""
        try:
            subject = " ".join(self._fill(template.subject, values, html=False).split())
            body = self._fill(template.body, values, html=template.html)
        except Unrenderable:
            if message.when_missing == "show" or not self.notes.missing:
                raise
        missing = "" if message.when_missing == "show" else next(iter(self.notes.missing), "")
        text, html = ("", body) if template.html else (body, "")
        return Rendered(subject, text, html, missing, frozenset(self.notes.lists))

    def text(self, template: Template, do: RunEffects) -> str:
        """A text of a step, such as that of `notify`."""
        if template.plain:
            return template.body
        language = str(do.contact.fields.get("language") or self.config.language)
        self._begin(do, "", language)
        try:
            return self._fill(template.body, self._values(do, {}, template), html=False)
        except Unrenderable as failure:  # who is to be told is told all the same
            return f"{template.body} ({failure})"

    def unsubscribe_link(self, contact: Contact, channel: str, message: str) -> str:
        """The contact's own link to unsubscribe from a channel, as it stands in a message."""
        return self._link(links.Unsubscribe(contact.id, channel, message))

    def _link(self, link: links.Link) -> str:
        return links.url(self.config.unsubscribe_url, self.config.link_key, link)

    def _begin(self, do: RunEffects, show: str, language: str) -> None:
        """Nothing is noted yet of the text that comes; `show` stands in for what is missing."""
        self.notes.missing.clear()
        self.notes.lists.clear()
        self.notes.stand_in = show
        self.notes.language = language
        self.notes.zone = do.zone

    def _fill(self, text: str, values: dict[str, Any], *, html: bool) -> str:
        if "{" not in text:
            return text
        found = self._compiled.get((text, html))
        if found is None:
            found = self._compiled[text, html] = self._environment(html=html).from_string(text)
        try:
            return str(found.render(values))
        except Exception as failure:  # noqa: BLE001 - whatever a filter says of a value it cannot use
            raise Unrenderable(_in_a_line(failure)) from None

    def _values(
        self,
        do: RunEffects,
        codes: dict[str, str],
        template: Template,
        channel: str = "email",
        message: str = "",
    ) -> dict[str, Any]:
        """What a template may name."""
        if template.plain:
            return {}
        contact, run, notes = do.contact, do.run, self.notes
        values: dict[str, Any] = {
            name: value for name, value in contact.fields.items() if value is not None
        }
        values.update(contact.records)
        values["id"] = contact.id
        values["contact"] = {**values}
        values["event"] = _known(do.view.event)
        values["reply"] = _known(run.reply or {})
        values["answer"] = run.answer if run.answer is not None else {}
        values["today"] = do.view.today
        values["now"] = do.now
        if _LINK in template.subject or _LINK in template.body:  # it is signed, which takes long
            values[_LINK] = self.unsubscribe_link(contact, channel, message)

        def coupon(name: str, again: bool = False) -> str:
            notes.lists.add(name)
            return codes.get(name, "")

        def coupon_expires(name: str) -> Any:
            valid = self.coupons[name].valid_for or Duration()
            given = contact.codes.get(name)
            if name in codes:
                begins = given[1] if given and given[0] == codes[name] else do.now
            elif given is not None:
                begins = given[1]
            else:
                return self._absent(name=f"coupon_expires('{name}')")
            return calendar.local_date(calendar.add(begins, valid, do.zone), do.zone)

        def last(event: str) -> dict[str, Any]:
            happened = contact.events.get(event)
            return _known(happened[-1].data) if happened else {}

        def count(event: str, days: int | None = None) -> int:
            happened = contact.events.get(event, ())
            if days is None:
                return len(happened)
            since = calendar.add(do.now, Duration(days=int(days)), do.zone, -1)
            return sum(1 for one in happened if one.at > since)

        def event_link(event: str) -> str:
            return self._link(links.EventLink(contact.id, event, message, int(do.now.timestamp())))

        values.update(
            coupon=coupon, coupon_expires=coupon_expires, last=last, count=count,
            event_link=event_link,
        )  # fmt: skip
        return values

    def _environment(self, *, html: bool) -> Any:
        found = self._environments.get(html)
        if found is None:
            found = self._environments[html] = templates.environment(html=html)
            found.undefined = self._absent
            found.finalize = self._show
            found.filters["date"] = self._date
            found.filters["money"] = self._money
        return found

    # -------------------------------------------------------------- how values look

    def _show(self, value: Any) -> Any:
        """How a value looks without a filter."""
        if isinstance(value, bool):
            return _YES_NO.get(self.notes.language[:2], _YES_NO["en"])[value]
        if isinstance(value, (date, time)):
            return self._date(value)
        if isinstance(value, Duration):
            return value.words()
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value

    def _date(self, value: Any, pattern: str = "medium") -> Any:
        """A date or moment in the manner of the contact's language, or by a pattern."""
        from babel.dates import format_date, format_datetime, format_time

        language = _locale(self.notes.language)
        if isinstance(value, datetime):
            try:
                here = calendar.local(value, self.notes.zone)
            except OverflowError:  # at the first or the last day that there is
                here = value
            if pattern in ("short", "medium", "long", "full"):
                return format_date(here.date(), pattern, locale=language)
            return format_datetime(here, pattern, tzinfo=self.notes.zone, locale=language)
        if isinstance(value, date):
            return format_date(value, pattern, locale=language)
        if isinstance(value, time):
            return format_time(value, "short" if pattern == "medium" else pattern, locale=language)
        return value

    def _money(self, value: Any, currency: str = "EUR") -> Any:
        from babel.numbers import format_currency

        if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _RICH:
            return format_currency(value, currency, locale=_locale(self.notes.language))
        return value


_LINK = "unsubscribe_link"
_RICH = 10**20
"""An amount of money has no more digits; a larger number is shown as a number."""
_LONGEST = 200
"""Characters of what is told of a template that fails."""
_YES_NO = {"en": ("no", "yes"), "de": ("nein", "ja")}


def _known(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}


def _in_a_line(failure: Exception) -> str:
    """What went wrong, for a history: one short line."""
    words = " ".join(str(failure).split()) or type(failure).__name__
    return words[:_LONGEST]


def _locale(language: str) -> Any:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _missing(notes: _Notes) -> Any:
    """The type of a missing value in a template: it notes that it was asked for."""
    from jinja2 import ChainableUndefined

    class Missing(ChainableUndefined):
        def __str__(self) -> str:
            notes.missing.append(str(self._undefined_name or "a value"))
            return notes.stand_in

        def __html__(self) -> str:
            return str(self)

        def __iter__(self) -> Any:
            return iter(())

        def __len__(self) -> int:
            return 0

        def __bool__(self) -> bool:
            return False

        def _still(self, *others: object) -> Missing:
            """What is reckoned with something missing is missing, too."""
            return self

        def _no(self, other: object) -> bool:
            """It compares as in conditions."""
            return False

        def _nothing(self) -> Any:
            notes.missing.append(str(self._undefined_name or "a value"))
            raise ValueError  # from which the filters `int` and `float` make a zero

        # Jinja's own raise, and are typed so.
        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _still  # type: ignore[assignment]
        __truediv__ = __rtruediv__ = __neg__ = __pos__ = __abs__ = __round__ = _still  # type: ignore[assignment]
        __lt__ = __le__ = __gt__ = __ge__ = _no  # type: ignore[assignment]
        __int__ = __float__ = _nothing

    return Missing
