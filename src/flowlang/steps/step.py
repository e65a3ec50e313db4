"""What every statement is: a node that compiles to instructions, and instructions that run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

from flowlang.calendar import Duration
from flowlang.check import diagnostics as d
from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.check.names import Message, Names
from flowlang.effects import END, STAY, Effects, Next, Trigger
from flowlang.source import Diagnostic, Findings, Span
from flowlang.speech import tr
from flowlang.steps.identity import Identities
from flowlang.syntax.tree import Node, Token


@dataclass(frozen=True, slots=True)
class Where:
    """An instruction's way back to the text: history, `why` and run-time errors point here."""

    line: int
    text: str
    """The statement's first line."""
    identities: Identities = field(compare=False, repr=False)
    number: int

    @property
    def id(self) -> str:
        """Its stable name: see `steps.identity`."""
        return self.identities[self.number]


@dataclass(frozen=True, slots=True)
class Lapse:
    """How long a run stands at an instruction: at least, and at most.

    `most` is None where something else than a length of time ends it: a date, or what happens.
    """

    least: Duration
    most: Duration | None


_NOTHING = Duration()

Shape = Literal[
    "step", "send", "wait", "branch", "split", "race", "loop", "goal", "stop", "restart"
]
"""What kind of thing an instruction is to people who look at a picture."""


class Instruction(ABC):
    """One step of the flat program.

    `run` is asked when a contact comes to it and answers where to go on; STAY leaves the contact
    here. A contact that stands here comes back through `wake`, when its time has come, or `look`,
    when something has happened to it.
    """

    __slots__ = ("where",)
    where: Where
    lets_time_pass: ClassVar[bool] = False
    """Waking from it does nothing but let the run go on."""
    shape: ClassVar[Shape] = "step"

    @abstractmethod
    def run(self, do: Effects, pc: int) -> Next: ...

    def wake(self, do: Effects, pc: int) -> Next:
        """The moment the run waited for has come."""
        return self.run(do, pc)

    def look(self, do: Effects, pc: int, trigger: Trigger) -> Next | None:
        """Something happened while the run stands here: where it goes on, or None to stay."""
        return None

    def describe(self) -> str:
        """The statement in a few words, for pictures."""
        return self.where.text

    def exits(self, pc: int) -> list[tuple[int, str]]:
        """Where the run can go from here, each with a label: what a picture draws."""
        return [(pc + 1, "")]

    def labels(self, pc: int, say: Callable[[str], str]) -> list[str]:
        """What a picture writes at each exit; `say` puts a label into the language of the file."""
        return [say(label) for _, label in self.exits(pc)]

    def detail(self, language: str) -> str:
        """What a picture adds to the statement; in a language, where there are several."""
        return ""

    def lapse(self) -> Lapse:
        """How much time passes here, if all goes as the statement says."""
        return Lapse(_NOTHING, _NOTHING)

    def halts(self, names: Names) -> bool:
        """Whether a run may stand here until a person lets it go on."""
        return False

    def outcomes(self, pc: int, names: Names) -> list[tuple[Next, str]]:
        """What can come of it, each with where the run goes on then and a label of its own.

        These are the exits, told apart also where two of them lead to one place; STAY leads
        nowhere but to a stand that the text speaks of, such as a halt.
        """
        return [*self.exits(pc)] or [(END, "")]

    def outcome(self, do: Effects, pc: int, target: Next, names: Names) -> str | None:
        """Which of its outcomes has come, now that it has answered; None while the run waits."""
        found = self.outcomes(pc, names)
        if len(found) > 1:
            return next((label for to, label in found if to == target), None)
        standing = target == STAY and do.run.status in ("waiting", "halted")
        return None if standing else found[0][1]


