"""Templates: parsed by Jinja2, checked against what is declared, bounded by construction.

A template may only name what is declared, call the few functions of the language, and loop over
data. So nothing in it can run for long or reach into Python, and that is known before anything is
sent. What is left for the moment of sending is in `Template.needs` and `Template.lists`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flowlang.check import diagnostics as d
from flowlang.check.foreign_words import of_template
from flowlang.check.names import Message, Names, Part
from flowlang.check.template_needs import EventNeed, Found
from flowlang.check.template_places import broken_tag
from flowlang.source import Edit, Fix, Span
from flowlang.speech import tr
from flowlang.syntax.tree import Token

MAX_TEMPLATE = 500_000
"""Characters of one template."""

_PLAIN = re.compile(r"\{[{%#]")


@dataclass(frozen=True, slots=True)
class Template:
    """Subject and body of a message in one language, checked."""

    subject: str
    body: str
    html: bool
    lists: frozenset[str] = frozenset()
    """Coupon lists that it may draw from."""
    fresh: frozenset[str] = frozenset()
    """Those of them that it draws a new code from, not `again=true`."""
    needs: tuple[tuple[str, str], ...] | None = ()
    """The values without which a placeholder is missing, as pairs of "contact", "event", "reply" or
    "answer" and a name; None where only rendering can tell."""
    events: tuple[EventNeed, ...] = ()
    plain: bool = False
    """It has no placeholders at all."""
    may_fail: bool = False
    """It reckons with values that may not fit: only rendering can tell."""


def prepare(message: Message, names: Names) -> None:
    """Check every variant of a message and make `message.ready`."""
    shared = message.variants.get("")
    for language, variant in message.variants.items():
        subject = variant.subject or (shared.subject if shared else None)
        body = variant.body or (shared.body if shared else None)
        message.ready[language] = _template(subject, body, names)
    message.lists = frozenset().union(*(ready.lists for ready in message.ready.values()))


def _template(subject: Part | None, body: Part | None, names: Names) -> Template:
    found = Found()
    plain = True
    for part in (subject, body):
        if part is not None and _PLAIN.search(part.text):
            plain = False
            _check(part, names, found)
    return Template(
        subject.text if subject else "",
        body.text if body else "",
        body.html if body else False,
        frozenset(found.lists),
        frozenset(found.fresh),
        tuple(sorted(found.needs)) if found.certain else None,
        tuple(found.events),
        plain,
        found.may_fail,
    )


def check_text(token: Token, names: Names) -> Template:
    """A text with placeholders that stands in a step."""
    return _template(None, Part(token.value, token.span, token), names)


def environment(*, html: bool) -> Any:
    """The sandbox of all templates; what a template may use is decided before, in this module."""
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    from flowlang.check.tag_lines import TagLines

    class Sandbox(ImmutableSandboxedEnvironment):
        """Of data it shows what is in it: a field called `items` or `count` is no method."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            return self._inside(obj, attribute, super().getattr)

        def getitem(self, obj: Any, argument: Any) -> Any:
            return self._inside(obj, argument, super().getitem)

        def _inside(self, obj: Any, name: Any, otherwise: Callable[[Any, Any], Any]) -> Any:
            if not isinstance(obj, dict) or not isinstance(name, str):
                return otherwise(obj, name)
            return obj[name] if name in obj else self.undefined(obj=obj, name=name)

    found = Sandbox(autoescape=html, keep_trailing_newline=True, extensions=[TagLines])
    found.globals.clear()
    return found


_environment: Any = None
_CURLY = re.compile("[“”„‟«»‘’‚]")


def _with_straight_quotes(span: Span) -> Fix | None:
    """What mends a tag with typographic quotes, as word processors put them; None for others."""
    from jinja2 import TemplateSyntaxError

    straight = _CURLY.sub("'", span.text)
    if straight == span.text or "\n" in straight:
        return None
    try:
        _environment.parse(straight)
    except (TemplateSyntaxError, RecursionError):
        return None
    return Fix((Edit(span, straight),))


def _check(part: Part, names: Names, found: Found) -> None:
    from jinja2 import TemplateSyntaxError, nodes

    from flowlang.check.template_values import Checker  # only where there is a placeholder

    global _environment  # noqa: PLW0603 - one for all checks, never changed
    if _environment is None:
        _environment = environment(html=False)
    if len(part.text) > MAX_TEMPLATE:
        names.findings.report(
            d.TEMPLATE_UNSAFE,
            part.span,
            what=tr(
                "the template is too long: at most {most:,} characters",
                most=MAX_TEMPLATE,
            ),
        )
        return
    try:
        parsed = _environment.parse(part.text)
    except TemplateSyntaxError as error:
        span = broken_tag(part, error, _environment)
        why, straight = of_template(str(error.message)), _with_straight_quotes(span)
        hint = tr("a text in a placeholder stands in straight quotes: 'friend'") if straight else ""
        names.findings.report(d.TEMPLATE_SYNTAX, span, why=why, hint=hint, fix=straight)
        return
    except RecursionError:
        names.findings.report(
            d.TEMPLATE_UNSAFE, part.span, what=tr("the template is nested too deep")
        )
        return
    assert isinstance(parsed, nodes.Template)
    try:
        Checker(part, names, found).body(parsed.body, {}, certain=True, loops=0)
    except RecursionError:
        names.findings.report(
            d.TEMPLATE_UNSAFE, part.span, what=tr("the template is nested too deep")
        )
