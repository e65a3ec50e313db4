"""Texts that nobody writes: each is told in few findings, in time that grows with the text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from flowlang.source import Findings
from flowlang.syntax.parser import parse
from flowlang.syntax.reading import decode, read_source
from tests.syntax.reading import messages, read, sound

CAMPAIGN = 'campaign "x"\n'
HARD = {
    "deep indentation": CAMPAIGN + "".join(" " * (n + 1) + "if a\n" for n in range(1500)),
    "deep parentheses": CAMPAIGN + "  if " + "(" * 900 + "a" + ")" * 900 + "\n    stop\n",
    "deeper parentheses": CAMPAIGN + "  if " + "(" * 10_000 + "a" + ")" * 10_000 + "\n    stop\n",
    "many nots": CAMPAIGN + "  if " + "not " * 10_000 + "a\n    stop\n",
    "deep functions": CAMPAIGN + "  if " + "anniversary of " * 600 + "a is today\n    stop\n",
    "a long line": CAMPAIGN + '  tag "' + "x" * 10_000_000 + '"\n',
    "a line of many words": CAMPAIGN + "  tag " + "x " * 100_000 + "\n",
    "a condition of many lines": 'segment "x"\n  a\n' + "    and a\n" * 20_000,
    "a null byte": CAMPAIGN + '  tag "a"\0\n',
    "an open text at the end": CAMPAIGN + '  tag "a',
    "an open block at the end": 'message "x"\n  body """\n    abc\n',
    "an open block in the middle": 'message "x"\n  body """\n    a\n'
    + '\nmessage "y"\n  body """\n    x\n    """\n' * 1000,
    "many digits": "1" * 1_000_000,
    "many dots": "1." * 100_000,
    "many dashes": "a-" * 100_000,
    "typographic quotes everywhere": CAMPAIGN + "  tag “a”\n" * 10_000,
    "tabs everywhere": CAMPAIGN + '\ttag "x"\n' * 10_000,
    "colons everywhere": CAMPAIGN + "  stop:\n" * 5_000,
}


@pytest.mark.parametrize("name", HARD)
def test_hard_input_is_one_finding(name: str, snapshot: SnapshotAssertion) -> None:
    began = time.process_time()
    assert messages(HARD[name]) == snapshot
    assert len(messages(HARD[name])) == 1
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "line",
    [
        "foo bar baz\n", "(\n", 'campaign "x"\n  foo bar\n', '"\n', "a@", ":", "🎉", '"""', "x.y ",
        'segment "x"\n  a in (1,\n', 'send "x"\n', 'campaign "x"\n  if a b c\n    stop\n',
        'campaign "x"\n  if a\n      stop\n    stop\n', 'campaign "x"\n  sende "x"\n', "a\\", "#",
    ],
)  # fmt: skip
def test_time_grows_with_the_text_and_no_faster(line: str) -> None:
    times = []
    for count in (500, 4_000):
        began = time.process_time()
        read(line * count)
        times.append(time.process_time() - began)
    # Eight times the text, with much room for a busy machine; a square would be 64 times.
    assert times[1] < max(times[0], 0.02) * 30


@pytest.mark.parametrize(
    "line",
    ["(" * 90 + "a" + ")" * 90, "not " * 90 + "a", "(a + " * 60 + "a" + ")" * 60 + " > 3"],
)
def test_what_nobody_will_nest_deeper_is_allowed(line: str) -> None:
    sound(f'segment "x"\n  {line}\n')


def test_fifty_levels_are_allowed() -> None:
    levels = "".join("  " * (n + 1) + "if a\n" for n in range(48))
    sound(CAMPAIGN + levels + "  " * 49 + "stop\n")


def test_bytes_that_are_not_utf8_are_one_finding_at_the_first(tmp_path: Path) -> None:
    path = tmp_path / "a.flow"
    path.write_bytes(b'\xef\xbb\xbfgroup "e\xcc\x81"\r\ngroup "\xff\xfe" \xff\n')
    findings = Findings()
    source = read_source(path, "a.flow", findings)
    parsed = parse(source, findings)
    assert [finding.diagnostic.name for finding in findings.found] == ["not-utf-8"]
    assert source.position(findings.found[0].span.start) == (2, 8)
    assert not parsed.sound
    assert source.path == path


def test_utf16_is_one_finding() -> None:
    findings = Findings()
    parse(decode('group "x"\n'.encode("utf-16"), "a.flow", findings), findings)
    assert [finding.diagnostic.name for finding in findings.found] == ["not-utf-8"]


@pytest.mark.parametrize("text", ["", "\n", "# a\n\n  # b", "\ufeff", "   ", "\t\n"])
def test_a_file_without_statements_is_in_order(text: str) -> None:
    assert sound(text).tree.items == ()


def test_spaces_at_the_end_of_the_text_are_in_order() -> None:
    sound('group "a"  ')


def test_composed_and_decomposed_letters_are_the_same_word() -> None:
    sound('# sprache: de\nkampagne "x"\n  lo\u0308sche kontakt\n')
