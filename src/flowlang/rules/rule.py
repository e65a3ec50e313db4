"""What a rule is, what it finds, and what it may look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from flowlang.check.names import Names
from flowlang.kinds import UnknownFields
from flowlang.rules.severities import EDITIONS, Setting
from flowlang.source import Diagnostic, Fix, Severity, Span, Walk
from flowlang.syntax.parser import Parsed
from flowlang.syntax.tree import Node

if TYPE_CHECKING:
    from flowlang.program.program import Campaign, Program
    from flowlang.rules.paths import Beside, Paths
    from flowlang.rules.reasoning import Reasoning


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that a rule found."""

    span: Span
    words: Mapping[str, object] = field(default_factory=dict)
    """What fills the sentence of the rule."""
    hint: str = ""
    fix: Fix | None = None
    also: tuple[tuple[Span, str], ...] = ()
    home: Span | None = None
    """Where it belongs, where `span` is in another file, such as a body: comments count there."""
    walk: Walk | None = None
    """How a contact comes there, where the finding is about a path."""


Hits = Iterable[Hit]
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(slots=True)
class Rule:
    """One rule: a code and a name that stay, a severity, a sentence, and what looks for it."""

    module: str
    code: str
    severity: Setting
    """Where nobody says otherwise."""
    says: str
    """The sentence of a finding, a format string."""
    since: str = EDITIONS[0]
    """The first edition that knows it."""
    legal: bool = False
    """It guards a law: only flow.toml can switch it off, with a reason, and never a comment."""
    over_nodes: list[tuple[tuple[type[Node], ...], Callable[..., Hits]]] = field(
        default_factory=list
    )
    over_campaigns: list[Callable[[Campaign, Look], Hits]] = field(default_factory=list)
    over_workspace: list[Callable[[Look], Hits]] = field(default_factory=list)
    collects: tuple[type[Node], ...] = ()

    @property
    def name(self) -> str:
        return self.module.rpartition(".")[2].replace("_", "-")

    @property
    def family(self) -> str:
        return self.module.rsplit(".", 2)[1]

    def diagnostic(self, severity: Severity) -> Diagnostic:
        """What it reports, as severe as it was set."""
        return Diagnostic(self.code, self.name, severity, self.says)

    def nodes(self, *types: type[Node]) -> Callable[[F], F]:
        """Register a function `(node, look)` over nodes of these types, in the files linted."""

        def register(function: F) -> F:
            self.over_nodes.append((types, function))
            return function

        return register

    def campaigns(self, function: F) -> F:
        """Register a function `(campaign, look)` over the campaigns of the files linted."""
        self.over_campaigns.append(function)
        return function

    def workspace(self, *collects: type[Node]) -> Callable[[F], F]:
        """Register a function `(look)` over all; `look.every(type)` has the nodes it names."""

        def register(function: F) -> F:
            self.collects += collects
            self.over_workspace.append(function)
            return function

        return register


@dataclass
class Look:
    """What a rule may look at."""

    program: Program
    own: list[Parsed]
    """The files that are linted; modules that they use are only read."""
    parsed: Parsed
    """The file at hand."""
    above: list[Node] = field(default_factory=list)
    """The nodes around the one at hand, from the file inwards."""
    collected: dict[type, list[Node]] = field(default_factory=dict)
    _paths: dict[str, Paths] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        return self.program.names

    @property
    def parent(self) -> Node:
        return self.above[-1]

    def inside(self, *types: type[Node]) -> bool:
        """Whether the node at hand stands somewhere within one of these."""
        return any(isinstance(node, types) for node in self.above)

    def every(self, *types: type[Node]) -> list[Node]:
        """The nodes of these types in all files, tests left out: those that the rule named."""
        return [node for one in types for node in self.collected.get(one, ())]

    def is_own(self, span: Span) -> bool:
        """Whether a place is in a file that is linted."""
        return span.source in self._own_sources

    @cached_property
    def _own_sources(self) -> set[object]:
        return {parsed.source for parsed in self.own}

    def campaign(self) -> Campaign | None:
        """The compiled campaign that the node at hand stands in."""
        for node in self.above[1:2]:
            found = self.program.by_name.get(str(getattr(node, "name", "")))
            return found if found is not None and found.item is node else None
        return None

    def paths(self, campaign: Campaign) -> Paths:
        """What is known at each step of a campaign."""
        from flowlang.rules.paths import Paths

        found = self._paths.get(campaign.name)
        if found is None:
            found = self._paths[campaign.name] = Paths(campaign, self.program, self.beside)
        return found

    @cached_property
    def reasoning(self) -> Reasoning:
        """What can be so, where names are those of the contact."""
        from flowlang.rules.reasoning import Reasoning

        return Reasoning(self.names)

    @cached_property
    def reasoning_in_rows(self) -> Reasoning:
        """The same within a filter, whose rows may have any fields."""
        from flowlang.rules.reasoning import Reasoning

        return Reasoning(self.names, UnknownFields())

    @cached_property
    def beside(self) -> Beside:
        """What the campaigns do to each other."""
        from flowlang.rules.paths import Beside

        return Beside(self.program)
