"""Versions over a store: what an edit does to contacts under way, and what it never does.

Each test names the case it stands for: an accident that was reported of another system.
"""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from flowlang import versions, workspace
from flowlang.engine.planning import Refusal, apply, look, plan
from flowlang.engine.version import applied
from flowlang.engine.worker import Worker
from flowlang.stores import open_store
from tests.versions.shop import HEAD, MESSAGES, STEPS, Shop, either, shop

__all__ = ["either", "shop"]


# ---------------------------------------------------------------------- saved is not active


def test_an_edit_without_apply_changes_nothing_in_the_engine(shop: Shop) -> None:
    """n8n#20561, #24418: saved is not active."""
    shop.people(2, "go")
    shop.run("2026-11-20 10:00")
    shop.edit(STEPS.replace("5 days", "1 day").replace('send "B"', 'send "C"'))
    done = shop.at("2026-11-22 10:00")("run", "--once")
    assert "version 1 runs; this folder says something else" in done.talk
    assert shop.sent("c0") == ["A"]
    shop.run("2026-11-25 10:00")
    assert shop.sent("c0") == ["A", "B"]


def test_also_who_starts_after_an_edit_goes_through_the_version_that_runs(shop: Shop) -> None:
    """n8n#20561: saved is not active, for new starts too."""
    shop.people(1)
    shop.run("2026-11-20 10:00")
    shop.edit(STEPS.replace('send "A"', 'send "C"'))
    shop.events({"contact": "c0", "type": "tag", "tag": "go"})
    shop.run("2026-11-20 11:00")
    assert shop.sent("c0") == ["A"]


def test_a_folder_with_errors_stops_nobody(shop: Shop) -> None:
    """n8n#20561: what is half written runs for nobody."""
    shop.people(1, "go")
    shop.run("2026-11-20 10:00")
    shop.edit("  send nothing at all\n")
    done = shop.at("2026-11-25 10:00")("run", "--once")
    assert (done.code, "version 1 runs; this folder has errors" in done.talk) == (0, True)
    assert shop.sent("c0") == ["A", "B"]
    assert shop("plan").code == 1
    assert shop("apply").code == 1


def test_process_list_says_which_version_runs(shop: Shop) -> None:
    """n8n#24418: which version runs is seen."""
    shop.run("2026-11-20 10:00")

    def version() -> str:
        rows = json.loads(shop("process", "list", "--output-format", "json").data)
        return next(str(row["version"]) for row in rows if row["name"] == "Tour")

    before = version()
    shop.edit(STEPS.replace("5 days", "1 day"))
    assert version() == before
    shop("apply")
    assert version() != before


# ---------------------------------------------------------------------- the same text


def test_run_says_what_it_runs_and_that_a_mistyped_address_made_a_store(shop: Shop) -> None:
    shop.people(2, "go")
    first = shop("run", "--once").talk.splitlines()
    assert first[0] == 'runs       version 1 of "Tour"; 0 runs under way'
    again = shop.at("2026-11-21 10:00")("run", "--once").talk
    assert again.startswith('runs       version 1 of "Tour"; 2 runs under way\n')
    typo = "sqlite:///stat.db"
    for verb in (("run", "--once"), ("contacts", "import", "people.csv")):
        (shop.folder / "stat.db").unlink(missing_ok=True)
        assert shop(*verb, "--store", typo).talk.count("made a new store at stat.db\n") == 1
        assert "made a new store" not in shop(*verb, "--store", typo).talk


def test_applying_the_same_text_starts_nobody_and_is_no_version(shop: Shop) -> None:
    """mautic PR#16183: unpublished and published again, everybody who had left began again."""
    shop.edit('  send "A"\n')
    shop.people(3, "go")
    shop.run("2026-11-20 10:00")
    assert "nothing to apply: version 1 runs already" in shop("apply").talk
    shop.run("2026-11-20 11:00")
    assert [shop.sent(f"c{one}") for one in range(3)] == [["A"]] * 3


