"""What differs in a keyword differs in the tree: the formatter's proof rests on it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, permutations

import pytest

from flowlang import resources
from flowlang.source import Findings, Source
from flowlang.syntax import keywords, table
from flowlang.syntax.format import FormatError, NotReadable, format_source
from flowlang.syntax.lexeme import Line
from flowlang.syntax.parser import Parsed, Parser
from flowlang.syntax.tree import NODES
from tests.syntax.reading import CORPUS, sound

PAIRS = {
    'coupons "C"\n  when empty {}\n': ("halt", "skip"),
    'message "M"\n  when missing {}\n': ("halt", "skip"),
    'message "M"\n  kind {}\n': ("marketing", "service"),
    'campaign "K"\n  wait until x at 09:00, {}\n': ("stop if past", "stop if not set"),
    'campaign "K"\n  send "M" when empty {}\n': ("halt", "skip"),
    'policy "P"\n  send only between 08:00 and 20:00{}\n': (", otherwise wait", ", otherwise skip"),
    'policy "P"\n  send at most 2 messages {} per day\n': ("of this policy", "in all"),
}


@pytest.mark.parametrize("text", PAIRS)
def test_two_keywords_in_one_place_make_two_trees(text: str) -> None:
    one, other = (sound(text.format(word)) for word in PAIRS[text])
    assert one.tree != other.tree
    assert hash(one.tree) == hash(sound(format_source(one)).tree)


@pytest.mark.parametrize("text", PAIRS)
def test_one_keyword_makes_one_tree_in_all_languages(text: str) -> None:
    for word in PAIRS[text]:
        english = sound(text.format(word))
        german = sound(format_source(english, "de"))
        assert german.tree == english.tree
        assert hash(german.tree) == hash(english.tree)


def test_an_event_of_delivery_is_not_a_declared_event_of_that_name() -> None:
    english = sound('campaign "K"\n  wait for opened\n')
    german = sound('# sprache: de\nkampagne "K"\n  warte auf opened\n')
    assert german.tree != english.tree
    with pytest.raises(FormatError, match="a name in it is a word"):
        format_source(german, "en")


def test_a_keyword_swapped_for_another_changes_the_tree() -> None:
    words = keywords.load("en")
    alike = _alike()
    tried: set[tuple[str, str, str]] = set()
    changed = 0
    for parsed in _small_texts():
        text = parsed.source.text
        for piece, following in pairwise(parsed.pieces):
            for (terminal, value), (form, *_) in words.spelling.items():
                case = (piece.terminal, following.terminal, terminal)
                if not piece.language or (piece.terminal, terminal) not in alike or case in tried:
                    continue
                tried.add(case)
                swapped = _read_at_once(f"{text[: piece.start]}{form}{text[piece.end :]}")
                if swapped is not None and _keywords(swapped) != _keywords(parsed):
                    changed += 1
                    assert swapped.tree != parsed.tree, (text, terminal, value)
    assert changed > 500


class _Impatient(Parser):
    """Reads what is right at once, and mends nothing: recovery costs more than all the rest."""

    def _line(self, line: Line) -> bool:
        self.machine.begin_line()
        if self.feed(line.lexemes, self.words) is not None:
            raise NotReadable(f"{self.source.name} is not right")
        return True


def _read_at_once(text: str) -> Parsed | None:
    findings = Findings()
    try:
        parsed = _Impatient(Source("a.flow", text), findings, "en").parse()
    except NotReadable:
        return None
    return None if findings.found else parsed


def _alike() -> set[tuple[str, str]]:
    """The keywords that can stand in one place, with the same behind them."""
    states = table.load().states
    valued = {terminal for terminal, value in keywords.load("en").spelling if value is not True}
    pairs = {(terminal, terminal) for terminal in valued}
    for row in states:
        behind = {terminal: states[to].keys() for terminal, to in row.items() if to >= 0}
        pairs |= {(a, b) for a, b in permutations(behind, 2) if behind[a] == behind[b]}
    return pairs


def _small_texts() -> Iterator[Parsed]:
    """Each line of the corpus, with the lines above it that it belongs to, and those below it."""
    lines = [line for line in CORPUS.splitlines() if line.strip()]
    widths = [len(line) - len(line.lstrip()) for line in lines]
    for at, line in enumerate(lines):
        above: list[str] = []
        width = widths[at]
        for index in reversed(range(at)):
            if widths[index] < width:
                above.insert(0, lines[index])
                width = widths[index]
        end = at + 1
        while end < len(lines) and widths[end] > widths[at]:
            end += 1
        parsed = _read_at_once("\n".join([*above, line, *lines[at + 1 : end], ""]))
        if parsed is not None:
            yield parsed


def _keywords(parsed: Parsed) -> list[tuple[str, object]]:
    return [(piece.terminal, piece.value) for piece in parsed.pieces]


EITHER_WAY = {
    "often": "`2 times` and `times 2` say the same",
}
"""Rules that have two texts for one node, and why that is right."""


def test_no_two_texts_of_the_grammar_make_one_node() -> None:
    """What a rule drops must not be all that tells two of its texts apart."""
    made: dict[tuple[object, ...], tuple[str, ...]] = {}
    for name, kept, text in _expansions():
        if name in EITHER_WAY:
            continue
        other = made.setdefault((NODES.get(name) or name, kept), text)
        assert other == text, f"{name}: {' '.join(other)} and {' '.join(text)} are told alike"


def _expansions() -> Iterator[tuple[str, tuple[str | None, ...], tuple[str, ...]]]:
    """Of each rule: whose node it makes, the parts that are kept, and the whole of its text."""

    grammar = (resources.grammar() / "flow.lark").read_text(encoding="utf-8")
    for rule in table.analysed(grammar).rules:
        name, origin, _, keep, passes = table._rule(rule)
        text = tuple(symbol.name for symbol in rule.expansion)
        kept = tuple(text[index] if index >= 0 else None for index, _ in keep)
        yield (origin if passes and len(kept) == 1 else name), kept, text
