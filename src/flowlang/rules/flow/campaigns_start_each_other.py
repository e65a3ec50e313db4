"""Campaigns that start each other over tags, again and again.

Each gives the tag that starts the next, and takes it away for the next time: with a wait in
between, a contact that is once in goes round for ever. Let one of them stop for those who have
been there (`stop when`), run once, or give its tag in a branch only.
"""

from flowlang.program.program import Campaign
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.steps.restart import Restart
from flowlang.steps.tag import Tag
from flowlang.steps.untag import Untag
from flowlang.syntax import campaigns as tree
from flowlang.syntax import expressions as ex
from flowlang.syntax import facts
from flowlang.syntax.tree import Node, walk

RULE = Rule(__name__, "FL611", "warning", "{names} start each other for ever")

BAD = """\
campaign "Ping"
  start when tagged "ping"
  runs again
  untag "ping"
  wait 1 day
  tag "pong"

campaign "Pong"
  start when tagged "pong"
  runs again
  untag "pong"
  wait 1 day
  tag "ping"
"""
GOOD = """\
campaign "Ping"
  start when tagged "ping"
  runs again
  untag "ping"
  wait 1 day
  tag "pong"

campaign "Pong"
  start when tagged "pong"
  untag "pong"
  wait 1 day
  tag "ping"
"""

_LONGEST = 6


@RULE.workspace()
def check(look: Look) -> Hits:
    """Rings of campaigns that give each other's start tags on every path."""
    again = [one for one in look.program.campaigns if _goes_on(one)]
    if len(again) < 2:
        return
    starting: dict[str, list[Campaign]] = {}
    for campaign in again:
        for tag in _start_tags(campaign):
            starting.setdefault(tag, []).append(campaign)
    taken = {node.tag.value for one in again for node in one.nodes if isinstance(node, Untag)}
    following = {
        campaign.name: [
            other
            for tag in _given(campaign)
            if tag in taken
            for other in starting.get(tag, ())
            if other is not campaign
        ]
        for campaign in again
        if starting
    }
    seen: set[frozenset[str]] = set()
    for campaign in again:
        ring = _ring(campaign, following)
        names = frozenset(one.name for one in ring)
        if ring and names not in seen and any(_takes_time(one, look) for one in ring):
            seen.add(names)
            also = tuple((one.span, tr("and this one")) for one in ring[1:])
            listed = ", ".join(f'"{one.name}"' for one in ring)
            yield Hit(campaign.span, {"names": listed}, also=also)


def _goes_on(campaign: Campaign) -> bool:
    """Whether a contact may come again and again, and nothing it says lets it out."""
    if any(not ending.restarts for ending in campaign.endings) or campaign.at_most_once:
        return False
    return campaign.again or any(isinstance(node, Restart) for node in campaign.nodes)


def _takes_time(campaign: Campaign, look: Look) -> bool:
    paths = look.paths(campaign)
    return any(paths.takes_time(at) for at in range(len(campaign.nodes)))


def _lines(campaign: Campaign) -> tuple[Node, ...]:
    return (campaign.item.lines or ()) if campaign.item else ()


def _start_tags(campaign: Campaign) -> set[str]:
    """The tags by which it starts."""
    found: set[str] = set()
    for line in _lines(campaign):
        if isinstance(line, (tree.StartWhen, tree.StartAsSoonAs)):
            denied = {id(one) for no in walk(line) if isinstance(no, ex.Not) for one in walk(no)}
            found |= {
                str(one.tag.value)
                for one in walk(line)
                if isinstance(one, facts.Tagged) and id(one) not in denied
            }
    return found


def _given(campaign: Campaign) -> list[str]:
    """The tags it gives whatever happens: on its top level."""
    return [
        str(line.tag.value)
        for line in _lines(campaign)
        if isinstance(line, (Tag, Restart)) and line.tag is not None
    ]


def _ring(first: Campaign, following: dict[str, list[Campaign]]) -> list[Campaign]:
    """The shortest way from a campaign back to it, without the way back; empty if there is none."""
    todo = [[first]]
    been = {first.name}
    while todo:
        way = todo.pop(0)
        for other in following.get(way[-1].name, ()):
            if other is first:
                return way
            if other.name not in been and len(way) < _LONGEST:
                been.add(other.name)
                todo.append([*way, other])
    return []