def test_a_pause_and_a_resume_and_a_second_import_start_nobody(shop: Shop) -> None:
    """mautic PR#16183: what is published again, or imported again unchanged, is no trigger."""
    shop.edit('  send "A"\n', head=HEAD + "  runs again\n")
    shop.people(3, "go")
    shop.run("2026-11-20 10:00")
    shop("process", "pause", "Tour")
    shop.run("2026-11-21 10:00")
    shop("process", "resume", "Tour")
    shop.people(3, "go")
    shop("apply")
    shop.run("2026-11-22 10:00")
    assert [shop.sent(f"c{one}") for one in range(3)] == [["A"]] * 3


def test_a_translation_moves_nobody_and_starts_nobody(shop: Shop) -> None:
    """mautic PR#16183, for texts that mean the same."""
    shop.people(2, "go")
    shop.run("2026-11-20 10:00")
    before = shop.stands("c0")
    assert shop("fmt", "--to", "de").code == 0
    assert shop.plan()["same"]
    done = shop("apply")
    assert "Für niemanden ändert sich etwas: Nur die Texte sind andere." in done.data
    assert shop.stands("c0") == before
    shop.run("2026-11-30 10:00")
    assert shop.sent("c0") == ["A", "B"]
    assert any('sende "B"' in line for line in shop.history("c0"))


def test_to_apply_another_version_and_the_first_again_starts_nobody(shop: Shop) -> None:
    """mautic PR#16183: undone by applying the earlier version."""
    shop.edit('  send "A"\n')
    shop.people(3, "go")
    shop.run("2026-11-20 10:00")
    shop.edit('  send "A"\n  send "B"\n')
    shop("apply")
    assert "version 3 is applied" in shop("apply", "--version", "1").talk
    shop.run("2026-11-21 10:00")
    assert shop.sent("c0") == ["A"]
    assert shop.plan()["from"]["again"] == 1


# ---------------------------------------------------------------------- steps that come


def test_who_stands_before_a_new_step_passes_it_once_who_is_behind_never(either: Shop) -> None:
    """mautic#842: a mail was added before the place where contacts stand."""
    either.people(1, "go")
    either.run("2026-11-20 10:00")
    either.run("2026-11-25 10:00")
    either.file("late.csv", "id,email,tags\nlate,late@example.com,go\n")
    either("contacts", "import", "late.csv")
    either.run("2026-11-25 11:00")
    either.edit(STEPS.replace('  send "B"\n', '  send "C"\n  send "B"\n'))
    found = either.campaign()
    assert [one["text"] for one in found["steps"]] == ['added `send "C"`']
    assert {one["step"]: one["contacts"] for one in found["standing"]} == {
        "wait 5 days": 1, "wait 5 days (2)": 1,
    }  # fmt: skip
    either("apply")
    either.run("2026-12-20 10:00")
    assert either.sent("c0") == ["A", "B"]
    assert either.sent("late") == ["A", "C", "B"]


def test_a_step_behind_the_last_reaches_those_under_way_and_nobody_who_is_through(
    shop: Shop,
) -> None:
    """mautic#6445: a mail was added behind the last step."""
    shop.people(2, "go")
    shop.run("2026-11-20 10:00")
    shop.events({"contact": "c1", "type": "untag", "tag": "go"})
    shop.run("2026-12-01 10:00")
    assert shop.stands("c0")["status"] == "finished"
    shop.file("late.csv", "id,email,tags\nlate,late@example.com,go\n")
    shop("contacts", "import", "late.csv")
    shop.run("2026-12-01 11:00")
    shop.edit(STEPS + '  send "C"\n')
    assert shop.campaign()["under way"] == 1
    shop("apply")
    shop.run("2026-12-20 10:00")
    assert (shop.sent("c0"), shop.sent("late")) == (["A", "B"], ["A", "B", "C"])


# ---------------------------------------------------------------------- steps that go


