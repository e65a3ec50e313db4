"""When a wait ends, for the example contact: the one of the campaign's first test.

The first test that speaks of a campaign, or of a message that it sends, is played in memory, and
what its contact waits for is written behind each wait.  Where there is no such test, or an error
stands in the way, there is no hint.
"""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from flowlang.check.symbols import Symbol
from flowlang.contact import Entry
from flowlang.engine import retelling
from flowlang.lsp.checked import Checked
from flowlang.lsp.running import played
from flowlang.lsp.server import FlowServer
from flowlang.lsp.study import Study
from flowlang.source import Source
from flowlang.speech import tr
from flowlang.syntax.campaigns import Campaign
from flowlang.syntax.parser import Parsed
from flowlang.syntax.scripts import Test

MAX_TESTS = 20
"""Tests that are played for the hints of one text."""


def register(server: FlowServer) -> None:
    """Answer inlay hints."""
    plays = _Plays()

    @server.answers(types.TEXT_DOCUMENT_INLAY_HINT)
    def hints(server: FlowServer, params: types.InlayHintParams) -> list[types.InlayHint]:
        found = server.study(params.text_document.uri)
        checked = server.settled(params.text_document.uri)
        parsed = found[1].parsed(found[0].source) if found else None
        if found is None or checked is None or parsed is None:
            return []
        first, last = params.range.start.line + 1, params.range.end.line + 1
        waits = plays.waits(found[1], checked[1], parsed)
        return [
            _hint(server, parsed.source, line, until, test)
            for line, (until, test) in sorted(waits.items())
            if first <= line <= last
        ]


def _hint(server: FlowServer, source: Source, line: int, until: str, test: str) -> types.InlayHint:
    end = source.offset(line, len(source.line(line).rstrip()) + 1)
    return types.InlayHint(
        server.places.position(source, end),
        retelling.because("waiting", until, source.language),
        tooltip=tr('for the contact of the test "{name}"', name=test).in_(source.language),
        padding_left=True,
    )


class _Plays:
    """Plays each text's tests once for each check."""

    def __init__(self) -> None:
        self._known: tuple[object, dict[int, tuple[str, str]]] = (None, {})

    def waits(self, study: Study, checked: Checked, parsed: Parsed) -> dict[int, tuple[str, str]]:
        """By line: until when its contact waits there, and the name of the test."""
        key = (id(checked), id(parsed))
        if self._known[0] != key:
            self._known = (key, dict(_waits(study, checked, parsed)))
        return self._known[1]


def _waits(study: Study, checked: Checked, parsed: Parsed) -> Iterator[tuple[int, tuple[str, str]]]:
    workspace = checked.workspace
    program = workspace.runnable
    if program is None:
        return
    histories: dict[str, list[Entry]] = {}
    seen: set[int] = set()
    for campaign in parsed.tree.items:
        if not isinstance(campaign, Campaign):
            continue
        test = _first_test(study, campaign)
        script = next((one for one in workspace.tests if one.name == test), None)
        if script is None or (test not in histories and len(histories) >= MAX_TESTS):
            continue
        if test not in histories:
            histories[test] = played(workspace, program, script)[1].entries
        for entry in histories[test]:
            about = entry.campaign == campaign.name.value and entry.what == "waiting"
            if about and entry.because.startswith("until ") and entry.line not in seen:
                seen.add(entry.line)
                yield entry.line, (f"→ {entry.because.removeprefix('until ')}", test)


def _first_test(study: Study, campaign: Campaign) -> str:
    """The first test that speaks of a campaign, or of a message that it sends."""
    spoken = {Symbol("campaign", str(campaign.name.value))}
    tests: list[tuple[str, int, Test]] = []
    for parsed in study.files:
        name = parsed.source.name
        tests += [
            (name, item.span.start, item) for item in parsed.tree.items if isinstance(item, Test)
        ]
    for one in study.lookup.within(campaign.span.source):
        if campaign.span.start <= one.span.start < campaign.span.end:
            spoken |= {symbol for symbol in study.lookup.meant(one) if symbol.kind == "message"}
    here = campaign.span.source.name
    for _, _, test in sorted(tests, key=lambda one: (one[0] != here, one[0], one[1])):
        for occurrence in study.lookup.within(test.span.source):
            inside = test.span.start <= occurrence.span.start < test.span.end
            if inside and spoken.intersection(study.lookup.meant(occurrence)):
                return str(test.name.value)
    return ""
