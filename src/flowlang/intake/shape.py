"""What all types of arrival share: who and when, names and ids, values by the declared fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from flowlang.check.names import MAX_NAME
from flowlang.intake.contact_row import checked_address
from flowlang.intake.problem import shown
from flowlang.intake.schema import EventSchema
from flowlang.kinds import BadValue, Fields, composed, read, read_row
from flowlang.source import did_you_mean
from flowlang.speech import Retold, tr, why


def _name_text(raw: object) -> object:
    return composed(raw) if isinstance(raw, str) else raw


def _id_text(raw: object) -> object:
    """Programs that count their contacts send the id as a number.  Blanks around one are none of
    it, as in a file of contacts.
    """
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    return composed(raw).strip() or raw if isinstance(raw, str) else raw


Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME), BeforeValidator(_name_text)]
Id = Annotated[str, Field(min_length=1, max_length=MAX_NAME), BeforeValidator(_id_text)]
Values = dict[str, Any]


class Shape(BaseModel):
    """What every arrival has."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    needs_contact: ClassVar[bool] = True

    type: str
    at: Any = None
    id: Id | None = None
    contact: Id | None = None

    def asks_contact(self, known: EventSchema) -> bool:
        """Whether this arrival must say whom it is about."""
        return self.needs_contact

    def meaning(self, known: EventSchema, zone: ZoneInfo) -> Values:
        """The keys of this type, in typed values.  Raises BadValue."""
        return {}


def check_known(word: str, names: Collection[str], what: str) -> None:
    """Raises BadValue for a name that is not declared."""
    if word not in names:
        thing = _THING(what)
        hint = did_you_mean(word, sorted(names), thing)
        raise BadValue(
            tr("there is no {what} `{text}` ({hint})", what=thing, text=shown(word), hint=hint)
        )


_THING = Retold(
    "field", "event", "coupon list", "message", "automation", "channel", "group", "record",
)  # fmt: skip


def typed_row(raw: Values, fields: Fields, zone: ZoneInfo) -> Values:
    """Values by the names of their fields, typed.  Raises BadValue."""
    named: Values = {}
    for given, value in raw.items():
        name = composed(given)
        check_known(name, fields, "field")
        if name in named:
            raise BadValue(tr("`{text}` is given twice", text=shown(given)))
        named[name] = value
    return read_row(named, fields, zone)


def typed_value(name: str, raw: Any, fields: Mapping[str, Any], zone: ZoneInfo) -> Any:
    """The typed value of a field.  Raises BadValue."""
    try:
        return checked_address(read(raw, fields[name], zone), fields[name])
    except BadValue as bad:
        raise BadValue(tr("`{name}`: {why}", name=name, why=why(bad))) from None
