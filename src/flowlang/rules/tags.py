"""Where a workspace gives tags, takes them, and asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from flowlang.rules.rule import Look
from flowlang.source import Span
from flowlang.steps.restart import Restart
from flowlang.steps.tag import Tag
from flowlang.steps.untag import Untag
from flowlang.syntax.facts import Tagged
from flowlang.syntax.tree import Node


@dataclass(frozen=True, slots=True)
class Use:
    """One place that names a tag."""

    tag: str
    what: Literal["given", "taken", "asked"]
    span: Span
    node: Node
    nodes: ClassVar[tuple[type[Node], ...]] = (Tag, Untag, Restart, Tagged)
    """What a rule about tags has collected."""


def uses(look: Look) -> Iterator[Use]:
    """All places that name a tag, in the order of the text, tests left out."""
    for node in look.every(*Use.nodes):
        if isinstance(node, Tagged):
            yield Use(str(node.tag.value), "asked", node.tag.span, node)
        elif isinstance(node, Untag):
            yield Use(str(node.tag.value), "taken", node.tag.span, node)
        elif isinstance(node, (Tag, Restart)) and node.tag is not None:
            yield Use(str(node.tag.value), "given", node.tag.span, node)


def lonely(look: Look, what: Literal["given", "asked"]) -> Iterator[tuple[Use, list[str]]]:
    """The first use of each tag that is given and not asked for, or asked for and not given; with
    the tags that are, in alphabetical order.
    """
    counterpart = "asked" if what == "given" else "given"
    all_uses = list(uses(look))
    answered = sorted({use.tag for use in all_uses if use.what == counterpart})
    seen = set(answered)
    for use in all_uses:
        if use.what == what and use.tag not in seen:
            seen.add(use.tag)
            yield use, answered
