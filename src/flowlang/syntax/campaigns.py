"""The nodes of campaigns and automations, but for their steps, which are in `steps`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flowlang.syntax.declarations import Declaration, Line
from flowlang.syntax.expressions import Duration, Expression
from flowlang.syntax.past import EventRef
from flowlang.syntax.tree import Node, Token, node

# ruff: noqa: D101 - each class is the node of the grammar's rule of that name


class Setting(Line):
    """A line of a campaign that stands above its steps."""


@node("about")
class About(Setting):
    text: Token


@node("use_policy")
class UsePolicy(Setting):
    names: tuple[Token, ...]
    roles: ClassVar[Mapping[str, str]] = {"names": "policy"}


class ConditionSetting(Setting):
    where: Expression


@node("start_when")
class StartWhen(ConditionSetting):
    pass


@node("start_as_soon_as")
class StartAsSoonAs(ConditionSetting):
    pass


@node("stop_when")
class StopWhen(ConditionSetting):
    pass


@node("restart_when")
class RestartWhen(ConditionSetting):
    pass


class EventSetting(Setting):
    event: EventRef
    where: Expression | None


@node("start_on")
class StartOn(EventSetting):
    brings: ClassVar[str] = "event"


@node("stop_on")
class StopOn(EventSetting):
    pass


@node("restart_on")
class RestartOn(EventSetting):
    pass


@node("start_on_change")
class StartOnChange(Setting):
    field: Token


@node("newest_wins")
class NewestWins(Node):
    word: Token


@node("at_most_once")
class AtMostOnce(Node):
    per: Duration


@node("runs")
class Runs(Setting):
    mode: Token
    key: Expression | None
    tails: tuple[Node, ...]


@node("settle")
class Settle(Setting):
    duration: Duration


@node("include_existing")
class IncludeExisting(Setting):
    pass


@node("report_to")
class ReportTo(Setting):
    address: Token


@node("campaign", block="lines")
class Campaign(Declaration):
    name: Token
    lines: tuple[Node, ...] | None


@node("on_system")
class OnSystem(Setting):
    event: Token
    name: Token | None
    where: Expression | None
    roles: ClassVar[Mapping[str, str]] = {"name": "coupons or message"}
    brings: ClassVar[str] = "event"


@node("automation", block="lines")
class Automation(Declaration):
    name: Token
    lines: tuple[Node, ...] | None