def test_those_at_a_step_that_is_gone_are_named_and_asked_about(shop: Shop) -> None:
    """mautic#16262: a decision was deleted; 11,500 mails went to 100 people."""
    shop.people(100, "go")
    shop.run("2026-11-20 10:00")
    shop.edit('  send "A"\n  send "B"\n  wait 5 days\n  tag "end"\n')
    assert shop("plan", "--check").code == 1
    found = shop.plan()
    assert found["stranded"] == 100
    standing = found["campaigns"][0]["standing"]
    assert standing == [
        {
            "step": "wait 5 days", "contacts": 100, "becomes": None,
            "answers": ["STEP", "finish", "stay"],
        }
    ]  # fmt: skip
    refused = shop("apply")
    assert (refused.code, "refused: nothing was applied" in refused.talk) == (1, True)
    shop.run("2026-11-20 12:00")
    assert shop.stands("c7")["until"] == "2026-11-25T10:00:00+00:00"


@pytest.mark.parametrize(
    ("to", "sent", "status"),
    [
        ('send "B"', ["A", "B"], "waiting"),
        ('tag "end"', ["A"], "finished"),
        ("finish", ["A"], "finished"),
        ("stay", ["A"], "waiting"),
        ('send "A"', ["A", "B"], "waiting"),
    ],
)
def test_after_apply_each_is_where_was_said_and_no_step_is_done_again(
    either: Shop, to: str, sent: list[str], status: str
) -> None:
    """mautic#16262, #6054: everybody was processed again."""
    either.people(3, "go")
    either.run("2026-11-20 10:00")
    either.edit('  send "A"\n  send "B"\n  wait 7 days\n  tag "end"\n')
    assert either("plan", "--check", "--move", f"Tour: wait 5 days={to}").code == 0
    done = either("apply", "--move", f"Tour: wait 5 days={to}")
    assert (done.code, "version 2 is applied" in done.talk) == (0, True)
    either.run("2026-11-21 10:00")
    assert [either.sent(f"c{one}") for one in range(3)] == [sent] * 3
    assert either.stands("c0")["status"] == status


def test_what_had_not_come_in_when_it_was_applied_comes_after_it(shop: Shop) -> None:
    shop.people(1, "go")
    shop.run("2026-11-20 10:00")
    shop.edit('  send "A"\n  send "B"\n  wait 7 days\n  tag "end"\n')
    shop.at("2026-11-20 11:00")("event", "send", '{"contact": "c0", "type": "tag", "tag": "late"}')
    shop.at("2026-11-20 12:00")("apply", "--move", "Tour: wait 5 days=finish")
    shop.run("2026-11-20 13:00")
    lines = shop("contacts", "history", "c0").data.splitlines()
    moments = [line[:16] for line in lines if line.startswith("2026")]
    assert moments == sorted(moments)
    assert ("late" in lines[-1], moments[-1]) == (True, "2026-11-20 12:00")


def test_who_stays_goes_on_as_the_earlier_version_says_to_its_end(either: Shop) -> None:
    """mautic#6323, PR#15528: scheduled contacts were lost."""
    either.people(1, "go")
    either.run("2026-11-20 10:00")
    either.edit('  send "C"\n  wait 9 days\n')
    assert either("apply", "--move", "Tour: *=stay").code == 0
    either.file("late.csv", "id,email,tags\nlate,late@example.com,go\n")
    either("contacts", "import", "late.csv")
    either.run("2026-11-25 10:00")
    either.edit('  send "C"\n  wait 9 days\n  tag "other"\n')
    assert either.plan()["behind"][0]["contacts"] == 1
    [tour] = either.plan()["campaigns"]
    assert (tour["under way"], tour["paths"]["looked at"]) == (1, 1)
    assert either("apply").code == 0
    either.run("2026-12-20 10:00")
    assert (either.sent("c0"), either.sent("late")) == (["A", "B"], ["C"])
    assert either.stands("c0")["status"] == "finished"
    either.edit('  send "C"\n')
    assert either.plan()["behind"] == []


def test_a_campaign_that_is_gone_asks_for_those_in_it(shop: Shop) -> None:
    """mautic#6323: scheduled contacts were lost."""
    shop.people(2, "go")
    shop.run("2026-11-20 10:00")
    shop.file(
        "shop.flow",
        'contact\n  score number\n\ncampaign "Other"\n  start when tagged "o"\n  tag "p"\n',
    )
    assert shop("apply").code == 1
    assert shop("apply", "--move", "Tour: *=finish").code == 0
    assert "finished" in shop.history("c0")[-1]
    assert shop.stands("c0")["status"] == "finished"
    assert 'campaign "Tour": finished' in shop("contacts", "show", "c0").data
    shop.run("2026-12-20 10:00")
    assert shop("plan", "--version", "1", "--check").code == 0


