"""The stable names of steps: what changes them, and what does not."""

from __future__ import annotations

import pytest

from flowlang import workspace
from flowlang.program.difference import difference
from flowlang.program.program import Campaign
from flowlang.syntax.format import format_source
from tests.versions.shop import HEAD, MESSAGES

STEPS = """  send "A"
  wait 1 day
  if score > 3
    send "B"
    wait 1 day
  else
    tag "low"
  split
    50% "left"
      tag "l"
    50% "right"
      tag "r"
  repeat up to 3 times
    send "C"
    wait 1 day
  wait at most 2 days
    until tagged "done"
      untag "done"
    otherwise
      tag "late"
  wait 1 day
"""


def compiled(steps: str = STEPS, text: str = "") -> Campaign:
    found = workspace.load_text(text or MESSAGES + HEAD + steps)
    assert found.runnable is not None, found.findings.in_order()
    return found.runnable.by_name["Tour"]


def names(campaign: Campaign) -> dict[str, list[str]]:
    """The names of the steps by the words of their text."""
    found: dict[str, list[str]] = {}
    for one in campaign.instructions:
        found.setdefault(one.where.text, []).append(one.where.id)
    return found


def every(campaign: Campaign) -> list[str]:
    return [one.where.id for one in campaign.instructions]


def test_each_step_has_a_name_of_its_own() -> None:
    found = every(compiled())
    assert len(set(found)) == len(found)


def test_a_translation_changes_no_name() -> None:
    english = workspace.load_text(MESSAGES + HEAD + STEPS)
    german = format_source(english.files[0], "de")
    assert "warte 1 tag" in german
    assert every(compiled(text=german)) == every(compiled())


@pytest.mark.parametrize(
    "edited",
    [
        (HEAD + STEPS).replace("  ", "    "),
        (HEAD + STEPS).replace(
            "  wait 1 day\n", "  # a comment\n\n  wait   1 day  # one more\n", 1
        ),
        (HEAD + STEPS).replace("score > 3", "( score > 3 )").replace("send", "SEND"),
    ],
)
def test_layout_and_comments_change_no_name(edited: str) -> None:
    assert every(compiled(text=MESSAGES + edited)) == every(compiled())


@pytest.mark.parametrize(
    ("before", "added"),
    [
        ('  send "A"\n', '  tag "new"\n'),
        ("  wait 1 day\n  if", '  tag "new"\n'),
        ('    send "B"\n', '    tag "new"\n'),
        ('    tag "low"\n', '    tag "new"\n'),
        ('      tag "l"\n', '      tag "new"\n'),
        ('    send "C"\n', '    tag "new"\n'),
        ('      untag "done"\n', '      tag "new"\n'),
    ],
)
def test_a_step_that_is_added_anywhere_changes_the_name_of_no_other(
    before: str, added: str
) -> None:
    longer = compiled(STEPS.replace(before, added + before, 1))
    assert set(every(compiled())) < set(every(longer))


def test_other_shares_of_a_split_change_no_name_and_other_branches_do() -> None:
    shares = compiled(STEPS.replace('50% "left"', '20% "left"').replace("50%", "80%"))
    assert names(shares)["split"] == names(compiled())["split"]
    branches = compiled(STEPS.replace('"left"', '"port"'))
    assert names(branches)["split"] != names(compiled())["split"]


def test_equal_steps_of_one_block_are_numbered_and_those_of_others_are_not() -> None:
    found = names(compiled())["wait 1 day"]
    assert [one.partition("(")[2] for one in found] == ["", "", "", "2)"]


def test_a_block_that_moves_keeps_the_names_in_it() -> None:
    block = STEPS[STEPS.index("  if") : STEPS.index("  split")]
    moved = compiled(STEPS.replace(block, "") + block)
    assert set(every(moved)) == set(every(compiled()))


def test_another_condition_renames_what_stands_below_it() -> None:
    other = compiled(STEPS.replace("score > 3", "score > 4"))
    assert set(names(other)['send "B"']).isdisjoint(names(compiled())['send "B"'])
    assert names(other)['tag "low"'] != names(compiled())['tag "low"']


# ---------------------------------------------------------------------- found again


def told(old: str, new: str) -> list[tuple[str, str, str]]:
    """What became of the steps: what, and the words of both texts."""
    found = difference(compiled(old), compiled(new))

    def words(campaign: Campaign, pc: int | None) -> str:
        return "" if pc is None else campaign.instructions[pc].where.text

    return [
        (one.what, words(found.old, one.old), words(found.new, one.new)) for one in found.changes
    ]


@pytest.mark.parametrize(
    ("new", "changes"),
    [
        (STEPS, []),
        (STEPS.replace("  wait 1 day\n  if", "  wait 2 days\n  if"),
         [("changed", "wait 1 day", "wait 2 days")]),
        ('  wait 1 day\n  tag "x"\n' + STEPS,
         [("added", "", "wait 1 day"), ("added", "", 'tag "x"')]),
        (STEPS.replace("score > 3", "score > 4"), [("changed", "if score > 3", "if score > 4")]),
        (STEPS.replace('    send "B"\n', ""), [("removed", 'send "B"', "")]),
        (STEPS.replace('    send "B"\n    wait 1 day\n', '    wait 1 day\n    send "B"\n'),
         [("moved", 'send "B"', 'send "B"')]),
        (STEPS.replace('  send "A"\n', "").replace("  else\n", '  else\n    send "A"\n', 1),
         [("moved", 'send "A"', 'send "A"')]),
        (STEPS.replace("up to 3", "up to 4"),
         [("changed", "repeat up to 3 times", "repeat up to 4 times")]),
        (STEPS.replace('50% "left"', '20% "left"').replace("50%", "80%"),
         [("changed", "split", "split")]),
        (STEPS.replace('send "A"', 'send "A" when empty skip'),
         [("changed", 'send "A"', 'send "A" when empty skip')]),
        (STEPS.replace("  else\n", '  else if score > 2\n    tag "mid"\n  else\n'),
         [("added", "", "else if score > 2"), ("added", "", 'tag "mid"')]),
    ],
)  # fmt: skip
def test_steps_are_found_again(new: str, changes: list[tuple[str, str, str]]) -> None:
    assert told(STEPS, new) == changes


def test_every_step_is_found_again_where_nothing_has_changed() -> None:
    found = difference(compiled(), compiled())
    assert found.places == {pc: pc for pc in range(len(compiled().instructions))}
    assert not found.apart


def test_what_comes_to_stand_in_another_block_is_known_as_such() -> None:
    found = difference(
        compiled('  send "A"\n  wait 1 day\n  send "B"\n'),
        compiled('  send "A"\n  if score > 3\n    wait 1 day\n    send "B"\n'),
    )
    assert found.places == {0: 0, 1: 2, 2: 3}
    assert found.apart == {1, 2}
