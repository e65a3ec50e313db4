"""One contact as outside data gives it: raw values by name in, typed values or a reason out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flowlang.calendar import zone as zone_named
from flowlang.check.names import MAX_NAME
from flowlang.contact import usable_address
from flowlang.intake.cells import CONTROL, consent, names
from flowlang.intake.problem import shown
from flowlang.intake.schema import ContactSchema
from flowlang.intake.table import MAX_CELL, heading
from flowlang.kinds import YES_NO, BadValue, Kind, read, read_row
from flowlang.source import did_you_mean
from flowlang.speech import tr, why

PARTS = ("tags", "groups", "consent", "blocked")
"""What a contact has beside its fields and records; a declared field of that name comes first."""

MAX_ADDRESS = 254
"""Bytes of an e-mail address: a path has 256 with its brackets (RFC 5321, 4.5.3.1.3)."""

_ALIASES = {"e-mail": "email", "mail": "email"}
"""Headers of German exports.  Others, such as `Vorname`, are not guessed."""


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact that was read: only what the data gives, an empty value as None."""

    line: int
    id: str | None
    fields: dict[str, Any]
    """Typed values of all given fields but `id`."""
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    consent: dict[str, bool] = field(default_factory=dict)
    """By channel: True where marketing was granted, False where it was refused."""
    blocked: bool | None = None
    """None where the data does not say."""
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def email(self) -> str:
        """The address without its [NO MAILING] mark, in lower case; empty where there is none."""
        return usable_address(self.fields.get("email"))[0].lower()

    def key(self) -> str:
        """What the contact is known by: its id, else its e-mail address; never empty."""
        return self.id or self.email


class Note(NamedTuple):
    """Something about one named value of a row: why it is refused, or what is odd about it."""

    name: str
    message: str


class RefusedRow(ValueError):
    """A row that cannot be taken; `note` says which value and why."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.note = Note(name, message)


class ContactReader:
    """Reads contacts by one schema.  A datetime without an offset is in `zone`."""

    def __init__(self, schema: ContactSchema, zone: ZoneInfo) -> None:
        self._schema = schema
        self._zone = zone
        self._zones: dict[str, bool] = {}
        self._names = {heading(name): name for name in (*PARTS, *schema.records, *schema.fields)}
        self._parts: dict[str, Callable[[object], object]] = {
            "tags": names,
            "groups": names,
            "consent": lambda raw: consent(raw, schema.channels),
            "blocked": lambda raw: read(raw, YES_NO, zone),
        }

    def name_of(self, given: str) -> str | None:
        """The field, part or record that a given name means, without case; None if none."""
        return self._names.get(heading(given))

    def alias_of(self, given: str) -> str | None:
        """The name that the header of an export means by another word, where it can be no other."""
        return _ALIASES.get(heading(given))

    def known(self, given: str) -> str:
        """A hint for a given name that means nothing."""
        return did_you_mean(given.strip(), list(self._names.values()), "field")

    @property
    def headings(self) -> frozenset[str]:
        """All names that a header may hold, as `table.heading` gives them."""
        return frozenset((*self._names, *_ALIASES))

    def is_record(self, name: str) -> bool:
        """Whether a known name is a record's, which no cell of a table can hold."""
        return name in self._schema.records and name not in self._schema.fields

    def read(self, line: int, raw: Mapping[str, object]) -> tuple[ContactRow, list[Note]]:
        """The contact in raw values by known names, and what is odd about it all the same.

        Raises RefusedRow where a value is not of its kind or the contact has neither id nor e-mail.
        """
        fields: dict[str, Any] = {}
        parts: dict[str, Any] = {}
        records: dict[str, list[dict[str, Any]]] = {}
        kinds, zone = self._schema.fields, self._zone
        name = ""
        try:
            for name, value in raw.items():
                if isinstance(value, str):
                    _check_text(value)
                kind = kinds.get(name)
                if kind is not None:
                    fields[name] = checked_address(read(value, kind, zone), kind)
                elif name in self._parts:
                    parts[name] = self._parts[name](value)
                else:
                    records[name] = self._records(name, value)
        except BadValue as bad:
            raise RefusedRow(name, why(bad)) from None
        odd = self._left_away(parts)
        row = ContactRow(line, _id(fields.pop("id", None)), fields, records=records, **parts)
        if not row.key():
            raise RefusedRow("", tr("there is neither an id nor an e-mail address"))
        if len(row.key()) > MAX_NAME:
            message = tr(
                "an address of more than {most} characters needs an id beside it", most=MAX_NAME
            )
            raise RefusedRow("email", message)
        return row, self._oddities(row) + odd

    def _left_away(self, parts: dict[str, Any]) -> list[Note]:
        """Takes groups out that are not declared: once one is declared, no other can be joined."""
        given, declared = parts.get("groups"), self._schema.groups
        if not given or not declared:
            return []
        parts["groups"] = tuple(group for group in given if group in declared)
        odd = []
        for group in given:
            if group not in declared:
                hint = did_you_mean(group, sorted(declared), "group")
                message = tr(
                    'no group "{text}" is declared; it is left away ({hint})',
                    text=shown(group),
                    hint=hint,
                )
                odd.append(Note("groups", message))
        return odd

    def _records(self, name: str, value: object) -> list[dict[str, Any]]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise BadValue(tr("expected a list of records"))
        return [read_row(row, self._schema.records[name], self._zone) for row in value]

    def _oddities(self, row: ContactRow) -> list[Note]:
        odd = []
        email = row.fields.get("email")
        if email and usable_address(email)[1]:
            odd.append(Note("email", tr("marked [NO MAILING]: never used for marketing")))
        zone = row.fields.get("timezone")
        if zone and not self._is_zone(zone):
            odd.append(
                Note(
                    "timezone",
                    tr(
                        'there is no time zone "{text}"; the workspace\'s is used', text=shown(zone)
                    ),
                )
            )
        return odd

    def _is_zone(self, name: str) -> bool:
        if name not in self._zones:
            self._zones[name] = zone_named(name) is not None
        return self._zones[name]


def _check_text(cell: str) -> None:
    if len(cell) > MAX_CELL:
        raise BadValue(tr("the cell is longer than {most:,} characters", most=MAX_CELL))
    if "\x00" in cell:
        raise BadValue(tr("it holds a NUL character"))


def checked_address(value: Any, kind: Kind) -> Any:
    """A value of a kind.  Raises BadValue for an e-mail address that no server would take."""
    if value and kind.name == "email" and len(usable_address(value)[0].encode()) > MAX_ADDRESS:
        raise BadValue(tr("an e-mail address has {most} bytes at most", most=MAX_ADDRESS))
    return value


def _id(raw: object) -> str | None:
    text = str(raw).strip() if raw is not None else ""
    if len(text) > MAX_NAME:
        raise RefusedRow("id", tr("the id is longer than {most} characters", most=MAX_NAME))
    if CONTROL.search(text):
        raise RefusedRow("id", tr("the id holds control characters"))
    return text or None