def standing(shop: Shop) -> dict[str, str]:
    """How the processes of "Tour" and its sends stand, with why."""
    found = json.loads(shop("process", "list", "--output-format", "json").data)
    return {
        one["name"]: f"{one['status']} {one['because']}".strip()
        for one in found
        if "Tour" in (one["name"], one["by"])
    }


def test_a_campaign_that_is_gone_is_over_when_the_last_who_stayed_has_left(either: Shop) -> None:
    over = "finished the program has it no more"
    either.people(2, "go")
    either.run("2026-11-20 10:00")
    either.file("shop.flow", f'{MESSAGES}\ncampaign "Other"\n  start when tagged "o"\n  tag "p"\n')
    assert either("apply", "--move", "Tour: *=stay").code == 0
    assert standing(either) == {"Tour": "running", "A": "running"}
    either.run("2026-11-25 11:00")
    assert standing(either) == {"Tour": "running", "A": "running", "B": "running"}
    either.at("2026-11-26 10:00").events({"type": "delete", "contact": "c0"})
    either.run("2026-11-26 10:00")
    assert standing(either)["Tour"] == "running"
    either("process", "pause", "A")
    either.run("2026-12-20 10:00")
    assert standing(either) == {"Tour": over, "A": "paused", "B": over}
    either("process", "resume", "A")
    either.run("2026-12-20 11:00")
    assert standing(either) == {"Tour": over, "A": over, "B": over}

    assert either("apply", "--version", "1").code == 0
    assert standing(either) == {"Tour": "running", "A": "running", "B": "running"}
    assert either("apply", "--version", "2").code == 0
    assert standing(either) == {"Tour": over, "A": over, "B": over}


def test_a_campaign_that_is_renamed_is_told_to_be_a_new_one(shop: Shop) -> None:
    shop.edit(STEPS)
    shop.people(3, "go")
    shop.run("2026-12-01 09:00")
    shop.edit(STEPS, HEAD.replace('"Tour"', '"Trip"'))
    assert shop.campaign(name="Trip")["renamed"] == "Tour"
    told = shop("plan").data
    assert 'it has the steps of "Tour", which is gone; a new name is a new campaign' in told
    shop.edit(
        STEPS, more=HEAD.replace("contact\n  score number\n", "").replace("Tour", "Trip") + STEPS
    )
    assert "renamed" not in shop.campaign(name="Trip")


def test_steps_that_change_places_are_not_done_again(either: Shop) -> None:
    """mautic#6054: no step that a contact has passed is ever done again by an edit."""
    either.edit('  send "A"\n  tag "one"\n  wait 5 days\n  send "B"\n')
    either.people(1, "go")
    either.run("2026-11-20 10:00")
    either.edit('  wait 5 days\n  send "B"\n  send "A"\n  tag "one"\n  send "C"\n')
    assert either("apply").code == 0
    either.events({"contact": "c0", "type": "untag", "tag": "one"})
    either.run("2026-12-20 10:00")
    assert either.sent("c0") == ["A", "B", "C"]
    assert sum("passed over" in line for line in either.history("c0")) == 2
    assert not any('tag "one": tagged' in line for line in either.history("c0")[4:])


def test_a_message_that_a_new_step_sends_once_more_is_named(shop: Shop) -> None:
    """mautic#16262: who would get a message again is known before."""
    shop.people(4, "go")
    shop.run("2026-11-20 10:00")
    shop.edit(STEPS + '  send "A"\n')
    assert shop.campaign()["again"] == [{"message": "A", "contacts": 4}]


