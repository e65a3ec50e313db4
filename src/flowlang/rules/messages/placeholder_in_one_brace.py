"""A placeholder with one brace where there should be two.

`{first_name}` goes out as it stands: everyone reads the braces. flow fills in what stands between
`{{` and `}}`. The rule speaks up where a name between single braces is one that could be filled in.
"""

import re
from collections.abc import Iterator

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.texts import PLACEHOLDER, texts
from flowlang.source import ALWAYS_THERE, Edit, Fix

RULE = Rule(__name__, "FL751", "warning", "`{word}` goes out as it stands: `{right}` is filled in")

BAD = """\
contact
  first_name  text

message "Hello"
  kind service
  channel email
  subject "Hello { first_name }!"
  body "Good to have you with us."
"""
GOOD = """\
contact
  first_name  text

message "Hello"
  kind service
  channel email
  subject "Hello {{ first_name }}!"
  body "Good to have you with us."
  when missing show "friend"
"""

_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_SINGLE = re.compile(
    rf"\$?\{{[ \t]*({_NAME})[ \t]*\}}{{1,2}}|\{{[ \t]+\{{[ \t]*({_NAME})[ \t]*\}}[ \t]+\}}"
)


@RULE.workspace()
def check(look: Look) -> Hits:
    """Each name in single braces that a template could show; what is in a tag is none."""
    known = {*look.names.fields, *look.names.records, *ALWAYS_THERE, "coupon", "event", "contact"}
    for text in texts(look):
        for found in _single(text.part.text):
            name = found[1] or found[2]
            if name.partition(".")[0] in known:
                place, right = text.place(*found.span()), f"{{{{ {name} }}}}"
                fix = Fix((Edit(place, right),), safe=False) if place.text == found[0] else None
                words = {"word": found[0], "right": right}
                yield Hit(place, words, fix=fix, home=text.message.span)


def _single(text: str) -> Iterator[re.Match[str]]:
    """What stands in single braces outside of tags."""
    tags = [tag.span() for tag in PLACEHOLDER.finditer(text)]
    for found in _SINGLE.finditer(text):
        if not any(start < found.end() and found.start() < end for start, end in tags):
            yield found
