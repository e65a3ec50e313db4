"""The texts of messages: subjects and bodies, in all their languages, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from flowlang.check.names import Message, Part
from flowlang.check.template_places import in_source
from flowlang.rules.rule import Look
from flowlang.source import Span


class Text(NamedTuple):
    """One text of a message."""

    message: Message
    language: str
    """Of the variant; "" for what is shared."""
    what: Literal["subject", "body"]
    part: Part

    def place(self, start: int, end: int) -> Span:
        """Where a stretch of it stands."""
        return in_source(self.part, start, end)


PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def with_placeholders(text: str, shown: str) -> str:
    """A text as it may look to who reads it: something else stands for each placeholder."""
    return PLACEHOLDER.sub(shown, text)


def texts(look: Look) -> Iterator[Text]:
    """All texts of the messages in the files that are linted."""
    for message in look.names.messages.values():
        if look.is_own(message.span):
            yield from texts_of(message)


def texts_of(message: Message) -> Iterator[Text]:
    """The texts of a message."""
    for language, variant in message.variants.items():
        if variant.subject is not None:
            yield Text(message, language, "subject", variant.subject)
        if variant.body is not None:
            yield Text(message, language, "body", variant.body)
