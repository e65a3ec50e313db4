"""Marketing that goes out at night.

The campaign waits until a time of the night, or starts at one, and sends at once; or an automation
runs at one and sends to many. Who is woken by a marketing text unsubscribes. Wait for a time of the
day, or let a policy hold what comes at night: `send only between 08:00 and 20:00`.
"""

from collections.abc import Iterator

from flowlang.program.program import Campaign
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import headline
from flowlang.source import Span, Walk
from flowlang.speech import tr
from flowlang.steps.jobs import SendAll
from flowlang.steps.send import SENT, Send
from flowlang.steps.until import IN_TIME
from flowlang.steps.wait_until import WaitUntil
from flowlang.syntax import campaigns as tree
from flowlang.syntax import declarations
from flowlang.syntax import expressions as ex
from flowlang.syntax.tree import Token

RULE = Rule(__name__, "FL642", "warning", '"{message}" goes out at {time}')

BAD = """\
message "Offer"
  kind marketing
  channel email
  subject "An offer"
  body "Have a look. No more of it: {{ unsubscribe_link }}"

campaign "Offer"
  start when tagged "interested"
  wait until 03:00
  send "Offer"
"""
GOOD = """\
message "Offer"
  kind marketing
  channel email
  subject "An offer"
  body "Have a look. No more of it: {{ unsubscribe_link }}"

campaign "Offer"
  start when tagged "interested"
  wait until 09:00
  send "Offer"
"""

FIRST, LAST = "06:00", "22:00"
"""The day is from the first to the last of these."""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Sends that follow a time of the night without a window in between."""
    if any(policy.windows for policy in campaign.policies):
        return
    paths = look.paths(campaign)
    for number, place, time in _nights(campaign, look):
        behind = paths.at_once(number) if number >= 0 else {0, *_first(look, campaign)}
        for at in sorted(behind):
            node = campaign.nodes[at]
            if isinstance(node, Send) and _is_marketing(node, look) and not _held_back(node, look):
                words = {"message": node.message.value, "time": time}
                through = (number, IN_TIME) if number >= 0 else (-1, "")
                walk = Walk(campaign.name, at, SENT, "", *through)
                yield Hit(
                    node.span,
                    words,
                    tr("a policy can hold it: `send only between 08:00 and 20:00`"),
                    also=((place, tr("the time")),),
                    walk=walk,
                )
                break


@RULE.nodes(tree.Automation)
def check_automation(node: tree.Automation, look: Look) -> Hits:
    """Group sends of an automation that runs at a time of the night."""
    found = next((one for one in look.program.automations if one.span == node.name.span), None)
    nights = [(token.span, time) for token in _schedules(node) if (time := _night(token))]
    if not nights or found is None or any(policy.windows for policy in found.policies):
        return
    campaign, (place, time) = found.campaign, nights[0]
    if campaign is None or not campaign.nodes:
        return
    for step in (campaign.nodes[at] for at in sorted({0, *_first(look, campaign)})):
        if isinstance(step, SendAll) and _is_marketing(step, look) and not _held_back(step, look):
            yield Hit(
                step.span,
                {"message": step.message.value, "time": time},
                tr("a policy can hold it: `send only between 08:00 and 20:00`"),
                also=((place, tr("the time")),),
            )


def _schedules(node: tree.Automation) -> Iterator[Token]:
    """The times at which an automation runs."""
    for line in node.lines or ():
        if isinstance(line, declarations.OnceAt):
            yield line.moment
        elif isinstance(line, _REPEATED):
            yield line.time


_REPEATED = (declarations.EveryDay, declarations.EveryWeekday, declarations.EveryMonth)


def _first(look: Look, campaign: Campaign) -> Iterator[int]:
    """The instructions that a run comes to right after its start."""
    paths = look.paths(campaign)
    if campaign.instructions and not paths.takes_time(0):
        yield from paths.at_once(0)


def _nights(campaign: Campaign, look: Look) -> Iterator[tuple[int, Span, str]]:
    """Where a run goes on at a time of the night: the instruction (-1: the start) and the place."""
    for number, node in enumerate(campaign.nodes):
        if isinstance(node, WaitUntil):
            token = node.at
            if token is None and isinstance(node.until, (ex.Time, ex.DateTime)):
                token = node.until.value
            if token is not None and (time := _night(token)):
                yield number, token.span, time
    for line in (campaign.item.lines or ()) if campaign.item else ():
        if not isinstance(line, tree.StartOn):
            continue
        event = look.names.events.get(str(line.event.event.value))
        for schedule, span in event.schedules if event else ():
            time = f"{schedule.wall:%H:%M}"
            if not FIRST <= time <= LAST:
                yield -1, span, f"{time}: {headline(line)}"


def _night(token: Token) -> str:
    """The time of a value that is written out, if it is one of the night and not of a date."""
    time = str(token.value).rpartition(" ")[2].zfill(5)
    return "" if FIRST <= time <= LAST else time


def _is_marketing(node: Send | SendAll, look: Look) -> bool:
    message = look.names.messages.get(str(node.message.value))
    return message is not None and message.kind == "marketing"


def _held_back(node: Send | SendAll, look: Look) -> bool:
    """Whether a policy of the send itself has a window."""
    policies = [look.names.policies.get(str(token.value)) for token in node.policies or ()]
    return any(policy is not None and policy.windows for policy in policies)
