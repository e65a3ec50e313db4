"""The closed list of what a step may ask of the world.

A step is pure: it reads the contact and the run, and asks through this protocol.  Who answers
decides what happens: the test runner, the simulation and the engine answer with different clocks,
stores and deliveries.  An effect on the contact shows at once: after `tag "a"`, `tagged "a"` holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from flowlang.check.comparing import Fn
    from flowlang.check.names import EmptyAction, Message, Policy
    from flowlang.check.templates import Template
    from flowlang.check.view import View
    from flowlang.contact import Contact, Run

STAY = -1
"""A step's answer: the run stands here until something happens."""
END = -2
"""A step's answer: the run is over."""
BEFORE_START = -3
"""Where `restart` leads in a picture: the contact waits for a trigger."""

Next = int
"""The step to go on with, STAY or END."""

SendOutcome = Literal["sent", "skipped", "waiting", "halted"]
CallOutcome = Literal["answered", "failed", "pending"]


class CallReply(NamedTuple):
    """What one try of a call came to."""

    outcome: Literal["answered", "failed"]
    answer: Any = None
    """What was answered, as JSON data."""
    why: str = ""
    """It has failed, in a few words."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a send says of itself, beside its message and whom it goes to."""

    when_empty: EmptyAction | None = None
    """What an empty coupon list does, instead of what the list says."""
    text: str = ""
    """Stands in for a code where `when_empty` is `show`."""
    policies: tuple[Policy, ...] = ()
    """They hold for this send, besides those of its campaign."""
    language: Fn | None = None
    """Which variant of the message; where this gives nothing, the contact's language decides."""


class Trigger(Protocol):
    """What just happened to the contact, as far as a waiting step may look at it."""

    @property
    def text(self) -> str: ...

    @property
    def event(self) -> str: ...

    @property
    def data(self) -> dict[str, Any]: ...

    @property
    def seq(self) -> int: ...


class Effects(Protocol):
    """What a running step can see and do."""

    contact: Contact
    run: Run
    now: datetime
    zone: ZoneInfo
    view: View

    # history
    def note(self, what: str, because: str = "") -> None: ...
    def note_why(self, what: str, why: Callable[[View], str]) -> None: ...

    # the contact
    def tag(self, name: str, until: datetime | None) -> None: ...
    def untag(self, name: str) -> None: ...
    def set_field(self, name: str, value: Any) -> None: ...
    def join(self, group: str) -> None: ...
    def leave(self, group: str) -> None: ...
    def add_record(self, name: str, row: dict[str, Any]) -> None: ...
    def change_records(
        self, name: str, change: dict[str, Any], holds: Callable[[dict[str, Any]], bool]
    ) -> None: ...
    def remove_records(self, name: str, holds: Callable[[dict[str, Any]], bool]) -> None: ...
    def happen(self, event: str, data: dict[str, Any]) -> None: ...
    def consent(self, channel: str, granted: bool) -> None: ...
    def block(self, blocked: bool) -> None: ...
    def delete(self) -> None: ...

    # the run
    def stand(self, due: datetime | None, **wait: Any) -> Next: ...
    def restart(self, tag: str | None) -> Next: ...
    def start_campaign(self, name: str) -> None: ...
    def stop_campaign(self, name: str) -> None: ...
    def measure(self, index: int) -> None: ...
    def share(self, step: str, for_good: bool) -> float: ...

    # the world
    def send(self, message: Message, terms: Terms) -> SendOutcome: ...
    def send_to(self, message: Message, address: str, terms: Terms) -> SendOutcome: ...
    def notify(self, who: str, text: Template) -> None: ...
    def call(self, url: str, values: dict[str, Any]) -> CallOutcome: ...
    def experiment(self, step: str, shares: tuple[float, ...], length: Any) -> int | None: ...
    def job(self, what: str, details: dict[str, Any], pc: int) -> Next: ...
