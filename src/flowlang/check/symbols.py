"""Names, and the places where they stand: the vocabulary of the index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from flowlang.source import Span
from flowlang.syntax.tree import Node

Owner = tuple[str, ...]
"""Whose a field is: `()` for the contact, `("event", "purchase")`, `("records", "trip")`, with the
name of a list behind it for the fields of the list's rows; `("message", "Offer")` for the events
that start the campaigns which send that message.  For the contacts of a test, `("test", name)`."""

CONTACT: Owner = ()


class Symbol(NamedTuple):
    """Something that has a name: what it is, the name, and whose it is where that matters."""

    kind: str
    """`message`, `campaign`, `field`, `tag`, `file`, …: the kinds of `check.roles`."""
    name: str
    owner: Owner = CONTACT


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name where it stands in a text."""

    span: Span
    """Of the name itself, without the quotes around it."""
    ways: tuple[tuple[Symbol, ...], ...]
    """What it may name: the first of these in which something is declared is meant."""
    node: Node
    """The node in whose text it stands."""
    declares: bool = False
    in_template: bool = False
    token: Span | None = None
    """Of the token, with its quotes, where that is more than the name."""


class BodyFile(NamedTuple):
    """A template in a file of its own: where it is named, and the message that it belongs to."""

    path: str
    span: Span
    node: Node
    message: str


@dataclass(slots=True)
class FileNames:
    """All names in one file."""

    occurrences: list[Occurrence]
    bodies: list[BodyFile]
    senders: list[tuple[str, tuple[Owner, ...]]]
    """Messages, each with the events that start a campaign that sends it."""
    carried: dict[str, tuple[str, str]]
    """By event: whether it is about one record (`row`) or lists several (`rows`), and of which."""