def test_a_message_that_lay_ahead_and_does_no_more_is_named(either: Shop) -> None:
    either.people(2, "go")
    either.run("2026-11-20 10:00")
    either.run("2026-11-25 10:00")
    either.file("late.csv", "id,email,tags\nlate,late@example.com,go\n")
    either("contacts", "import", "late.csv")
    either.run("2026-11-25 11:00")
    swapped = '  send "B"\n  wait 5 days\n  send "A"\n  wait 5 days\n  tag "end"\n'
    for steps in (swapped, STEPS.replace('  send "B"\n', ""), STEPS.replace('"B"', '"C"')):
        either.edit(steps)
        found = either.campaign()
        assert found["not sent"] == [{"message": "B", "contacts": 1}]
        assert '1 contact would not get "B" any more in this round' in either("plan").data
    either.edit(STEPS + '  send "C"\n')
    assert either.campaign()["not sent"] == []
    either.edit(swapped)
    either("apply")
    either.run("2026-12-20 10:00")
    assert (either.sent("late"), either.sent("c0")) == (["A"], ["A", "B"])


def test_who_stood_in_a_block_that_now_asks_something_is_asked_about(shop: Shop) -> None:
    """mautic#16262: a decision was put around what people stood at."""
    shop.people(2, "go")
    shop.run("2026-11-20 10:00")
    inner = "".join(f"  {line}\n" for line in STEPS.splitlines()[1:])
    shop.edit(f'  send "A"\n  if score > 3\n{inner}')
    standing = shop.campaign()["standing"]
    assert standing[0]["becomes"] is None
    assert standing[0]["found in another block"] == "wait 5 days"
    assert shop("apply", "--move", "Tour: wait 5 days=wait 5 days").code == 0
    shop.run("2026-12-20 10:00")
    assert shop.sent("c0") == ["A", "B"]


# ---------------------------------------------------------------------- waits


@pytest.mark.parametrize(
    ("wait", "at_once", "later", "until"),
    [
        ("1 day", 3, 2, None),
        ("3 days", 2, 3, "2026-11-26T10:00:00+00:00"),
        ("30 days", 0, 5, "2026-12-23T10:00:00+00:00"),
    ],
)
def test_a_changed_wait_is_counted_from_when_it_began(
    either: Shop, wait: str, at_once: int, later: int, until: str | None
) -> None:
    """Customer.io, Klaviyo: a delay is shortened or lengthened while people stand in it."""
    either.edit(STEPS.replace("5 days", "20 days"))
    for day, names in ((20, "ab"), (22, "c"), (23, "de")):
        rows = "".join(f"{name},{name}@example.com,go\n" for name in names)
        either.file("people.csv", f"id,email,tags\n{rows}")
        either.at(f"2026-11-{day} 10:00")("contacts", "import", "people.csv")
        either.run(f"2026-11-{day} 10:00")
    either.edit(STEPS.replace("5 days", "20 days").replace("20 days", wait, 1))
    either.at("2026-11-23 12:00")
    found = either.campaign()["steps"][0]
    assert (found["due at once"], found["due later"]) == (at_once, later)
    assert either.stands("e")["until"] == "2026-12-13T10:00:00+00:00"
    either("apply")
    if until is not None:
        assert either.stands("e")["until"] == until
    either.run("2026-11-23 12:00")
    assert sum(either.sent(name) == ["A", "B"] for name in "abcde") == at_once


def test_a_new_time_zone_is_for_waits_that_begin_from_then_on(shop: Shop) -> None:
    shop.edit("  wait until monday at 09:00\n  wait until tuesday at 09:00\n")
    shop.people(1, "go")
    shop.run("2026-11-20 10:00")
    before = shop.stands("c0")["until"]
    shop.file("flow.toml", 'timezone = "Asia/Tokyo"\n[sender]\nfrom = "Shop <shop@example.com>"\n')
    assert shop.at("2026-11-20 20:00")("apply").code == 0
    assert shop.stands("c0")["until"] == before == "2026-11-23T09:00:00+00:00"
    shop.run("2026-11-23 19:00")
    assert shop.stands("c0")["until"] == "2026-11-24T00:00:00+00:00"


