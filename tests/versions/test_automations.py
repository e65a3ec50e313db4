"""Automations and group sends under way, when another version is applied."""

from __future__ import annotations

from tests.versions.shop import HEAD, MESSAGES, STEPS, Shop, shop

__all__ = ["shop"]

WEEKLY = """
group "All"

automation "Weekly"
  notify inbox "begun"
  wait 2 days
  notify inbox "done"

automation "Round"
  send "C" to group "All" spread over 10 hours
"""


def begun(shop: Shop, name: str) -> None:
    shop.file("shop.flow", MESSAGES + HEAD + STEPS + WEEKLY)
    shop.file("people.csv", "id,email,tags,groups\n" + "".join(
        f"c{one},c{one}@example.com,go,All\n" for one in range(700)
    ))  # fmt: skip
    shop.at("2026-11-20 09:00")("contacts", "import", "people.csv")
    shop.run("2026-11-20 09:00")
    shop("automation", "run", name)
    shop.run("2026-11-20 10:00")


def test_an_automation_under_way_is_one_however_many_contacts_there_are(shop: Shop) -> None:
    begun(shop, "Weekly")
    longer = WEEKLY.replace("2 days", "3 days")
    shop.file("shop.flow", MESSAGES + HEAD + '  tag "first"\n' + STEPS + longer)
    plan = {one["campaign"]: one for one in shop.plan("--replay", "0")["campaigns"]}
    assert plan['automation "Weekly"']["under way"] == 1
    assert plan["Tour"]["under way"] == 700
    shop("apply")
    shop.run("2026-11-22 12:00")
    assert "done" not in shop("inbox").data
    shop.run("2026-11-23 12:00")
    assert "done" in shop("inbox").data


def test_an_automation_does_not_stay_behind(shop: Shop) -> None:
    begun(shop, "Weekly")
    shop.file("shop.flow", MESSAGES + HEAD + STEPS + WEEKLY.replace("  wait 2 days\n", ""))
    assert shop("plan", "--check", "--replay", "0").code == 1
    move = 'automation "Weekly": wait 2 days='
    refused = shop("apply", "--move", f"{move}stay")
    assert (refused.code, "does not stay on an earlier version" in refused.talk) == (2, True)
    assert shop("apply", "--move", f'{move}notify inbox "done"').code == 0
    shop.run("2026-11-20 11:00")
    assert "done" in shop("inbox").data


def test_who_waits_for_a_turn_that_is_gone_is_skipped_and_the_send_is_over(shop: Shop) -> None:
    begun(shop, "Round")
    shop.file("shop.flow", MESSAGES + HEAD + STEPS)
    campaign = 'send "C" by the automation "Round"'
    waiting = shop.campaign("--replay", "0", name=campaign)["under way"]
    assert 0 < waiting < 700
    assert shop("apply").code == 1
    assert shop("apply", "--move", f"{campaign}: *=finish").code == 0
    shop.run("2026-11-22 10:00")
    row = next(one for one in shop("process", "list").data.splitlines() if "group send" in one)
    assert "finished" in row
    assert f"{700 - waiting} of 700" in row
