"""A tag that is over before it is asked for.

`tag "reminded" for 1 day`, then `wait 3 days`, then `if tagged "reminded"`: the tag has ended by
then. Give it for longer, or for good.
"""

from flowlang.program.program import Campaign
from flowlang.rules.lengths import seconds
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.steps.branch import If
from flowlang.steps.step import Step
from flowlang.steps.tag import Tag
from flowlang.steps.wait import Wait
from flowlang.syntax import facts
from flowlang.syntax.tree import walk

RULE = Rule(__name__, "FL654", "warning", 'the tag "{tag}" has ended by then')

BAD = """\
campaign "Remind"
  start when tagged "open"
  tag "reminded" for 1 day
  wait 3 days
  if tagged "reminded"
    untag "open"
"""
GOOD = """\
campaign "Remind"
  start when tagged "open"
  tag "reminded" for 7 days
  wait 3 days
  if tagged "reminded"
    untag "open"
"""

_HOUR = 3_600


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Tags with an end on the top level, and the waits of a fixed length below them."""
    lines = (campaign.item.lines or ()) if campaign.item else ()
    given: dict[str, tuple[Tag, float]] = {}
    passed = 0.0
    for line in lines:
        match line:
            case Tag(length=length) if length is not None:
                given[str(line.tag.value)] = (line, passed + seconds(length))
            case Wait():
                passed += seconds(line.length)
            case If():
                for asked in walk(line.condition):
                    yield from _over(asked, given, passed, campaign, look)
                given.clear()
            case Step() if any(isinstance(one, Tag) for one in walk(line)):
                given.clear()
            case _:
                pass


def _over(
    asked: object, given: dict[str, tuple[Tag, float]], passed: float, campaign: Campaign,
    look: Look,
) -> Hits:  # fmt: skip
    if not isinstance(asked, facts.Tagged):
        return
    tag = str(asked.tag.value)
    others = look.beside.changers.get(("tag", tag), set()) - {campaign.name}
    found = given.get(tag)
    # A change of clocks, or a short month, moves the end by a little.
    if found is not None and not others and passed > found[1] * 1.04 + 2 * _HOUR:
        yield Hit(asked.span, {"tag": tag}, also=((found[0].span, tr("given here")),))
