"""Expectations about what went out into the world, and what was counted and told."""

from __future__ import annotations

import os.path
from pathlib import Path
from typing import TYPE_CHECKING

from flowlang.check import diagnostics as d
from flowlang.check.comparing import OPERATORS
from flowlang.engine.expectations.expectation import Compiled, Expectations, expects
from flowlang.speech import tr, tr_n
from flowlang.steps.measure import Measure
from flowlang.syntax import scripts
from flowlang.syntax.tree import Token, walk

if TYPE_CHECKING:
    from flowlang.engine.play import Play


@expects(scripts.ExpectNotified, scripts.ExpectNotifiedInbox)
def _notified(
    test: Expectations,
    node: scripts.ExpectNotified | scripts.ExpectNotifiedInbox,
    whom: Token | None,
) -> Compiled:
    who = node.who.value if isinstance(node, scripts.ExpectNotified) else "inbox"
    text = node.text.value

    def holds(play: Play) -> str | None:
        said = [notice.text for notice in play.world.notices if notice.who == who]
        if any(text.casefold() in one.casefold() for one in said):
            return None
        if not said:
            return tr("{who} was told nothing", who=who)
        return tr("{who} was told: {said}", who=who, said="; ".join(said))

    return holds, None


@expects(scripts.ExpectCalled)
def _called(test: Expectations, node: scripts.ExpectCalled, whom: Token | None) -> Compiled:
    url, times = node.url.value, node.times.value if node.times else None

    def holds(play: Play) -> str | None:
        count = sum(1 for _, called, _ in play.world.called if called == url)
        good = count == times if times is not None else count > 0
        return None if good else tr_n("it was called once", "it was called {count} times", count)

    return holds, None


@expects(scripts.ExpectExported, scripts.ExpectImported)
def _moved(
    test: Expectations, node: scripts.ExpectExported | scripts.ExpectImported, whom: Token | None
) -> Compiled:
    """A file that a job of an automation wrote or read; its path begins at the test's file."""
    source, times = node.path.span.source.path, node.times.value if node.times else None
    folder = source.parent if source else Path()
    path = folder / node.path.value
    exported = isinstance(node, scripts.ExpectExported)

    def holds(play: Play) -> str | None:
        files = play.files.written if exported else play.files.read
        count = sum(one == path for one in files)
        if count == times if times is not None else count:
            return None
        others = sorted({os.path.relpath(one, folder) for one in files})
        shown = ", ".join(f'"{one}"' for one in others)
        if exported:
            if count or not others:
                return tr_n("it was written once", "it was written {count} times", count)
            return tr("what was written is {files}", files=shown)
        if count or not others:
            return tr_n("it was read once", "it was read {count} times", count)
        return tr("what was read is {files}", files=shown)

    return holds, None


@expects(scripts.ExpectReported)
def _reported(test: Expectations, node: scripts.ExpectReported, whom: Token | None) -> Compiled:
    who = node.who.value

    def holds(play: Play) -> str | None:
        reported = {notice.who for notice in play.world.reported}
        if who in reported:
            return None
        return tr("reports went to: {names}", names=", ".join(sorted(reported)) or tr("nobody"))

    return holds, None


@expects(scripts.ExpectMeasured)
def _measured(test: Expectations, node: scripts.ExpectMeasured, whom: Token | None) -> Compiled:
    measures = {
        one.name.value: one
        for campaign in test.names.campaigns.values()
        for one in walk(campaign)
        if isinstance(one, Measure)
    }
    name, amount = test.known(node.name, measures, d.UNKNOWN_MEASURE), node.amount.value
    compares = OPERATORS[str(node.operator.value)]

    def holds(play: Play) -> str | None:
        count = play.world.measured[name]
        if compares(count, amount):
            return None
        return tr_n("{count} was measured", "{count} were measured", count)

    return holds, None


@expects(scripts.ExpectProcess)
def _process(test: Expectations, node: scripts.ExpectProcess, whom: Token | None) -> Compiled:
    message = test.message(node.message)
    done, of = node.done.value, node.of.value

    def holds(play: Play) -> str | None:
        found = [one for one in play.world.processes.sends() if one.name == message]
        went = sum(one.done for one in found)
        about = sum(one.past for one in found) + play.standing(message)
        if (went, about) == (done, of):
            return None
        return tr("it is done {done} of {of}", done=went, of=about)

    return holds, None


@expects(scripts.ExpectHistory)
def _history(test: Expectations, node: scripts.ExpectHistory, whom: Token | None) -> Compiled:
    name = test.whose(whom, node)
    text = node.text.value.casefold()

    def holds(play: Play) -> str | None:
        for entry in play.entries:
            if (
                entry.contact == name
                and text in f"{entry.step}: {entry.what} ({entry.because})".casefold()
            ):
                return None
        return tr("it does not")

    return holds, name


@expects(scripts.ExpectRefused)
def _refused(test: Expectations, node: scripts.ExpectRefused, whom: Token | None) -> Compiled:
    text = node.text.value

    def holds(play: Play) -> str | None:
        refused, play.looked = play.refused, True
        if refused is None:
            return tr("nothing was refused")
        if text.casefold() in refused.casefold():
            return None
        return tr("it was refused with: {reason}", reason=refused)

    return holds, None
