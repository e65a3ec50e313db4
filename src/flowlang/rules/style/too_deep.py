"""Steps that stand too deep.

Five blocks within each other are hard to follow. A part of the campaign can be one of its own:
`start campaign "…"`, or `stop` early for those who are done.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import header
from flowlang.steps.branch import If
from flowlang.steps.race import Race
from flowlang.steps.repeat import Repeat
from flowlang.steps.split import Split, SplitBest
from flowlang.steps.wait_until import WaitUntil

RULE = Rule(__name__, "FL804", "info", "this block is the {depth}th within another")

BAD = """\
campaign "Deep"
  start when tagged "new"
  if tagged "a"
    if tagged "b"
      if tagged "c"
        if tagged "d"
          if tagged "e"
            tag "all"
"""
GOOD = """\
campaign "Deep"
  start when tagged "new"
  if tagged "a" and tagged "b" and tagged "c" and tagged "d" and tagged "e"
    tag "all"
"""

MOST = 4
_BLOCKS = (If, Race, Repeat, Split, SplitBest, WaitUntil)


@RULE.nodes(*_BLOCKS)
def check(node: If, look: Look) -> Hits:
    """The first block beyond the depth."""
    around = sum(isinstance(one, _BLOCKS) for one in look.above)
    if around == MOST:
        yield Hit(header(node), {"depth": MOST + 1})
