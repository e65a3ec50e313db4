"""A wait until a moment that has passed by then.

Behind `wait until 2026-12-24` comes `wait until 2026-12-20`: that is over before the contact gets
there, and the run goes on at once. Mostly a date was changed in one place and not in the other.
"""

from flowlang.program.program import Campaign
from flowlang.rules.lengths import stops_if_past
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import header, shown
from flowlang.source import Walk
from flowlang.speech import tr
from flowlang.steps.until import MISSED, PAST
from flowlang.steps.wait_until import WaitUntil
from flowlang.syntax import expressions as ex

RULE = Rule(__name__, "FL643", "warning", "{moment} has passed by then")

BAD = """\
campaign "Christmas"
  start when tagged "christmas"
  wait until 2026-12-24
  tag "christmas eve"
  wait until 2026-12-20
  tag "last orders"
"""
GOOD = """\
campaign "Christmas"
  start when tagged "christmas"
  wait until 2026-12-20
  tag "last orders"
  wait until 2026-12-24
  tag "christmas eve"
"""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Moments that are written out, each against the latest one that all paths have passed."""
    waits = [node for node in campaign.nodes if isinstance(node, WaitUntil) and _moment(node)]
    if len(waits) < 2:
        return
    latest: dict[int, tuple[str, WaitUntil] | None] = {}
    todo: list[tuple[int, tuple[str, WaitUntil] | None]] = [(0, None)]
    todo += [(at + 1, None) for at, _ in campaign.goals]
    while todo:
        at, passed = todo.pop()
        if not 0 <= at < len(campaign.nodes):
            continue
        if at in latest:
            before = latest[at]
            if before is None or (passed is not None and passed[0] >= before[0]):
                continue
        latest[at] = passed
        node = campaign.nodes[at]
        if isinstance(node, WaitUntil) and node.at_most is None and _moment(node):
            mine = (_moment(node), node)
            passed = mine if passed is None else max(passed, mine, key=lambda one: one[0])
        todo += [(target, passed) for target, _ in campaign.instructions[at].exits(at)]
    for at, known in sorted(latest.items()):
        node = campaign.nodes[at]
        if known is None or not isinstance(node, WaitUntil) or not _moment(node):
            continue
        if _end(node) < known[0]:
            outcome = PAST if stops_if_past(node) else MISSED
            yield Hit(
                header(node), {"moment": shown(node.until)},
                also=((header(known[1]), tr("this is later")),),
                walk=Walk(campaign.name, at, outcome),
            )  # fmt: skip


def _moment(node: WaitUntil) -> str:
    """The moment that is waited for as text that sorts; empty where it is not written out."""
    if isinstance(node.until, (ex.Date, ex.DateTime)):
        day, _, time = str(node.until.value.value).partition(" ")
        clock = str(node.at.value) if node.at is not None else time or "00:00"
        year, month, number = day.split("-")
        return f"{year}-{month.zfill(2)}-{number.zfill(2)} {clock.zfill(5)}"
    return ""


def _end(node: WaitUntil) -> str:
    """When it is past: a date without a time only when its day is over."""
    whole_day = isinstance(node.until, ex.Date) and node.at is None
    return _moment(node).replace("00:00", "24:00") if whole_day else _moment(node)
