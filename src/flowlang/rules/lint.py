"""Runs the rules that are on: one walk over the trees, which calls each rule for its nodes.

What they find goes where all findings go, but for what comments allow and the baseline forgives.
A file with an error is left alone: who mends it comes back, and one mistake stays one finding.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from functools import cached_property
from pathlib import Path, PurePosixPath

from flowlang.check.names import Names
from flowlang.program.program import Program
from flowlang.rules import allowances as comments
from flowlang.rules import registry
from flowlang.rules.allowances import Allowances
from flowlang.rules.baseline import Place, place_of
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.severities import Severities, folders_of
from flowlang.source import Finding, Findings, Source, Span
from flowlang.syntax.parser import Parsed
from flowlang.syntax.scripts import Test
from flowlang.syntax.tree import Node, children

Check = Callable[[Node, Look], Hits]


class Unwanted(Exception):
    """Nobody waits for the outcome any more: what was judged has changed meanwhile."""


def lint(
    program: Program,
    own: list[Parsed],
    modules: list[Parsed],
    severities: Severities,
    root: Path,
    findings: Findings,
    forgiven: Counter[Place] | None = None,
    still_wanted: Callable[[], bool] = lambda: True,
) -> list[Place]:
    """Add what the rules find to the findings of a program, as severe as they are set.

    `own` are the files that are linted, `modules` those they use; paths count from `root`.  Gives
    where each finding belongs that was shown: what a new baseline would forgive.
    Raises Unwanted soon after it is not `still_wanted`.
    """
    run = _Run(program, own, modules, severities, root, findings, still_wanted)
    run.rules()
    return run.settle(forgiven or Counter())


class _Run:
    """One run over a workspace."""

    def __init__(
        self,
        program: Program,
        own: list[Parsed],
        modules: list[Parsed],
        severities: Severities,
        root: Path,
        findings: Findings,
        still_wanted: Callable[[], bool],
    ) -> None:
        self.findings = findings
        self.still_wanted = still_wanted
        self.names: Names = program.names
        self.severities = severities
        self.modules = modules
        broken = {
            finding.span.source for finding in self.findings.found if finding.severity == "error"
        }
        self.own = own
        self.sound = [parsed for parsed in own if parsed.source not in broken]
        self.whole = not broken
        self.folders = {parsed.source: _folders(parsed.source, root) for parsed in own}
        first = own[0] if own else None
        self.look = Look(program, own, first) if first is not None else None

    # ------------------------------------------------------------------ rules

    def rules(self) -> None:
        """Call every rule that is on anywhere."""
        look = self.look
        if look is None:
            return
        active = [rule for rule in registry.rules().values() if self._is_on(rule)]
        by_node: dict[type[Node], list[tuple[Rule, Check]]] = {}
        for rule in active:
            for types, check in rule.over_nodes:
                for one in types:
                    by_node.setdefault(one, []).append((rule, check))
        collects = {one for rule in active for one in rule.collects} if self.whole else set()
        look.collected = {one: [] for one in collects}
        for parsed in self.sound:
            look.parsed = parsed
            self._walk(parsed, by_node)
        for parsed in self.modules if collects else ():
            look.parsed = parsed
            self._walk(parsed, {})
        self._over_campaigns(active)
        if self.whole:
            for rule in active:
                for over in rule.over_workspace:
                    self._take(rule, over(look))

    def _is_on(self, rule: Rule) -> bool:
        """Whether a rule is on in some folder."""
        say = self.severities
        if say.of(rule, ("",)) != "off":
            return True
        return any(say.of(rule, (folder,)) != "off" for folder in say.folders)

    def _walk(self, parsed: Parsed, by_node: dict[type[Node], list[tuple[Rule, Check]]]) -> None:
        look = self.look
        assert look is not None
        collected, above = look.collected, look.above
        stack: list[tuple[Node, int]] = [(parsed.tree, 0)]
        while stack:
            node, depth = stack.pop()
            kind = type(node)
            del above[depth:]
            if kind in by_node:
                for rule, check in by_node[kind]:
                    self._take(rule, check(node, look))
            if kind in collected:
                collected[kind].append(node)
            if kind is Test:
                continue
            inner = list(children(node))
            if inner:
                above.append(node)
                stack.extend((one, depth + 1) for one in reversed(inner))
        above.clear()

    def _over_campaigns(self, active: list[Rule]) -> None:
        look = self.look
        assert look is not None
        checks = [(rule, check) for rule in active for check in rule.over_campaigns]
        sound = {parsed.source: parsed for parsed in self.sound}
        for campaign in look.program.campaigns if checks else ():
            parsed = sound.get(campaign.span.source)
            if parsed is None:
                continue
            look.parsed = parsed
            for rule, check in checks:
                self._take(rule, check(campaign, look))

    def _take(self, rule: Rule, hits: Hits) -> None:
        if not self.still_wanted():
            raise Unwanted
        for hit in hits:
            self._report(rule, hit)

    def _report(self, rule: Rule, hit: Hit) -> None:
        home = hit.home or hit.span
        folders = self.folders.get(home.source)
        severity = self.severities.of(rule, folders) if folders is not None else "off"
        if severity == "off":
            return
        self.findings.report(
            rule.diagnostic(severity), hit.span, hint=hit.hint, fix=hit.fix, also=hit.also,
            walk=hit.walk, home=hit.home, **hit.words,
        )  # fmt: skip

    # ------------------------------------------------------------------ what is left of it

    def settle(self, forgiven: Counter[Place]) -> list[Place]:
        """Take away what is switched off, allowed or forgiven; gives where the rest belongs."""
        allowed: dict[Source, Allowances] = {}
        for parsed in self.own:
            allowed[parsed.source] = comments.read(parsed, self.severities, self.findings)
        left = [self._set(finding) for finding in self.findings.found]
        left = [one for one in left if one is not None and not self._allowed(one, allowed)]
        self.findings.found[:] = [one for one in left if one is not None]
        for parsed in self.sound:
            allowed[parsed.source].report_unused()
        self.findings.found[:] = [
            one for finding in self.findings.found if (one := self._set(finding)) is not None
        ]
        return self._forgive(forgiven)

    def _set(self, finding: Finding) -> Finding | None:
        """A finding as severe as it was set; None for one that is switched off."""
        other = registry.OTHERS.get(finding.diagnostic.name)
        folders = self.folders.get(finding.span.source)
        if other is None or folders is None:
            return finding
        setting = self.severities.named(finding.diagnostic.name, other[1], folders)
        if setting is None or setting == finding.severity:
            return finding
        if setting == "off":
            return None
        diagnostic = dataclasses.replace(finding.diagnostic, severity=setting)
        return dataclasses.replace(finding, diagnostic=diagnostic)

    def _allowed(self, finding: Finding, allowed: dict[Source, Allowances]) -> bool:
        home = finding.home or finding.span
        found = allowed.get(home.source)
        if found is None:
            return False
        places = [*finding.places, *self._bodies.get(finding.span.source, ())]
        return found.allow(finding, [one for one in places if one.source is home.source])

    @cached_property
    def _bodies(self) -> dict[Source, list[Span]]:
        """By the file of a body, the lines of messages that name it."""
        found: dict[Source, list[Span]] = {}
        for message in self.names.messages.values():
            for variant in message.variants.values():
                if variant.body is not None and variant.body.path is not None:
                    found.setdefault(variant.body.span.source, []).append(variant.body.path.span)
        return found

    def _forgive(self, forgiven: Counter[Place]) -> list[Place]:
        shown: list[Finding] = []
        places: list[Place] = []
        known = registry.names()
        for finding in self.findings.in_order():
            if known.get(finding.diagnostic.name, "allowances") != "allowances":
                place = place_of(finding, self.own)
                if forgiven[place] > 0:
                    forgiven[place] -= 1
                    continue
                places.append(place)
            shown.append(finding)
        self.findings.found[:] = shown
        return places


def _folders(source: Source, root: Path) -> list[str]:
    """The folders of the workspace that a file stands in, the nearest first."""
    if source.path is None:
        return [""]
    try:
        inside = source.path.resolve().relative_to(root.resolve())
    except ValueError:
        return [""]
    return folders_of(PurePosixPath(inside.as_posix()))
