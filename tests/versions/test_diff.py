"""`flow diff`: each change by name, and whom it can touch."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.versions.shop import HEAD, MESSAGES, STEPS, Shop, shop

__all__ = ["shop"]

MORE = """
contact
  town text

segment "warm"
  score > 3

policy "Calm"
  send at most 1 message per day

coupons "codes"
  when empty halt

event ping
  every day at 08:00
  for contacts where score > 1

automation "Weekly"
  every monday at 07:00
  add segment "warm" to group "Hot"

group "Hot"
"""
TEXT = MESSAGES + HEAD + STEPS + MORE


@pytest.fixture
def before(shop: Shop, tmp_path: Path) -> Shop:
    """A shop, and beside it the folder `old` with how it was."""
    shop.file("shop.flow", TEXT)
    old = tmp_path / "old"
    old.mkdir()
    (old / "flow.toml").write_bytes((tmp_path / "flow.toml").read_bytes())
    (old / "shop.flow").write_text(TEXT)
    return shop


def rows(shop: Shop, *args: str, code: int | None = None) -> list[dict[str, Any]]:
    done = shop("diff", "--against", "old", "--output-format", "json", *args)
    assert code is None or done.code == code, done.talk
    found = json.loads(done.data)["changes"]
    assert isinstance(found, list)
    return found


def edit(shop: Shop, old: str, new: str) -> None:
    assert old in TEXT
    shop.file("shop.flow", TEXT.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "effect", "about"),
    [
        ("campaign", "# a comment\ncampaign", "cosmetic", ""),
        ("wait 5 days", "wait  5   days", "cosmetic", ""),
        ('body "A"', 'body "Dear A"', "forward only", ""),
        ('campaign "Tour"', 'campaign "New"\n  start when tagged "n"\n  tag "m"\n\ncampaign "Tour"',
         "forward only", ""),
        ("  score number", "  score number\n  vip yes/no", "forward only", ""),
        ("town text", "town number", "in flight", ""),
        ("wait 5 days", "wait 6 days", "in flight", ""),
        ('  send "B"\n', "", "in flight", ""),
        ('  send "B"\n', '  tag "x"\n  send "B"\n', "in flight", ""),
        ("when empty halt", "when empty skip", "in flight", ""),
        ('tagged "go"', 'tagged "go" and score > 1', "policy", "audience"),
        ('  send "A"\n', '  runs again\n  send "A"\n', "policy", "audience"),
        ("  score > 3", "  score > 4", "policy", "audience"),
        ("where score > 1", "where score > 2", "policy", "audience"),
        ("kind service", "kind marketing", "policy", "consent"),
        ('  send "B"\n', '  send "B"\n  grant marketing by email\n', "policy", "consent"),
        ("at most 1 message", "at most 2 messages", "policy", "caps"),
        ('  send "A"\n', '  policy "Calm"\n  send "A"\n', "policy", "caps"),
        ('  tag "end"\n', '  tag "end"\n  goal "G" when tagged "g"\n', "policy", "goals"),
        ('  send "A"\n', '  stop when tagged "no"\n  send "A"\n', "policy", "exits"),
        ('  tag "end"\n', '  tag "end"\n  restart\n', "policy", "exits"),
    ],
)  # fmt: skip
def test_each_change_says_whom_it_touches(
    before: Shop, old: str, new: str, effect: str, about: str
) -> None:
    edit(before, old, new)
    found = rows(before, code=int(effect in ("in flight", "policy")))
    assert {(one["effect"], one["about"]) for one in found if one["effect"] != "cosmetic"} == (
        {(effect, about)} if effect != "cosmetic" else set()
    )
    assert found


def test_a_translation_is_no_change_of_meaning(before: Shop) -> None:
    assert before("fmt", "--to", "de", "shop.flow").code == 0
    assert {one["effect"] for one in rows(before, code=0)} == {"cosmetic"}


def test_the_same_text_is_no_change(before: Shop) -> None:
    assert rows(before, code=0) == []
    assert before("diff", "--against", "old").talk == "no change\n"


def test_what_is_gone_is_named_at_the_place_where_it_was(before: Shop) -> None:
    edit(before, 'coupons "codes"\n  when empty halt\n', "")
    assert [(one["what"], one["text"], one["file"]) for one in rows(before, code=1)] == [
        ('coupons "codes"', "is gone", "shop.flow")
    ]


@pytest.mark.parametrize(
    ("comment", "place", "allowed"),
    [
        ("# flow: allow change until 2026-12-01 because of a test", "above", True),
        ("# flow: allow change until 2026-12-01 because of a test", "behind", True),
        ("# flow: allow change until 2026-12-01 because of a test", "head", True),
        ("# flow: allow change in flight until 2026-12-01 because of a test", "above", True),
        ("# flow: allow change policy until 2026-12-01 because of a test", "above", False),
        ('# flow: allow change "Tour" until 2026-12-01 because of a test', "head", True),
        ('# flow: allow change "Other" until 2026-12-01 because of a test', "head", False),
        ("# flow: erlaube änderung bis 2026-12-01 weil es ein Test ist", "above", True),
        ("# flow: allow change until 2026-11-19 because it was yesterday", "above", False),
        ("# flow: allow change until 2026-11-20 because it is today", "above", True),
    ],
)
def test_a_comment_allows_a_change_until_a_day(
    before: Shop, comment: str, place: str, allowed: bool
) -> None:
    text = TEXT.replace("wait 5 days", "wait 6 days", 1)
    text = {
        "above": text.replace('campaign "Tour"', f'{comment}\ncampaign "Tour"'),
        "behind": text.replace("wait 6 days", f"wait 6 days  {comment}"),
        "head": f"{comment}\n\n{text}",
    }[place]
    before.file("shop.flow", text)
    found = [one for one in rows(before, code=int(not allowed)) if one["effect"] == "in flight"]
    assert [one["allowed"] is not None for one in found] == [allowed]
    assert "flow" not in before("check").data


@pytest.mark.parametrize("kind", ["", " policy"])
def test_a_comment_in_flow_toml_allows_what_changes_there(
    before: Shop, tmp_path: Path, kind: str
) -> None:
    toml = (tmp_path / "flow.toml").read_text() + '\n[consent]\nregime = "opt-out"\n'
    before.file("flow.toml", toml)
    assert [one["about"] for one in rows(before, code=1)] == ["consent"]
    before.file(
        "flow.toml", f"# flow: allow change{kind} until 2027-01-01 because we moved\n{toml}"
    )
    assert [one["allowed"]["because"] for one in rows(before, code=0)] == ["we moved"]


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("# flow: allow change because I say so", "this allows no change: write"),
        ("# flow: allow change until 2026-12-01", "this allows no change: write"),
        ("# flow: allow change until friday because of a test", '"friday" is no date'),
        ("# flow: allow change sometimes until 2026-12-01 because", "this allows no change"),
        ("# flow: allow change sometimes until 2026-12-01 because x", "`sometimes`: expected"),
    ],
)
def test_a_comment_that_allows_nothing_is_told(before: Shop, comment: str, said: str) -> None:
    edit(before, 'campaign "Tour"', f'{comment}\ncampaign "Tour"')
    done = before("diff", "--against", "old")
    assert done.code == 0
    assert "shop.flow:" in done.talk
    assert said in done.talk


def test_a_comment_about_changes_is_none_about_rules(before: Shop) -> None:
    edit(
        before, 'campaign "Tour"',
        '# flow: allow change until 2030-01-01 because of a test\ncampaign "Tour"',
    )  # fmt: skip
    assert "unknown-allowance" not in before("check").data
    assert "change" not in before("check").data


# ---------------------------------------------------------------------- revisions


def git(folder: Path, *args: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    call = ["git", "-C", str(folder), *identity, *args]
    subprocess.run(call, check=True, capture_output=True)


@pytest.fixture
def repository(before: Shop, tmp_path: Path) -> Shop:
    git(tmp_path, "init")
    git(tmp_path, "add", "flow.toml", "shop.flow")
    git(tmp_path, "commit", "-m", "first")
    return before


def test_against_a_git_revision(repository: Shop) -> None:
    edit(repository, "wait 5 days", "wait 6 days")
    done = repository("diff", "--against", "HEAD")
    assert done.code == 1
    assert 'campaign "Tour": `wait 5 days` is now `wait 6 days`' in done.data


def test_an_earlier_revision_is_applied_again(repository: Shop) -> None:
    repository.people(2, "go")
    repository.run("2026-11-20 10:00")
    edit(repository, "wait 5 days", "wait 1 day")
    repository("apply")
    assert "version 3 is applied" in repository("apply", "--rev", "HEAD").talk
    assert repository.stands("c0")["until"] == "2026-11-25T10:00:00+00:00"


@pytest.mark.parametrize(
    ("against", "said"),
    [
        ("nothing-such", 'there is no git revision "nothing-such"'),
        ("--output=x", "is no git revision"),
        ("codes", '"codes" is a folder, but no workspace'),
    ],
)
def test_a_revision_that_is_none(repository: Shop, against: str, said: str) -> None:
    (repository.folder / "codes").mkdir()
    done = repository("diff", f"--against={against}")
    assert (done.code, said in done.talk) == (2, True)


def test_a_folder_with_errors_cannot_be_compared_with(before: Shop, tmp_path: Path) -> None:
    (tmp_path / "old" / "shop.flow").write_text('campaign "X"\n  send "Nothing"\n')
    done = before("diff", "--against", "old")
    assert (done.code, '"old" has errors' in done.talk) == (2, True)


# ---------------------------------------------------------------------- in German


def test_after_a_translation_old_and_new_steps_are_told_in_one_language(before: Shop) -> None:
    before.people(2, "go")
    before.run("2026-11-20 10:00")
    assert before("fmt", "--to", "de", "shop.flow").code == 0
    german = (before.folder / "shop.flow").read_text()
    german = german.replace('wenn getaggt mit "go"', 'wenn getaggt mit "los"', 1)
    shorter = german.replace('  warte 5 tage\n  sende "B"\n', "  warte 4 tage\n", 1)
    before.file("shop.flow", shorter)
    told = [before("diff", "--against", "old").data, before("plan", "--replay", "0").data]
    for text in told:
        assert '`starte wenn getaggt mit "go"` ist jetzt `starte wenn getaggt mit "los"`' in text
        assert "`warte 5 tage` ist jetzt `warte 4 tage`" in text
        assert 'weggefallen: `sende "B"`' in text
        assert "wait" not in text
    assert "2 Kontakte bei `warte 5 tage`: dann bei `warte 4 tage`" in told[1]
    before.file("shop.flow", german.replace("  warte 5 tage\n", "", 1))
    assert "--move 'Tour: warte 5 tage=STEP'" in before("plan").data
    for step in ("warte 5 tage", "wait 5 days"):
        assert before("plan", "--check", "--move", f"Tour: {step}=finish").code == 0


def test_in_a_german_workspace_changes_and_plans_are_told_in_german(
    before: Shop, tmp_path: Path
) -> None:
    assert before("fmt", "--to", "de", "shop.flow", "old").code == 0
    before.people(2, "go")
    before.run("2026-11-20 10:00")
    text = (tmp_path / "shop.flow").read_text()
    before.file("shop.flow", text.replace("  warte 5 tage\n", "", 1))
    done = before("diff", "--against", "old")
    assert 'Kampagne "Tour": weggefallen: `warte 5 tage`' in done.data
    assert "1 ist nicht erlaubt. In der Datei:" in done.talk
    plan = before("plan", "--replay", "0").data
    assert 'Kampagne "Tour" ändert sich: 2 Kontakte unterwegs' in plan
    assert "2 Kontakte bei `warte 5 tage`: Er ist weg. Was wird aus ihnen?" in plan
    assert "Version 1 läuft; in diesem Ordner steht etwas anderes" in before("run", "--once").talk
    assert rows(before)[0]["text"] == "removed `warte 5 tage`"
