"""A value of the event that only one of the starts brings.

The campaign has several starts, and `event.total` comes with one of them. For who came in by
another one it is missing: the comparison is false, the field is cleared, the amount is not shown.
Ask which start it was, or make a campaign for each.
"""

from flowlang.program.program import Campaign
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.steps.step import Step
from flowlang.syntax import campaigns
from flowlang.syntax import declarations as tree
from flowlang.syntax import expressions as ex
from flowlang.syntax.tree import walk

RULE = Rule(__name__, "FL745", "warning", "`{start}` does not bring `{name}`")

BAD = """\
contact
  spent  number

event purchase
  total  number

campaign "Customers"
  start on purchase
  start when tagged "customer"
  set spent to event.total
"""
GOOD = """\
contact
  spent  number

event purchase
  total  number

campaign "Customers"
  start on purchase
  start when tagged "customer"
  if event.total is set
    set spent to event.total
"""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Values of the event in steps, each once, that some start lacks and that no step asks for."""
    if len(campaign.starts) < 2 or campaign.item is None:
        return
    steps = [line for line in campaign.item.lines or () if isinstance(line, Step)]
    used = [
        one for step in steps for one in walk(step)
        if isinstance(one, ex.Ref) and str(one.name.value).startswith("event.")
    ]  # fmt: skip
    if not used:
        return
    asked = {
        str(one.operand.name.value)
        for step in steps
        for one in walk(step)
        if isinstance(one, (ex.IsSet, ex.IsNotSet)) and isinstance(one.operand, ex.Ref)
    }
    seen: set[str] = set()
    for one in used:
        name = str(one.name.value)
        if name in seen or name in asked:
            continue
        for line, fields in _starts(campaign, look):
            if name.partition(".")[2] not in fields:
                seen.add(name)
                words = {"start": line.span.words, "name": name}
                hint = tr("ask `{name} is set` before it", name=name)
                yield Hit(one.span, words, hint, also=((line.span, tr("this start")),))
                break


def _starts(campaign: Campaign, look: Look) -> list[tuple[tree.Line, set[str]]]:
    """The starts, each with what it brings."""
    found: list[tuple[tree.Line, set[str]]] = []
    for line in (campaign.item.lines or ()) if campaign.item else ():
        match line:
            case campaigns.StartOn():
                found.append((line, set(look.names.fields_of_event(str(line.event.event.value)))))
            case campaigns.StartOnChange():
                found.append((line, {"at", "old", "new"}))
            case campaigns.StartWhen() | campaigns.StartAsSoonAs():
                found.append((line, set()))
    return found
