from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from string import Formatter
from typing import Any

import pytest

from flowlang import resources
from flowlang.syntax import keywords, table
from flowlang.syntax.machine import Machine, Make
from flowlang.syntax.reader import Reader
from flowlang.syntax.tree import NODES
from tests.syntax.reading import CORPUS, sound

LANGUAGES = keywords.languages()
GRAMMAR = (resources.grammar() / "flow.lark").read_text(encoding="utf-8")
VALUES = {
    "BLOCK", "COMPARE", "DATE", "DATETIME", "MUL_OP", "NAME", "NUMBER", "PERCENT", "REF", "STRING",
    "SUM_OP", "TIME", "_BAD_EXPRESSION", "_BAD_LINE", "_COMMA", "_DEDENT", "_INDENT", "_LPAR",
    "_NL", "_RPAR",
}  # fmt: skip
"""Terminals that the lexer and the recovery make, without a word of any language."""
TUPLES = {
    "assignments", "audience", "automation_lines", "block", "calendar_lines", "campaign_lines",
    "cond", "conditions", "contact_lines", "coupon_lines", "dates", "else_ifs", "event_lines",
    "expressions", "fields", "given_lines", "happening", "message_lines", "policy_lines",
    "race_lines", "record_lines", "row", "rows", "run_tails", "shares", "strings", "test_lines",
    "variant_lines", "wait_tails", "weekdays",
}  # fmt: skip
"""Rules whose value is a tuple of what is in them."""


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_word_means_two_things_at_one_place(code: str) -> None:
    meanings = defaultdict(set)
    for some in keywords.load(code).phrases.values():
        for phrase in some:
            meanings[phrase.text].add((phrase.terminal, phrase.before))
    shared = {text: found for text, found in meanings.items() if len(found) > 1}
    clashes = set()
    for state in table.load().states:
        for text, found in shared.items():
            here = [before for terminal, before in found if terminal in state]
            if len(here) > 1 and (here.count("") > 1 or len(set(here)) < len(here)):
                clashes.add((text, tuple(sorted(t for t, _ in found if t in state))))
    assert clashes == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_terminal_has_a_word_and_every_word_a_terminal(code: str) -> None:
    worded = {terminal for terminal, _ in keywords.load(code).spelling}
    assert worded == table.terminals(GRAMMAR) - VALUES


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_the_values_and_sentences_of_english(code: str) -> None:
    english, other = keywords.load("en"), keywords.load(code)
    assert other.spelling.keys() == english.spelling.keys()
    assert other.things.keys() == english.things.keys()
    assert other.sentences.keys() == english.sentences.keys()
    for key, sentence in english.sentences.items():
        assert _gaps(other.sentences[key]) == _gaps(sentence), key


def _gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_word_that_stands_for_another_leads_to_a_word_of_the_language(code: str) -> None:
    words = keywords.load(code)
    known = {phrase.text for some in words.phrases.values() for phrase in some}
    signs = {">=", "<=", "!=", "=", "<", ">"}
    for wrong, meant in words.mistaken.items():
        for right in meant:
            assert _is_made_of(right, known) or right in signs or right.isdigit(), wrong
    for right in words.synonyms.values():
        assert right in known


def _is_made_of(text: str, known: set[str]) -> bool:
    """Whether a text is one keyword, or several one behind the other."""
    parts = text.split()
    return text in known or any(
        " ".join(parts[:at]) in known and _is_made_of(" ".join(parts[at:]), known)
        for at in range(1, len(parts))
    )


def test_every_rule_makes_a_node_or_is_known_to_make_a_tuple() -> None:
    made = {
        rule.name
        for rule in table.load().rules
        if not rule.name.startswith("_") and not (rule.passes and len(rule.keep) == 1)
    }
    assert made - NODES.keys() - TUPLES == set()
    assert NODES.keys() - made == set()


def test_the_corpus_has_every_statement_of_the_grammar() -> None:
    missing = set(NODES) - _rules_used(CORPUS)
    assert missing == {"bad_step", "bad_expression"}


def _rules_used(text: str) -> set[str]:
    used: set[str] = set()
    machine_of = Reader.__init__

    def watched(name: str, make: Make) -> Make:
        def made(machine: Machine, parts: list[Any], start: int, end: int) -> Any:
            used.add(name)
            return make(machine, parts, start, end)

        return made

    def watching(self: Reader, *arguments: Any) -> None:
        machine_of(self, *arguments)
        machine = self.machine
        machine.rules = [
            (size, origin, watched(rule.name, make))
            for (size, origin, make), rule in zip(machine.rules, table.load().rules, strict=True)
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reader, "__init__", watching)
        sound(text)
    return used


def test_a_kept_table_of_another_grammar_is_not_taken() -> None:
    data = table.build(GRAMMAR)
    assert table.read(data, GRAMMAR) is not None
    assert table.read(data, GRAMMAR + "// changed\n") is None
    assert table.read(b"not a table", GRAMMAR) is None


def test_importing_the_parser_needs_none_of_the_heavy_libraries() -> None:
    heavy = {"lark", "jinja2", "pydantic", "sqlalchemy", "rich", "babel", "holidays"}
    code = "import sys, flowlang.syntax.parser; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy & {name.partition(".")[0] for name in done.stdout.split()} == set()


def test_few_words_are_reserved() -> None:
    english = keywords.reserved("en")
    assert {"and", "or", "not", "today", "event", "tag"} <= english
    assert not {"score", "total", "name", "code", "time", "subject", "body", "date"} & english
    assert all(re.fullmatch(r"[\w-]+", word) for word in english)
