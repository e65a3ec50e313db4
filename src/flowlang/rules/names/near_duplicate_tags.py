"""Two tags that are almost the same.

`tag "webinar attended"` here and `tagged "webinar-attended"` there: tags compare exactly, so the
second is never found. Case, spaces, `-` and `_`, a plural or one letter make the difference. Write
both alike.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.tags import Use, uses
from flowlang.speech import tr

RULE = Rule(__name__, "FL671", "warning", 'the tag "{tag}" is almost the same as "{other}"')

BAD = """\
campaign "Webinar"
  start when tagged "webinar"
  wait 3 days
  tag "web-inar"
"""
GOOD = """\
campaign "Webinar"
  start when tagged "webinar"
  wait 3 days
  tag "reminded"
"""


@RULE.workspace(*Use.nodes)
def check(look: Look) -> Hits:
    """Each tag against those that look like it; the rarer one is taken for the slip."""
    by_look: dict[str, dict[str, list[Use]]] = {}
    for use in uses(look):
        by_look.setdefault(_plain(use.tag), {}).setdefault(use.tag, []).append(use)
    for alike in by_look.values():
        if len(alike) < 2:
            continue
        first, *others = sorted(alike, key=lambda tag: (-len(alike[tag]), tag))
        for other in others:
            own = [one for one in alike[other] if look.is_own(one.span)]
            if own:
                also = ((alike[first][0].span, tr("the other one")),)
                yield Hit(
                    own[0].span, {"tag": other, "other": first}, tr("write both alike"), also=also
                )


def _plain(tag: str) -> str:
    """A tag without what people write now so, now so."""
    letters = "".join(one for one in tag.casefold() if one.isalnum())
    return letters or tag