class Step(Node):
    """A statement of a campaign or an automation."""

    acts_on: ClassVar[str] = "K"
    """K: a contact.  S: the system.  KS: either."""

    def compile(self, code: Code) -> bool:
        """Check the statement and append its instructions; True where nothing can follow it."""
        raise AssertionError(f"{type(self).__name__} does not compile")

    def instead(self, names: Names) -> str:
        """What to write in an automation, for a step that acts on a contact."""
        return tr(
            "write a campaign for it; an automation can start one: `start campaign … for segment …`"
        )


@dataclass(slots=True)
class Loop:
    """A `repeat` that is being compiled: the instructions that have to learn where it ends."""

    leaves: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Code:
    """A campaign or automation in the making."""

    names: Names
    expressions: Expressions
    place: Place
    campaign: str
    kind: str = "K"
    instructions: list[Instruction] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    """Of each instruction, the node that it was made of."""
    goals: list[Any] = field(default_factory=list)
    measures: list[Any] = field(default_factory=list)
    sends: list[tuple[Message, Token]] = field(default_factory=list)
    starts: list[Token] = field(default_factory=list)
    """Campaigns that a step starts."""
    loops: list[Loop] = field(default_factory=list)
    races: list[int] = field(default_factory=list)
    experiments: list[Any] = field(default_factory=list)
    texts: list[Any] = field(default_factory=list)
    """Templates that stand in steps, not in messages."""
    start_events: set[str] = field(default_factory=set)
    path: list[Node] = field(default_factory=list)
    """The statements and branches in whose blocks this is."""
    identities: Identities = field(default_factory=Identities)

    @property
    def findings(self) -> Findings:
        return self.names.findings

    @property
    def on_top(self) -> bool:
        """Not within a block of another step."""
        return not self.path

    @property
    def next(self) -> int:
        """The number that the next instruction will have."""
        return len(self.instructions)

    def emit(self, instruction: Instruction, node: Node) -> int:
        """Append an instruction; gives its number."""
        text = node.span.first_line
        number = self.identities.add(tuple(self.path), node)
        instruction.where = Where(node.span.line, text, self.identities, number)
        self.instructions.append(instruction)
        self.nodes.append(node)
        return len(self.instructions) - 1

    def block(self, steps: tuple[Node, ...] | None) -> bool:
        """Compile the steps of a block; True where nothing can follow it."""
        ended: Node | None = None
        for step in steps or ():
            if not isinstance(step, Step):
                continue
            if ended is not None and step.rule != "goal":
                why = tr("`{step}` comes before it", step=ended.span.first_line)
                self.findings.report(d.UNREACHABLE, step.span, why=why)
                ended = None
                break_after = True
            else:
                break_after = False
            # What is wrong with a step in the wrong place is that it stands there.
            over = self._belongs(step) and step.compile(self)
            ended = step if over and not break_after else None
        return ended is not None

    @contextmanager
    def inside(self, node: Node) -> Iterator[None]:
        """Within the block of a step."""
        self.path.append(node)
        try:
            yield
        finally:
            self.path.pop()

    def _belongs(self, step: Step) -> bool:
        if self.kind in step.acts_on:
            return True
        what = step.span.first_line
        if self.kind == "S":
            hint = step.instead(self.names)
            self.findings.report(d.CONTACT_STEP_IN_AUTOMATION, step.span, what=what, hint=hint)
        else:
            hint = tr("write an automation for it")
            self.findings.report(d.JOB_IN_CAMPAIGN, step.span, what=what, hint=hint)
        return False

    def condition(self, node: Any, place: Place | None = None) -> Any:
        return self.expressions.condition(node, place or self.place)

    def message(self, token: Token) -> Message | None:
        """A message by its name; notes that this campaign sends it."""
        found = self.names.messages.get(token.value)
        if found is None:
            self.expressions.unknown(d.UNKNOWN_MESSAGE, token, self.names.messages)
            return None
        self.sends.append((found, token))
        return found

    def place_with(self, **changes: Any) -> Place:
        return replace(self.place, **changes)

    def report(self, diagnostic: Diagnostic, span: Span, **words: Any) -> None:
        self.findings.report(diagnostic, span, **words)
