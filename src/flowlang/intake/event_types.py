"""The types of arrival: for each one its keys, and what they say in typed values.

The models hold the shape; names and values are judged by the workspace's own declarations in
`meaning`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field

from flowlang.intake.cells import names
from flowlang.intake.contact_row import ContactReader, RefusedRow
from flowlang.intake.coupons import read_code
from flowlang.intake.problem import shown
from flowlang.intake.schema import EventSchema
from flowlang.intake.shape import Id, Name, Shape, Values, check_known, typed_row, typed_value
from flowlang.kinds import BadValue
from flowlang.speech import tr, why


class OfTag(Shape):
    """`tag`, `untag`: gives or takes a tag."""

    tag: Name

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        return {"tag": self.tag}


class OfField(Shape):
    """`clear`: empties a field."""

    field: Name

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        check_known(self.field, known.fields, "field")
        if self.field == "id":
            raise BadValue(tr("the id of a contact cannot be changed"))
        return {"field": self.field}


class Set(OfField):
    """`set`: gives a field a value."""

    value: Any

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        data = super().meaning(known, zone)
        data["value"] = typed_value(self.field, self.value, known.fields, zone)
        return data


class Event(Shape):
    """`event`: one of the declared events happens."""

    name: Name
    data: Values = Field(default_factory=dict)

    def asks_contact(self, known: EventSchema) -> bool:
        return self.name not in known.without_contact

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        check_known(self.name, known.events, "event")
        return {"name": self.name, "data": typed_row(self.data, known.events[self.name], zone)}


class ImportCoupons(Shape):
    """`import coupons`: adds codes to a list."""

    needs_contact = False

    list_name: Name = Field(alias="list")
    codes: list[str] = Field(min_length=1)

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        check_known(self.list_name, known.coupons, "coupon list")
        return {"list": self.list_name, "codes": tuple(dict.fromkeys(self._codes()))}

    def _codes(self) -> Iterator[str]:
        for number, code in enumerate(self.codes, start=1):
            try:
                yield read_code(code)
            except BadValue as bad:
                raise BadValue(
                    tr("`{name}`: {why}", name=f"codes.{number}", why=why(bad))
                ) from None


class Resume(Shape):
    """`resume`: goes on with a halted send."""

    needs_contact = False

    message: Name

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        check_known(self.message, known.messages, "message")
        return {"message": self.message}


class RunAutomation(Shape):
    """`run automation`: runs one by hand."""

    needs_contact = False

    automation: Name

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        check_known(self.automation, known.automations, "automation")
        return {"automation": self.automation}


class OfConsent(Shape):
    """`grant`, `withdraw`: changes the consent to marketing on a channel."""

    channel: Name

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        check_known(self.channel, known.channels, "channel")
        return {"channel": self.channel}


class OfGroup(Shape):
    """`join`, `leave`: changes the membership in a group."""

    group: Name

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        if known.groups:
            check_known(self.group, known.groups, "group")
        return {"group": self.group}


class OfContact(Shape):
    """`block`, `unblock`, `delete`: about the contact itself."""


class Merge(Shape):
    """`merge`: the contact turns out to be another one, and becomes part of it."""

    into: Id

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        if self.into == self.contact:
            raise BadValue(tr("a contact cannot be merged into itself"))
        return {"into": self.into}


class Contact(Shape):
    """`contact`: makes a contact or updates one.

    Fields stand in `fields` or beside it; `tags`, `groups`, `consent`, `blocked` and records as
    in a file of contacts.
    """

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    fields: Values = Field(default_factory=dict)
    records: Values = Field(default_factory=dict)

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        reader = ContactReader(known, zone)
        raw: Values = {"id": self.contact}
        for given, value in [*self.fields.items(), *self.records.items(), *self._others()]:
            name = reader.name_of(given)
            if name is None:
                raise BadValue(
                    tr(
                        "there is no field `{text}` ({known})",
                        text=shown(given),
                        known=reader.known(given),
                    )
                )
            if name in raw:
                raise BadValue(tr("`{text}` is given twice", text=shown(given)))
            raw[name] = value
        try:
            row, _ = reader.read(0, raw)
        except RefusedRow as refused:
            name, message = refused.note
            raise BadValue(
                tr("`{name}`: {message}", name=name, message=message) if name else message
            ) from None
        if known.groups and "groups" not in known.fields:
            for group in names(raw.get("groups")):  # refused as by `join`, not left away
                check_known(group, known.groups, "group")
        return {
            "fields": row.fields,
            "tags": row.tags,
            "groups": row.groups,
            "consent": row.consent,
            "blocked": row.blocked,
            "records": row.records,
        }

    def _others(self) -> list[tuple[str, Any]]:
        return list((self.model_extra or {}).items())


class Record(Shape):
    """`record`: adds a record, sets values in those that match, or removes those that match."""

    record: Name
    do: Literal["add", "set", "remove"]
    values: Values | None = None
    where: Values | None = None
    """Field and value pairs that must all be so; `{}` means every record."""

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        check_known(self.record, known.records, "record")
        fields = known.records[self.record]
        for key, asked in (("values", self.do != "remove"), ("where", self.do != "add")):
            given = getattr(self, key) is not None
            if asked and not given:
                raise BadValue(tr("`{name}` is missing: `{do}` needs it", name=key, do=self.do))
            if given and not asked:
                raise BadValue(tr("`{name}` does not belong to `{do}`", name=key, do=self.do))
        return {
            "record": self.record,
            "do": self.do,
            "values": typed_row(self.values or {}, fields, zone),
            "where": typed_row(self.where or {}, fields, zone),
        }


class Opened(Shape):
    """`opened`: the contact opened a message."""

    message: Name

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        check_known(self.message, known.messages, "message")
        return {"message": self.message}


class Clicked(Opened):
    """`clicked`: the contact clicked a link in a message."""

    link: str | None = None

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        return {**super().meaning(known, zone), "link": self.link}


class Returned(Shape):
    """`bounced`, `complained`, `unsubscribed`: what came back from a delivery."""

    message: Name | None = None
    channel: Name = "email"
    address: Name | None = None
    """The address it came from, where that may no longer be the contact's own."""

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        if self.message is not None:
            check_known(self.message, known.messages, "message")
        check_known(self.channel, known.channels, "channel")
        return {"message": self.message, "channel": self.channel, "address": self.address}


SHAPES: dict[str, type[Shape]] = {
    "tag": OfTag,
    "untag": OfTag,
    "set": Set,
    "clear": OfField,
    "event": Event,
    "import coupons": ImportCoupons,
    "resume": Resume,
    "run automation": RunAutomation,
    "grant": OfConsent,
    "withdraw": OfConsent,
    "join": OfGroup,
    "leave": OfGroup,
    "block": OfContact,
    "unblock": OfContact,
    "delete": OfContact,
    "merge": Merge,
    "contact": Contact,
    "record": Record,
    "opened": Opened,
    "clicked": Clicked,
    "bounced": Returned,
    "complained": Returned,
    "unsubscribed": Returned,
}
"""The shape of each type."""
