"""What the API answers and, in small bodies, takes: the shapes, for whoever reads OpenAPI."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from flowlang.engine.controls import Verb
from flowlang.engine.processes import ProcessStatus, ProcessType
from flowlang.intake.contact_row import MAX_ADDRESS
from flowlang.web.api.problems import MOST_FLAWS

LAST = 2**53 - 1
"""The largest number that every JSON reader has exactly."""
PAGE = 1_000

PLAIN = r"^[^\x00-\x1f\x7f]*$"
"""Text without what no store and no terminal can hold."""

ContactKey = Annotated[
    str,
    Path(
        min_length=1,
        max_length=MAX_ADDRESS,
        pattern=PLAIN,
        description="Its id, or its e-mail address.",
        examples=["c1"],
    ),
]
Limit = Annotated[int, Query(ge=1, le=PAGE, description="How many at most.")]
After = Annotated[
    int, Query(ge=0, le=LAST, description="Go on behind this number, as `next` gave it.")
]


class Problem(BaseModel):
    """What is wrong, by RFC 9457."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=['there is no contact "c9"'])


class EventResult(BaseModel):
    """What became of one event."""

    index: int = Field(description="Its place in the request, from 0.")
    line: int | None = Field(default=None, description="Its line in JSON Lines, from 1.")
    status: Literal["taken", "known", "refused"]
    reason: str | None = Field(default=None, description="Why it was refused.")


class EventsTaken(BaseModel):
    """What became of the events of a request."""

    taken: int
    known: int = Field(description="Their ids were seen before: they change nothing.")
    refused: int
    results: list[EventResult]


class Run(BaseModel):
    """Where a contact stands in a campaign."""

    model_config = ConfigDict(extra="allow")

    campaign: str
    status: str
    since: datetime | None = None
    until: datetime | None = None


class Sent(BaseModel):
    """A message that a contact got."""

    message: str
    at: datetime
    campaign: str


class Contact(BaseModel):
    """A contact, as `flow contacts show` has it."""

    id: str
    fields: dict[str, Any]
    tags: list[str]
    groups: list[str]
    consent: dict[str, bool]
    blocked: bool
    records: dict[str, list[dict[str, Any]]]
    campaigns: list[Run]
    messages: list[Sent]


class OneContact(Contact):
    """A contact, with what is to come."""

    waiting: bool = Field(description="More has arrived for it, which the engine has yet to apply.")


class Contacts(BaseModel):
    """A page of contacts."""

    contacts: list[Contact]
    next: int | None = Field(
        description="Give it as `after` for what follows; null where nothing does. A page may have"
        " fewer contacts than asked for, or none, and still have a `next`."
    )


_MORE = f"Beside those in the list, which has {MOST_FLAWS:,} at most."


class Flaw(BaseModel):
    """Something about a row of what was sent."""

    severity: Literal["error", "warning"]
    line: int = Field(description="Or its place in an array, from 1; 0 for all of it.")
    column: int | None
    name: str = Field(description="Of the column, the field or the key.")
    message: str
    left_out: bool = Field(description="The row was not taken because of this.")


class ContactsTaken(BaseModel):
    """What became of the rows of an import: `read` is `taken` and `left_out` together."""

    read: int
    taken: int
    new: int
    changed: int
    unchanged: int = Field(description="They say what is so already.")
    left_out: int
    problems: list[Flaw]
    more_problems: int = Field(description=_MORE)


class Decision(BaseModel):
    """One entry of a history."""

    at: datetime
    contact: str
    campaign: str
    round: int
    step: str
    line: int
    what: str
    because: str


class Deleted(BaseModel):
    """That a contact is deleted by the engine's next work."""

    contact: str
    status: Literal["taken"]


class History(BaseModel):
    """What was decided for a contact, in order."""

    contact: str
    entries: list[Decision]
    next: int | None


class Why(BaseModel):
    """Why something was decided, in lines for a person."""

    contact: str
    lines: list[str]
    waiting: bool


class Coupons(BaseModel):
    """How a coupon list stands."""

    list: str
    left: int
    used: int


class CouponLists(BaseModel):
    """All coupon lists."""

    coupons: list[Coupons]


class Halted(BaseModel):
    """A halted message that shows codes of a list."""

    message: str
    can_resume: bool
    because: str


class CodesTaken(BaseModel):
    """What became of the codes that were sent."""

    read: int
    new: int
    known: int
    duplicates: int = Field(description="They stood twice in the request.")
    left_out: int
    free: int = Field(description="In the list, now.")
    halted: list[Halted]
    problems: list[Flaw]
    more_problems: int = Field(description=_MORE)


class Process(BaseModel):
    """Something that takes long, as `flow process list` has it."""

    model_config = ConfigDict(extra="allow")

    number: int
    type: ProcessType
    name: str
    by: str
    status: ProcessStatus
    done: int
    skipped: int
    failed: int
    unknown: int = Field(description="Of those done: nobody can tell whether they went out.")
    of: int
    waiting: int
    held: int
    halted: int
    reasons: dict[str, int]
    because: str
    who: str
    since: datetime | None
    started: datetime | None
    ended: datetime | None


class Processes(BaseModel):
    """A page of processes, by number."""

    processes: list[Process]
    next: int | None


class Wish(BaseModel):
    """What goes with a wish."""

    model_config = ConfigDict(extra="forbid")

    because: str = Field(
        default="", max_length=1_000, pattern=PLAIN, description="Why, for those who ask."
    )


class Resumption(Wish):
    """What goes with the wish to resume."""

    skip_overdue: bool = Field(
        default=False, strict=True, description="Pass over what came due in the pause."
    )


class Asked(BaseModel):
    """What was asked for; the engine does it next."""

    number: int
    name: str
    asked: Verb
    already: bool = Field(description="It was asked for before.")
    going_on: int | None = Field(description="Of halted sends: how many contacts go on.")


class Notice(BaseModel):
    """Something a person is told."""

    number: int
    at: datetime
    who: str = Field(description="`inbox`, or an address.")
    text: str


class RefusedArrival(BaseModel):
    """Something that was taken and refused when its turn came."""

    number: int
    at: datetime
    contact: str | None
    type: str
    reason: str


class Inbox(BaseModel):
    """What the engine has to tell."""

    notices: list[Notice]
    refused: list[RefusedArrival]


class Live(BaseModel):
    """That the server answers."""

    live: bool


class Health(BaseModel):
    """How the server is."""

    live: bool
    ready: bool = Field(description="The store can be used.")
