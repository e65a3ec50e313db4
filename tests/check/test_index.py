"""The names of whole workspaces: each has a role, and in a sound one each means something."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang import discovery
from flowlang.check.index import names_of
from flowlang.check.lookup import Lookup
from flowlang.check.symbols import Symbol
from flowlang.lsp.study import Study
from flowlang.lsp.texts import Texts
from flowlang.source import Findings, Source
from flowlang.syntax.parser import parse
from flowlang.workspace import Workspace, load

ROOT = Path(__file__).parents[2]
FOLDERS = ("examples", "tests/language", "tests/semantics")
NOT_DECLARED = {"channel", "file", "module", "report", "zone"}


@pytest.fixture(scope="module")
def sound() -> list[Workspace]:
    """The workspaces of the project without a finding."""
    loaded = [load(*one) for one in discovery.find([ROOT / name for name in FOLDERS])]
    return [one for one in loaded if not one.findings.found]


def study(found: Workspace) -> Study:
    return Study(found.root, found.files, found.modules, Texts(), {})


def test_every_name_of_a_sound_workspace_is_known(sound: list[Workspace]) -> None:
    unknown: set[tuple[str, str]] = set()
    for found in sound:
        lookup = study(found).lookup
        for one in lookup.occurrences:
            line = one.span.source.line(one.span.line)
            meant = lookup.meant(one)
            if any(symbol.kind in NOT_DECLARED or lookup.known(symbol) for symbol in meant):
                continue
            # What an answer holds is known when it comes; `old` and `new` are of a change.
            if "answer." not in line and "event.old" not in line and "event.new" not in line:
                unknown.add((one.span.text, line.strip()))
    assert not unknown


def test_every_name_without_quotes_has_a_role(sound: list[Workspace]) -> None:
    silent: set[tuple[str, str]] = set()
    for found in sound:
        for parsed in found.files:
            known = {one.span.start for one in names_of(parsed.tree).occurrences}
            for piece in parsed.pieces:
                if piece.terminal == "NAME" and piece.start not in known:
                    line = parsed.source.line(parsed.source.position(piece.start)[0]).strip()
                    silent.add((parsed.source.text[piece.start : piece.end], line))
    # The rows of a list have a name that nothing asks for, and so have the parts of an answer.
    free = ("list of", "answers", "per event", "je event", "liste von", "(", "antwortet")
    assert len(silent) < 100
    assert not {pair for pair in silent if not any(word in pair[1] for word in free)}


def lookup_of(text: str) -> Lookup:
    return Lookup([names_of(parse(Source("a", text), Findings()).tree)])


def test_a_name_in_a_filter_is_first_of_what_is_filtered() -> None:
    lookup = lookup_of(
        "contact\n  total  number\n  score  number\n\nevent purchase\n  total  number\n\n"
        'campaign "A"\n  start on purchase where total > score\n'
    )
    of_event = Symbol("field", "total", ("event", "purchase"))
    assert [one.span.line for one in lookup.uses(of_event)] == [6, 9]
    assert [one.span.line for one in lookup.uses(Symbol("field", "score"))] == [3, 9]
    assert [one.span.line for one in lookup.uses(Symbol("field", "total"))] == [2]


def test_the_event_of_a_message_is_that_of_the_campaigns_that_send_it() -> None:
    lookup = lookup_of(
        "event a\n  code  text\n\nevent b\n  code  text\n\nevent c\n  code  text\n\n"
        'message "M"\n  kind service\n  channel sms\n  body "{{ event.code }}"\n\n'
        'campaign "A"\n  start on a\n  send "M"\n\ncampaign "B"\n  start on b\n  send "M"\n'
    )
    place = next(one for one in lookup.occurrences if one.in_template)
    assert [symbol.owner[1] for symbol in lookup.meant(place)] == ["a", "b"]


def test_a_new_statement_is_known_by_its_fields() -> None:
    from flowlang.check.roles import Role, roles
    from flowlang.syntax.tree import Node, Token

    class Praise(Node):
        message: Token
        policies: tuple[Token, ...]
        loudness: Token

    assert roles(Praise) == (
        ("message", Role(("message",))),
        ("policies", Role(("policy",))),
        ("loudness", None),
    )


def test_contacts_of_tests_do_not_know_each_other() -> None:
    test = '\ntest "{}"\n  given contact "anna"\n  at 2026-03-02 10:00 tag "x" for "anna"\n'
    lookup = lookup_of(test.format("one") + test.format("two"))
    for name in ("one", "two"):
        assert len(lookup.uses(Symbol("contact", "anna", ("test", name)))) == 2
