"""What is known at a step is so, whenever a contact comes to it: in all tests that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang import discovery, workspace
from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.effects import Effects, Next
from flowlang.kinds import UnknownFields
from flowlang.program.program import Campaign, Program
from flowlang.rules.paths import Beside, Paths
from flowlang.source import Findings
from flowlang.steps.branch import Test as Branch
from flowlang.steps.step import Instruction

TOP = Path(__file__).parents[2]
FOLDERS = [TOP / name for name in ("examples", "tests/language", "tests/semantics")]


class Watched(Branch):
    """A branch that looks whether what is said to be known at it is so."""

    __slots__ = ("known", "seen")

    def __init__(self, inner: Branch, campaign: Campaign, number: int, paths: Paths) -> None:
        super().__init__(inner.condition, inner.because, inner.fixed)
        self.otherwise = inner.otherwise
        self.where = inner.where
        expressions = Expressions(paths.program.names)
        expressions.findings = Findings()
        place = Place(
            "step", event=UnknownFields(), reply=UnknownFields(), answer=True,
            sends=campaign.sends, in_run=True,
        )  # fmt: skip
        facts = paths.at(number)
        self.known = [
            (fact.condition, fact.holds, expressions.condition(fact.condition, place))
            for fact in facts or ()
        ]
        self.seen = facts is not None

    def run(self, do: Effects, pc: int) -> Next:
        assert self.seen, f"line {self.where.line} is said to be reached by no path"
        for condition, holds, fn in self.known:
            text = condition.span.text or type(condition).__name__
            assert bool(fn(do.view)) is holds, f"line {self.where.line}: {text} is not {holds}"
        return super().run(do, pc)


def watched(program: Program) -> int:
    """Put watched branches in the place of all; how many know anything."""
    beside = Beside(program)
    found = 0
    for campaign in program.campaigns:
        paths = Paths(campaign, program, beside)
        instructions: list[Instruction] = []
        for number, one in enumerate(campaign.instructions):
            watch = Watched(one, campaign, number, paths) if type(one) is Branch else one
            found += isinstance(watch, Watched) and bool(watch.known)
            instructions.append(watch)
        campaign.instructions = instructions
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_is_known_is_so(folder: Path) -> None:
    known = 0
    for root, files in discovery.find([folder]):
        loaded = workspace.load(root, files)
        program = loaded.runnable
        assert program is not None
        known += watched(program)
        for script in loaded.tests:
            script.run(program, {})
    assert known > 10
