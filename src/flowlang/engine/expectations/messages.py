"""Expectations about messages: that they were sent, skipped, and what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from flowlang.engine.expectations import instead
from flowlang.engine.expectations.expectation import Compiled, Expectations, expects
from flowlang.speech import tr
from flowlang.syntax import scripts
from flowlang.syntax.tree import Node, Token

if TYPE_CHECKING:
    from flowlang.engine.play import Play
    from flowlang.engine.world import SentOut

_ADDRESS = re.compile(r".*@|[+\d]")
"""What begins like an address for mail or a phone; names of contacts go before."""


@expects(scripts.ExpectSent)
def _sent(test: Expectations, node: scripts.ExpectSent, whom: Token | None) -> Compiled:
    message = test.message(node.message)
    reached = _reached(test, node.to, whom)
    about = next((one.value for one in (whom, node.to) if one is not None), None)
    at, times = test.moment(node.at), node.times.value if node.times else None

    def holds(play: Play) -> str | None:
        if at is not None and at > play.now:
            play.move(at)
        copies = [one for one in play.world.sent if one.message == message and reached(play, one)]
        fitting = [
            one for one in copies if at is None or one.at.replace(second=0, microsecond=0) == at
        ]
        if len(fitting) == times if times is not None else fitting:
            return None
        return instead.copies(play, message)

    return holds, about if about in test.contacts else None


@expects(scripts.ExpectSubject, scripts.ExpectBody)
def _copy(
    test: Expectations, node: scripts.ExpectSubject | scripts.ExpectBody, whom: Token | None
) -> Compiled:
    message = test.message(node.message)
    reached = _reached(test, node.to, whom)
    about = next((one.value for one in (whom, node.to) if one is not None), None)
    part = "subject" if isinstance(node, scripts.ExpectSubject) else "body"
    text = node.text.value

    def holds(play: Play) -> str | None:
        copies = [one for one in play.world.sent if one.message == message and reached(play, one)]
        if not copies:
            return tr('"{message}" was not sent', message=message)
        shown: str = getattr(copies[-1], part)
        if text.casefold() in shown.casefold():
            return None
        if part == "subject":
            return tr("the subject is:\n{text}", text=shown)
        return tr("the body is:\n{text}", text=shown)

    return holds, about if about in test.contacts else None


@expects(scripts.ExpectSkipped)
def _skipped(test: Expectations, node: scripts.ExpectSkipped, whom: Token | None) -> Compiled:
    message = test.message(node.message)
    to = node.to or whom
    name = test.whose(to, node) if to is not None else None
    because = node.because.value if node.because else ""

    def holds(play: Play) -> str | None:
        found = [
            one
            for one in play.world.skipped
            if one.message == message and name in (None, one.contact)
        ]
        said = [f"{one.because}: {one.detail}".casefold() for one in found]
        if any(because.casefold() in one for one in said):
            return None
        if not found:
            return tr('"{message}" was not skipped', message=message)
        reasons = ", ".join(sorted({one.because for one in found}))
        return tr("it was skipped because: {reasons}", reasons=reasons)

    return holds, name


def _reached(
    test: Expectations, to: Token | None, whom: Token | None
) -> Callable[[Play, SentOut], bool]:
    """Whether a copy is meant: `to` says who got it, by name or address, `for` whose it was."""
    name = _recipient(test, to)
    about = test.whose(whom, Node(whom.span)) if whom is not None else None

    def reached(play: Play, sent: SentOut) -> bool:
        if about is not None and sent.contact != about:
            return False
        if name is None:
            return True
        if name in test.contacts:
            return sent.contact == name and not sent.elsewhere
        return sent.address.casefold() == name.casefold()

    return reached


def _recipient(test: Expectations, token: Token | None) -> str | None:
    if token is None:
        return None
    if token.value not in test.contacts and _ADDRESS.match(token.value):
        return str(token.value)
    return test.whose(token, Node(token.span))
