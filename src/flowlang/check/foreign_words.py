"""What Jinja and RE2 complain of, in words of flow: theirs speak of tokens, and English only."""

from __future__ import annotations

import re
from collections.abc import Callable

from flowlang.speech import tr


def of_template(complaint: str) -> str:
    """What is wrong with a template, by what Jinja says of it."""
    for pattern, say in _TEMPLATES:
        found = re.match(pattern, complaint)
        if found is not None:
            return say(found)
    return tr("this is not how Jinja writes it")


def of_pattern(complaint: str) -> str:
    """What is wrong with a pattern, by what RE2 says of it."""
    what, _, part = complaint.partition(": ")
    said = _PATTERNS.get(what)
    return complaint if said is None else tr("{what} (`{part}`)", what=said, part=part or "\\")


def _closing(listed: str) -> str:
    """Of the tags that could stand there, the one that closes the block."""
    tags = _QUOTED.findall(listed)
    closing = next((tag for tag in tags if tag.startswith("end")), tags[-1])
    return f"`{{% {closing} %}}`"


_QUOTED = re.compile(r"'([^']*)'")
_WANTED = r"Jinja (?:was looking for the following tags|is expecting this tag)[^']*"
_TEMPLATES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (
        rf"Encountered unknown tag '(.*?)'\. .*?{_WANTED}((?:'[^']*'(?: or )?)+)",
        lambda m: tr(
            "before `{{% {tag} %}}` there is no {wanted}", tag=m[1], wanted=_closing(m[2])
        ),
    ),
    (
        r"Encountered unknown tag '(.*?)'",
        lambda m: tr("there is no tag `{{% {tag} %}}`", tag=m[1]),
    ),
    (
        rf"Unexpected end of template\. {_WANTED}((?:'[^']*'(?: or )?)+)",
        lambda m: tr("it ends, and there is no {wanted}", wanted=_closing(m[1])),
    ),
    (
        r"expected token 'end of (?:print|statement)[^']*', got '(.*)'$",
        lambda m: tr("`{found}` does not fit here", found=m[1]),
    ),
    (r"[Uu]nexpected end of template", lambda m: tr("it ends too early")),
    (
        r"(?:unexpected|[Ee]xpected .*, got) 'end of [^']*'",
        lambda m: tr("a value is missing"),
    ),
    (
        r"expected token '(.*)', got '(.*)'$",
        lambda m: tr("`{found}` does not fit here: `{wanted}` is missing", found=m[2], wanted=m[1]),
    ),
    (r"unexpected char ['\"](.*)['\"] at", lambda m: tr("`{found}` does not fit here", found=m[1])),
    (r"unexpected '([^']*)'", lambda m: tr("`{found}` does not fit here", found=m[1])),
    (r"Missing end of comment", lambda m: tr("a comment is not closed")),
    (r"Missing end of raw", lambda m: tr("there is no {wanted}", wanted="`{% endraw %}`")),
    (r"tag name expected", lambda m: tr("the name of a tag is missing")),
    (r"expected name or number", lambda m: tr("a name is missing behind the dot")),
    (r"can't assign to", lambda m: tr("`set` gives a value to a name")),
    (
        r"invalid syntax for function call",
        lambda m: tr("a value with a name stands behind those without"),
    ),
    (r".*escape|.*\\ at end of string", lambda m: tr("a backslash has no meaning here")),
    (r"You cannot chain", lambda m: tr("one `is` at a time: join several with `and`")),
)
_PATTERNS = {
    "missing )": tr("a parenthesis is not closed"),
    "missing ]": tr("a bracket is not closed"),
    "unexpected )": tr("a parenthesis was not opened"),
    "invalid escape sequence": tr("a backslash has no meaning here"),
    "trailing \\": tr("a backslash has no meaning here"),
    "no argument for repetition operator": tr("there is nothing to repeat"),
    "bad repetition operator": tr("it cannot be repeated like that"),
    "invalid repetition size": tr("it cannot be repeated so often"),
    "invalid character class range": tr("such a range of letters does not exist"),
    "invalid perl operator": tr("there is no such group"),
    "invalid named capture group": tr("there is no such group"),
}
"""https://github.com/google/re2/blob/main/re2/re2.h, the texts of `RE2::ErrorCode`."""
