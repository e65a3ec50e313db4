"""What a workspace declares: one set of names for all its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from flowlang.calendar import Duration
from flowlang.days import Days, Schedule, Window
from flowlang.kinds import BUILT_IN_FIELDS, DATETIME, NUMBER, TEXT, Fields, UnknownFields
from flowlang.source import Findings, Span

if TYPE_CHECKING:  # settings are read by these names before anything is parsed
    from flowlang.check.templates import Template
    from flowlang.syntax.campaigns import Automation, Campaign
    from flowlang.syntax.expressions import Expression
    from flowlang.syntax.tree import Token

DELIVERY_EVENTS: dict[str, Fields] = {
    "opened": {"at": DATETIME, "message": TEXT, "link": TEXT},
    "clicked": {"at": DATETIME, "message": TEXT, "link": TEXT},
    "bounced": {"at": DATETIME, "message": TEXT, "address": TEXT},
    "complained": {"at": DATETIME, "message": TEXT, "link": TEXT},
    "unsubscribed": {"at": DATETIME, "channel": TEXT},
}
"""What delivery reports about a contact."""

SYSTEM_EVENTS: dict[str, Fields] = {
    "import finished": {"source": TEXT, "taken": NUMBER, "left_out": NUMBER},
    "send finished": {"message": TEXT, "sent": NUMBER, "skipped": NUMBER, "failed": NUMBER},
    "send halted": {"message": TEXT, "waiting": NUMBER},
    "coupons low": {"list": TEXT, "left": NUMBER},
    "coupons empty": {"list": TEXT, "left": NUMBER},
    "process failed": {"type": TEXT, "because": TEXT},
}
"""What the system reports, and what a `where` may ask about it."""

MAX_NAME = 200
"""Characters in a name, here and in data.  Stores have names in their indexes, two or three in one,
and PostgreSQL's take 2,700 bytes.
"""

EmptyAction = Literal["halt", "skip", "show"]


STAND_IN_KEY = b"a stand-in where nothing leaves the machine, and no secret at all"
"""Signs links where no other key is given: in tests, `simulate` and `repl`."""


@dataclass(frozen=True, slots=True)
class Config:
    """What `flow.toml` says that the language needs to know."""

    language: str = "en"
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    seed: int = 0
    regime: Literal["opt-in", "opt-out"] = "opt-in"
    channels: dict[str, str] = field(default_factory=dict)
    """Channels of the workspace's own, each with the contact field that holds the address."""
    sender: str = ""
    reply_to: str = ""
    unsubscribe_url: str = ""
    missed: Literal["catch up", "skip"] = "catch up"
    link_key: bytes = field(default=STAND_IN_KEY, repr=False)
    """Signs the links in letters; for those that go out it comes from the environment or the store,
    never from flow.toml."""

    def address_field(self, channel: str) -> str | None:
        """The field that holds the address for a channel, None for an unknown channel."""
        if channel == "email":
            return "email"
        if channel == "sms":
            return "mobile"
        return self.channels.get(channel)


@dataclass(slots=True)
class Audience:
    """Whom a declared event concerns: contacts, each of their records, or contacts with records."""

    kind: Literal["contacts", "each", "with"]
    records: str
    where: Expression | None
    span: Span


@dataclass(slots=True)
class Event:
    """A declared event."""

    name: str
    fields: Fields
    span: Span
    schedules: list[tuple[Schedule, Span]] = field(default_factory=list)
    audience: Audience | None = None

    @property
    def outside(self) -> bool:
        """It comes from outside, not from a schedule."""
        return not self.schedules


@dataclass(slots=True)
class Coupons:
    """A coupon list."""

    name: str
    span: Span
    path: Path | None = None
    when_empty: EmptyAction = "halt"
    text: str = ""
    decided: bool = False
    """The file says what happens when it is empty."""
    warn_below: int = 0
    valid_for: Duration | None = None


@dataclass(slots=True)
class Part:
    """A template of a message with the place it stands at."""

    text: str
    span: Span
    token: Token | None
    html: bool = False
    path: Token | None = None
    """What names the file that it is, where it is one."""


@dataclass(slots=True)
class Variant:
    """Subject and body in one language ("" for the one that is shared)."""

    subject: Part | None = None
    body: Part | None = None


@dataclass(slots=True)
class Message:
    """A message, with its parts as text; `templates` makes them ready."""

    name: str
    span: Span
    kind: str = "marketing"
    channel: str = "email"
    variants: dict[str, Variant] = field(default_factory=dict)
    when_missing: EmptyAction | None = None
    missing_text: str = ""
    sender: str = ""
    reply_to: str = ""
    ready: dict[str, Template] = field(default_factory=dict)
    """By language, filled by the check of templates."""
    lists: frozenset[str] = frozenset()
    """The coupon lists that any of its templates may draw from."""


@dataclass(frozen=True, slots=True)
class SendWindow:
    """`send only between …`"""

    window: Window
    marketing_only: bool
    otherwise: Literal["wait", "skip"]
    text: str


@dataclass(frozen=True, slots=True)
class Cap:
    """`send at most …`"""

    amount: int
    per: Duration
    marketing_only: bool
    of_this_policy: bool
    in_all: bool
    otherwise: Literal["wait", "skip"]
    text: str


@dataclass(slots=True)
class Policy:
    """What several sends have to keep to."""

    name: str
    span: Span
    windows: list[SendWindow] = field(default_factory=list)
    caps: list[Cap] = field(default_factory=list)
    zone: ZoneInfo | None = None


@dataclass(slots=True)
class Segment:
    """A named condition."""

    name: str
    span: Span
    where: Expression | None
    compiled: Any = None
    checking: bool = False
    depth: int = 1
    """How many segments stand within each other, this one included."""


@dataclass(slots=True)
class Names:
    """All that the files of a workspace declare, by name."""

    config: Config
    findings: Findings
    fields: Fields = field(default_factory=lambda: dict(BUILT_IN_FIELDS))
    field_spans: dict[str, Span] = field(default_factory=dict)
    records: dict[str, Fields] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    segments: dict[str, Segment] = field(default_factory=dict)
    groups: dict[str, Span] = field(default_factory=dict)
    coupons: dict[str, Coupons] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    calendars: dict[str, Days] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    automations: dict[str, Automation] = field(default_factory=dict)
    spans: dict[tuple[str, str], Span] = field(default_factory=dict)
    """Where each name is declared, by what it is and the name."""

    @property
    def channels(self) -> list[str]:
        return ["email", "sms", *self.config.channels]

    def event_fields(self, name: str) -> Fields | None:
        """What `event.x` may be for an event, None for one that there is not."""
        event = self.events.get(name)
        if event is not None:
            return event.fields
        return DELIVERY_EVENTS.get(name)

    def fields_of_event(self, name: str) -> Fields:
        """What `event.x` may be for an event; anything for one that there is not."""
        fields = self.event_fields(name)
        return UnknownFields() if fields is None else fields
