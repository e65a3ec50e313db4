"""Coupons, processes and the inbox over HTTP: a halted send goes on when there are codes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.client import Client


def halted(client: Client) -> dict[str, Any]:
    """The process of the send that a contact waits at."""
    client.post("/events", {"type": "tag", "contact": "c1", "tag": "offer"})
    client.site.run()
    [found] = client.get("/processes?status=halted")["processes"]
    assert isinstance(found, dict)
    return found


def test_a_halted_send_goes_on_when_there_are_codes(client: Client) -> None:
    process = halted(client)
    path = f"/processes/{process['number']}"
    assert (process["type"], process["name"], process["halted"]) == ("message send", "Offer", 1)
    assert "missing 1 code" in client.post(f"{path}/resume", {}, 409)["detail"]

    done = client.post("/coupons/early-bird", {"codes": ["A1", "A2", "A1", " "]}, 200)
    assert (done["new"], done["duplicates"], done["left_out"], done["free"]) == (2, 1, 1, 2)
    assert done["halted"] == [{"message": "Offer", "can_resume": True, "because": ""}]
    assert client.get("/coupons") == {"coupons": [{"list": "early-bird", "left": 2, "used": 0}]}

    asked = client.post(f"{path}/resume", {"because": "more codes"})
    assert (asked["already"], asked["going_on"]) == (False, 1)
    assert client.post(f"{path}/resume")["already"] is True
    assert client.get(path)["asked"] == "resume"
    client.site.run()
    assert client.get(path)["done"] == 1
    assert client.get("/coupons")["coupons"][0]["used"] == 1


def test_who_pauses_is_the_token_and_why_is_its_own_word(client: Client) -> None:
    path = f"/processes/{halted(client)['number']}"
    client.post(f"{path}/pause", {"because": "the price is wrong"})
    client.site.run()
    paused = client.get(path)
    assert (paused["status"], paused["who"], paused["because"]) == (
        "paused", "token test", "the price is wrong",
    )  # fmt: skip
    assert "paused already" in client.post(f"{path}/pause", None, 409)["detail"]
    client.post(f"{path}/cancel")
    client.site.run()
    assert client.get(path)["status"] == "cancelled"
    assert ("skipped", "cancelled") in client.site.history()


def test_wishes_are_done_in_their_order_and_another_reason_is_taken(client: Client) -> None:
    path = f"/processes/{halted(client)['number']}"
    assert client.post(f"{path}/pause", {"because": "first"})["already"] is False
    assert client.post(f"{path}/pause", {"because": "first"})["already"] is True
    assert client.post(f"{path}/pause")["already"] is True
    assert client.post(f"{path}/pause", {"because": "second"})["already"] is True
    client.site.run()
    assert client.get(path)["because"] == "second"
    client.post("/coupons/early-bird", "A1\nA2\n", 200, "text/plain")
    assert client.post(f"{path}/resume")["already"] is False
    assert client.post(f"{path}/pause", {"because": "third"})["already"] is False
    assert client.post(f"{path}/resume")["already"] is False
    assert client.get(path)["asked"] == "resume"
    client.site.run()
    done = client.get(path)
    assert (done["status"], done["done"], done["because"]) == ("running", 1, "")
    assert client.get("/notices")["refused"] == []


def test_another_wish_about_what_is_overdue_comes_too_late(client: Client) -> None:
    path = f"/processes/{halted(client)['number']}"
    client.post("/coupons/early-bird", "A1\nA2\n", 200, "text/plain")
    client.post(f"{path}/resume", {"skip_overdue": True})
    assert "`skip_overdue`" in client.post(f"{path}/resume", {}, 409)["detail"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"becuse": "x"}, "`becuse`"),
        ({"because": 7}, "`because`"),
        ({"because": "x" * 1_001}, "`because`"),
        ({"because": "a\0b"}, "NUL"),
        ({"skip_overdue": "yes"}, "`skip_overdue`"),
        ({"because": "a\nb"}, "`because`: it holds characters that may not stand here"),
        ([], "`body`: expected an object in { }"),
    ],
)
def test_what_goes_with_a_wish_has_its_form(client: Client, body: Any, said: str) -> None:
    path = f"/processes/{halted(client)['number']}"
    assert said in client.post(f"{path}/resume", body, 422)["detail"]


def test_a_wish_in_a_form_is_refused_for_its_type(client: Client) -> None:
    path = f"/processes/{halted(client)['number']}/pause"
    for media in ("", "application/x-www-form-urlencoded"):
        assert "Content-Type" in client.post(path, "because=x", 415, media)["detail"]


def test_there_is_no_other_process(client: Client) -> None:
    halted(client)
    assert client.get("/processes/999", 404)["detail"] == "there is no process 999"
    client.post("/processes/999/pause", None, 404)
    for number in ("0", "x", "-1", str(10**30)):
        client.get(f"/processes/{number}", 422)
    client.get("/processes?status=lazy", 422)


def test_processes_come_in_pages(client: Client) -> None:
    halted(client)
    client.post("/contacts", {"id": "c7"})
    whole = client.get("/processes")["processes"]
    first = client.get("/processes?limit=1")
    rest = client.get(f"/processes?after={first['next']}")
    assert first["processes"] + rest["processes"] == whole
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("name", "body", "media", "status", "said"),
    [
        ("early-brid", {"codes": ["A"]}, "application/json", 404, "did you mean `early-bird`"),
        ("early-bird", {"codes": []}, "application/json", 422, "empty"),
        ("early-bird", {"code": ["A"]}, "application/json", 422, "codes"),
        ("early-bird", {"codes": [1]}, "application/json", 422, "a list of texts"),
        ("early-bird", {"codes": ["A\nB"]}, "application/json", 409, "control characters"),
        ("early-bird", "x,y\n1,2\n", "text/csv", 409, "none is headed `code`"),
        ("early-bird", "", "text/plain", 409, "empty"),
        ("early-bird", "A1", "text/html", 415, "Content-Type"),
    ],
)
def test_codes_that_cannot_be_taken_are_refused(
    client: Client, name: str, body: Any, media: str, status: int, said: str
) -> None:
    assert said in client.post(f"/coupons/{name}", body, status, media)["detail"]
    assert client.get("/coupons")["coupons"][0]["left"] == 0


def test_codes_go_out_in_the_order_in_which_they_were_sent(client: Client) -> None:
    client.post("/coupons/early-bird", "code,value\nB1,5\nA1,5\n", 200, "text/csv")
    again = client.post("/coupons/early-bird", {"codes": ["A1", "C1"]}, 200)
    assert (again["new"], again["known"]) == (1, 1)
    assert [code for _, code in client.site.store.free_codes("early-bird", 0, 9)] == [
        "B1", "A1", "C1",
    ]  # fmt: skip


def test_the_inbox_tells_what_halted_and_what_was_refused_later(client: Client) -> None:
    halted(client)
    inbox = client.get("/notices")
    assert any("Offer" in one["text"] for one in inbox["notices"])
    last = inbox["notices"][-1]["number"]
    assert client.get(f"/notices?after={last}")["notices"] == []
    client.post("/events", {"type": "resume", "message": "Offer"})
    client.site.run()
    [refused] = client.get("/notices")["refused"]
    assert (refused["type"], refused["contact"]) == ("resume", None)
    assert "missing 1 code" in refused["reason"]
    assert client.get(f"/notices?after_refused={refused['number']}")["refused"] == []