def test_a_wait_that_becomes_one_for_something_else_is_waited_as_it_says_now(shop: Shop) -> None:
    """Customer.io: a delay becomes a condition, while people stand in it."""
    shop.people(2, "go")
    shop.run("2026-11-20 10:00")
    shop.events({"contact": "c1", "type": "tag", "tag": "paid"})
    shop.run("2026-11-21 10:00")
    shop.edit(STEPS.replace("wait 5 days", 'wait until tagged "paid" at most 9 days', 1))
    found = shop.campaign()["steps"][0]
    assert (found["due at once"], found["due later"]) == (1, 1)
    shop("apply")
    shop.run("2026-11-21 10:00")
    assert (shop.sent("c0"), shop.sent("c1")) == (["A"], ["A", "B"])
    assert shop.stands("c0")["until"] == "2026-11-29T10:00:00+00:00"


# ---------------------------------------------------------------------- what runs count and hold


def test_a_loop_goes_on_counting_where_steps_come_before_it(shop: Shop) -> None:
    """mautic#6054: a loop that begins anew would send everything again."""
    loop = '  repeat up to 2 times\n    send "A"\n    wait 5 days\n  send "B"\n'
    shop.edit(loop)
    shop.people(1, "go")
    shop.run("2026-11-20 10:00")
    shop.edit('  tag "seen"\n' + loop)
    shop("apply")
    shop.run("2026-12-20 10:00")
    assert shop.sent("c0") == ["A", "A", "B"]


def test_a_goal_that_is_added_and_holds_already_does_not_let_jump(shop: Shop) -> None:
    """An edit alone is no trigger: a goal is met when its condition comes to hold."""
    shop.people(1, "go", "rich")
    shop.run("2026-11-20 10:00")
    shop.edit(STEPS + '  goal "Rich" when tagged "rich"\n')
    shop("apply")
    shop.events({"contact": "c0", "type": "tag", "tag": "any"})
    shop.run("2026-11-21 10:00")
    assert shop.stands("c0")["status"] == "waiting"
    shop.events({"contact": "c0", "type": "untag", "tag": "rich"})
    shop.run("2026-11-21 11:00")
    shop.events({"contact": "c0", "type": "tag", "tag": "rich"})
    shop.run("2026-11-21 12:00")
    assert any("goal met (Rich)" in line for line in shop.history("c0"))


def test_who_is_held_by_a_pause_moves_and_stays_held(shop: Shop) -> None:
    """dittofeed "status transitions": a pause outlasts an edit."""
    shop.people(1, "go")
    shop.run("2026-11-20 10:00")
    shop("process", "pause", "Tour")
    shop.run("2026-11-26 10:00")
    shop.edit('  tag "first"\n' + STEPS.replace('send "B"', 'send "C"'))
    shop("apply", "--move", 'Tour: send "B"=send "C"')
    shop.run("2026-11-26 11:00")
    assert shop.sent("c0") == ["A"]
    shop("process", "resume", "Tour")
    shop.run("2026-11-26 12:00")
    assert shop.sent("c0") == ["A", "C"]


# ---------------------------------------------------------------------- two at once


