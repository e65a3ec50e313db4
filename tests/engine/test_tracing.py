"""A traced program does what the program does, and knows why."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.cli.codes import of_files
from flowlang.contact import Entry
from flowlang.engine.play import Play
from flowlang.engine.testing import Script
from flowlang.engine.tracing import Asks, Outline, Trace
from flowlang.workspace import Workspace

TOP = Path(__file__).parents[2]
WORKSPACES = sorted({toml.parent for toml in (TOP / "examples").rglob("flow.toml")})


def _played(
    found: Workspace, script: Script, asks: Asks | None
) -> tuple[list[Entry], Trace | None]:
    program = found.runnable
    assert program is not None
    play = Play.of(program, of_files(program)[0])
    trace = None
    if asks is not None:
        trace = Trace(play, Outline.of(program, asks), asks)
        trace.listen()
    for _, acts, act in script.lines:
        if acts:
            play.no_surprise()
        act(play)
    return play.entries, trace


@pytest.mark.parametrize("root", WORKSPACES, ids=lambda root: root.name)
def test_a_trace_changes_nothing(root: Path) -> None:
    asks = Asks()
    plain, traced = workspace.load(root), workspace.load(root, None, asks.expressions)
    for script, other in zip(plain.tests, traced.tests, strict=True):
        entries, _ = _played(plain, script, None)
        same, trace = _played(traced, other, asks)
        assert same == entries
        assert trace is not None
        assert [one.entry for one in trace.decisions] == entries
        _fits(trace)


def _fits(trace: Trace) -> None:
    """What was asked is of the moment, and came out as the entry says."""
    for one in trace.decisions:
        for asked in one.asked:
            assert asked.at == one.entry.at
            assert asked.stated.campaign == one.entry.campaign
        if one.entry.what in ("yes", "no"):
            assert [asked.explained.holds for asked in one.asked] == [one.entry.what == "yes"]
        if one.entry.what.startswith("started") and one.asked:
            assert all(asked.explained.holds for asked in one.asked)
