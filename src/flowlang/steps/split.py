"""`split [for good]` and `split best by …`, with a share for each branch."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise

from flowlang.calendar import Duration
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.effects import STAY, Effects, Next
from flowlang.source import Span
from flowlang.speech import tr
from flowlang.steps.event_match import EventMatch, event_match
from flowlang.steps.jump import branches
from flowlang.steps.step import Code, Instruction, Lapse, Step
from flowlang.syntax import expressions as tree
from flowlang.syntax import past
from flowlang.syntax.tree import Node, Token, node


@node("share", block="steps")
class Share(Node):
    """`50% "A"` and the steps of that branch."""

    percent: Token
    name: Token
    steps: tuple[Node, ...] | None


@node("split", block="shares")
class Split(Step):
    """Takes a branch at random, stable in a round; `for good`, stable in all rounds."""

    for_good: Token | None
    shares: tuple[Share, ...] | None

    def compile(self, code: Code) -> bool:
        shares = self.shares or ()
        total = sum(share.percent.value for share in shares)
        if shares and abs(total - 100) > 1e-6:
            code.report(d.SHARES, self.span, sum=f"{total:g}")
        bounds = tuple(accumulate(share.percent.value for share in shares))
        instruction = TakeShare(bounds, self.for_good is not None)
        code.emit(instruction, self)
        return _compile(self, shares, instruction, code)


@node("split_best", block="shares")
class SplitBest(Step):
    """A test: those beyond the shares wait until its window ends, then all take the best branch."""

    event: past.EventRef
    after: tree.Duration
    where: tree.Expression | None
    shares: tuple[Share, ...] | None

    def compile(self, code: Code) -> bool:
        shares = self.shares or ()
        total = sum(share.percent.value for share in shares)
        if total > 100 + 1e-6:
            code.report(d.SHARES, self.span, sum=f"{total:g}")
        match = event_match(code, self.event, self.where)
        length = literals.duration(self.after, code.findings)
        bounds = tuple(accumulate(share.percent.value for share in shares))
        instruction = TakeBest(bounds, match, length)
        code.emit(instruction, self)
        code.experiments.append(instruction)
        return _compile(self, shares, instruction, code)


def _none_below_zero(shares: tuple[Share, ...], code: Code) -> None:
    """A share is no less than nothing."""
    for share in shares:
        if share.percent.value < 0:
            what = tr("a share is not below 0%, here {share:g}%", share=share.percent.value)
            code.report(d.BAD_VALUE, share.percent.span, what=what)


def _compile(step: Step, shares: tuple[Share, ...], instruction: Taking, code: Code) -> bool:
    """Compile the branches of a split, each under a name of its own."""
    names: dict[str, Span] = {}

    def begin(share: Share, target: int) -> None:
        first = names.setdefault(share.name.value, share.name.span)
        if first is not share.name.span:
            code.report(
                d.DUPLICATE_NAME, share.name.span, what=tr("the branch"), name=share.name.value,
                also=((first, tr("first named here")),),
            )  # fmt: skip
        instruction.targets.append((share.name.value, target))

    _none_below_zero(shares, code)
    return branches(code, step, shares, begin) and bool(shares)


def _shares(targets: list[tuple[str, int]], bounds: tuple[float, ...]) -> list[str]:
    """Each branch with its share, as the file says it."""
    below = (0.0, *bounds)
    shares = (bound - low for low, bound in pairwise(below))
    return [f'{share:g}% "{name}"' for share, (name, _) in zip(shares, targets, strict=True)]


class Taking(Instruction):
    """Take one of several branches with shares."""

    __slots__ = ("bounds", "targets")
    shape = "split"

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.targets: list[tuple[str, int]] = []

    def take(self, do: Effects, branch: int) -> Next:
        name, target = self.targets[branch]
        do.note("branch", name)
        return target

    def exits(self, pc: int) -> list[tuple[int, str]]:
        return [(target, name) for name, target in self.targets]

    def labels(self, pc: int, say: Callable[[str], str]) -> list[str]:
        return _shares(self.targets, self.bounds)


class TakeShare(Taking):
    """Take the branch that a stable random number falls into."""

    __slots__ = ("for_good",)

    def __init__(self, bounds: tuple[float, ...], for_good: bool) -> None:
        super().__init__(bounds)
        self.for_good = for_good

    def run(self, do: Effects, pc: int) -> Next:
        number = do.share(self.where.id, self.for_good)
        found = (branch for branch, bound in enumerate(self.bounds) if number < bound)
        return self.take(do, next(found, -1))


class TakeBest(Taking):
    """Take a branch while the test runs; wait for the winner; take the winner."""

    __slots__ = ("length", "match")

    def __init__(self, bounds: tuple[float, ...], match: EventMatch, length: Duration) -> None:
        super().__init__(bounds)
        self.match = match
        self.length = length

    def run(self, do: Effects, pc: int) -> Next:
        branch = do.experiment(self.where.id, self.bounds, self.length)
        return STAY if branch is None else self.take(do, branch)

    def lapse(self) -> Lapse:
        return Lapse(Duration(), self.length)