def test_two_applies_at_the_same_moment_one_is_refused(either: Shop, tmp_path: Path) -> None:
    """mautic CampaignOptimisticLockTest: two people save one campaign."""
    either.people(20, "go")
    either.run("2026-11-20 10:00")
    store = open_store(either.url, tmp_path)
    first = applied(store)
    assert first is not None
    folder = workspace.load(Path())
    plans = []
    for wait in ("1 day", "9 days"):
        either.edit(STEPS.replace("5 days", wait))
        old, new = versions.restored(first, tmp_path, folder.settings), workspace.load(Path())
        assert old.program is not None
        assert new.program is not None
        plans.append(plan(first, versions.version_of(new), old.program, new.program, {}))
    refusals: list[str] = []
    begin = threading.Barrier(2)

    def do(number: int) -> None:
        begin.wait()
        try:
            apply(plans[number], store, first.at)  # type: ignore[arg-type] # it was applied
        except Refusal as refusal:
            refusals.append(str(refusal))

    threads = [threading.Thread(target=do, args=(number,)) for number in (0, 1)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(refusals) == 1
    assert refusals[0].startswith("version 2 was applied")
    for made in plans:  # what is read of contacts now is another version's
        with pytest.raises(Refusal, match="version 2 was applied"):
            look(made, store, first.at)  # type: ignore[arg-type] # it was applied
    now = applied(store)
    store.close()
    assert now is not None
    moments = {either.stands(f"c{one}")["until"] for one in range(20)}
    assert (now.number, len(moments)) == (2, 1)


def test_a_version_that_was_not_looked_at_is_refused(shop: Shop) -> None:
    """mautic CampaignOptimisticLockTest: between the plan and the apply someone was faster."""
    shop.run("2026-11-20 10:00")
    shop.edit(STEPS.replace("5 days", "1 day"))
    base = str(shop.plan()["from"]["number"])
    assert shop("apply", "--who", "ben").code == 0
    shop.edit(STEPS.replace("5 days", "9 days"))
    refused = shop("apply", "--base", base)
    assert refused.code == 1
    assert "refused: version 2 was applied by ben meanwhile" in refused.talk


def test_a_worker_of_an_earlier_version_has_nothing_more_to_do(either: Shop) -> None:
    """n8n#20561: applied is active, in every engine at once."""
    either.people(1, "go")
    either.run("2026-11-20 10:00")
    found = workspace.load(Path())
    assert found.program is not None
    store = open_store(either.url, Path())
    worker = Worker(found.program, store)
    worker.version = 1
    either.edit(STEPS.replace("5 days", "1 day"))
    either("apply")
    version = applied(store)
    assert version is not None
    assert version.at is not None
    worker.run(version.at + timedelta(days=9))
    store.close()
    assert worker.outdated
    assert either.sent("c0") == ["A"]


# ---------------------------------------------------------------------- what was recorded


def test_who_applied_what_and_when_is_recorded(shop: Shop) -> None:
    shop.run("2026-11-20 10:00")
    shop.edit(STEPS, head=HEAD.replace('tagged "go"', 'tagged "go" and not tagged "no"'))
    shop.at("2026-11-21 09:00")
    found = shop.campaign()
    assert [one["about"] for one in found["settings"]] == ["audience"]
    shop("apply", "--who", "ada")
    shop.edit(STEPS)
    assert shop.plan()["from"] | {"digest": ""} == {
        "number": 2, "digest": "", "who": "ada", "at": "2026-11-21T09:00:00Z",
    }  # fmt: skip


def test_wrong_calls_are_one_clear_line(shop: Shop) -> None:
    assert "nothing is applied yet" in shop("plan").talk
    assert not (shop.folder / ".flow").exists()
    assert "there is no version 3: nothing is applied yet" in shop("apply", "--version", "3").talk
    shop.run("2026-11-20 10:00")
    shop.edit(STEPS.replace("  wait 5 days\n", "", 1).replace("5 days", "1 day"))
    for args, said in (
        (["--version", "9"], "there is no version 9; there are 1 to 1"),
        (["--version", "1", "--rev", "HEAD"], "--version and --rev exclude each other"),
        (["--rev", "HEAD"], "this is no git repository"),
    ):
        done = shop("apply", *args)
        assert (done.code, said in done.talk) == (2, True), done.talk
    for move, said in (
        ("Nobody: *=stay", "it begins with the name of a campaign that runs now"),
        ("Tour: wait 2 days=stay", "has no step `wait 2 days` in the version that runs"),
        ("Tour: wait 5 days=nowhere", '"Tour" will have no step `nowhere`'),
        ('Tour: send "B"=finish', '`send "B"` is still there, and who stands at it stays there'),
        ("Tour: finish", "is no STEP=STEP, STEP=finish or STEP=stay"),
    ):
        for verb in ("plan", "apply"):
            done = shop(verb, "--move", move)
            assert (done.code, said in done.talk) == (2, True), done.talk
    assert "did you mean `wait 5 days`?" in shop("plan", "--move", "Tour: wait 5 day=stay").talk
    twice = ("--move", "Tour: wait 5 days=stay", "--move", "Tour: wait 5 days=finish")
    done = shop("plan", *twice)
    assert done.code == 2
    assert "wait 5 days=finish: another --move says otherwise of the same step" in done.talk
    assert shop("plan", *twice[:2], *twice[:2]).code == 0
    assert "version 1 runs, and this was to follow version 7" in shop("apply", "--base", "7").talk
