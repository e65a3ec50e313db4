"""Expectations about the runs of a contact in a campaign."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flowlang.engine.expectations import instead
from flowlang.engine.expectations.expectation import Compiled, Expectations, expects
from flowlang.syntax import scripts
from flowlang.syntax.tree import Token

if TYPE_CHECKING:
    from flowlang.contact import Run
    from flowlang.engine.play import Play

OfRun = scripts.ExpectWaiting | scripts.ExpectState | scripts.ExpectIn | scripts.ExpectRound


@expects(scripts.ExpectWaiting)
def _waiting(test: Expectations, node: scripts.ExpectWaiting, whom: Token | None) -> Compiled:
    until = test.moment(node.until)
    return _some_run(
        test, node, whom, lambda run: run.status == "waiting" and until in (None, run.due)
    )


@expects(scripts.ExpectState)
def _state(test: Expectations, node: scripts.ExpectState, whom: Token | None) -> Compiled:
    return _some_run(test, node, whom, lambda run: run.status == node.state.value)


@expects(scripts.ExpectIn)
def _in(test: Expectations, node: scripts.ExpectIn, whom: Token | None) -> Compiled:
    return _some_run(test, node, whom, lambda run: run.under_way)


@expects(scripts.ExpectRound)
def _round(test: Expectations, node: scripts.ExpectRound, whom: Token | None) -> Compiled:
    return _some_run(test, node, whom, lambda run: run.round == node.round.value)


def _some_run(
    test: Expectations, node: OfRun, whom: Token | None, fits: Callable[[Run], bool]
) -> Compiled:
    """That one of the contact's runs in the campaign is so."""
    name, campaign = test.whose(whom, node), test.campaign(node.campaign)

    def holds(play: Play) -> str | None:
        runs = play.runs(name, campaign)
        return None if any(fits(run) for run in runs) else instead.standing(play, runs)

    return holds, name
