"""The pages behind the links in letters, asked over HTTP (S5.1, RFC 8058)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from flowlang import links
from flowlang.links import EventLink, Link, Unsubscribe
from tests.web.site import BASE, KEY, SHOP, Answer, Site, compiled, serving

MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with serving(tmp_path, compiled()) as found:
        found.person()
        found.run()
        yield found


def path_of(link: Link, key: bytes = KEY) -> str:
    return f"/u/{links.token(key, link)}"


def title(answer: Answer) -> str:
    found = re.search(r"<h1>(.*?)</h1>", answer.text)
    assert found is not None, answer.text
    return found[1]


# ---------------------------------------------------------------------- unsubscribing


def test_a_look_at_the_link_changes_nothing(site: Site) -> None:
    path = site.news()
    before = site.history()
    for method in ("GET", "HEAD", "GET"):
        assert site.ask(method, path).status == 200
    assert site.waiting() == 0
    site.run()
    assert site.history() == before
    assert site.letter("news") is not None


def test_ten_clicks_of_a_mail_provider_withdraw_once(site: Site) -> None:
    path = site.news()
    answers = [site.post(path) for _ in range(10)]
    assert {(one.status, title(one)) for one in answers} == {(200, "You are unsubscribed")}
    assert all("location" not in one.headers for one in answers)
    assert all("set-cookie" not in one.headers for one in answers)
    site.run()
    assert site.withdrawals() == 1
    assert site.history().count(("event", "unsubscribed")) == 1
    site.post(path)
    site.run()
    assert site.withdrawals() == 1
    assert site.letter("news") is None
    assert ("skipped", "no consent") in site.history()


def test_ten_clicks_at_once_withdraw_once(site: Site) -> None:
    path = site.news()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(site.post, [path] * 10))
    assert {one.status for one in answers} == {200}
    assert site.waiting() == 1


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"List-Unsubscribe=One-Click", {"Content-Type": "application/x-www-form-urlencoded"}),
        (MULTIPART, {"Content-Type": "multipart/form-data; boundary=x"}),
        (b"x" * 3_000_000, {"Content-Type": "application/octet-stream"}),
        (b"{", {"Content-Type": "application/json; charset=\xff"}),
    ],
    ids=["empty", "form", "multipart", "large", "nonsense"],
)
def test_whatever_a_post_carries_it_unsubscribes(
    site: Site, body: bytes, headers: dict[str, str]
) -> None:
    path = site.news()
    assert site.ask("POST", path, body, headers).status == 200
    site.run()
    assert site.withdrawals() == 1


def test_the_button_of_the_page_is_a_plain_form_that_posts_to_the_link(site: Site) -> None:
    path = site.news()
    page = site.get(path)
    assert re.findall(r"<form[^>]*>", page.text) == ['<form method="post">']
    assert site.post(path, body="").status == 200
    after = site.get(path)
    assert title(after) == "You are unsubscribed"
    assert "<form" not in after.text


def test_who_agrees_again_can_unsubscribe_again_by_a_new_link_and_by_the_old_one(
    site: Site,
) -> None:
    first = site.news()
    site.post(first)
    site.run()
    for times in (2, 3):
        site.now += timedelta(days=90)
        site.arrive("grant", channel="email")
        site.run()
        path = site.news() if times == 2 else first
        assert title(site.get(path)) == "Unsubscribe"
        assert title(site.post(path)) == "You are unsubscribed"
        site.run()
        assert site.withdrawals() == times
    assert site.letter("news") is None


def test_an_agreement_that_still_waits_is_not_overlooked(site: Site) -> None:
    path = site.news()
    site.post(path)
    site.arrive("grant", channel="email")
    assert title(site.get(path)) == "Unsubscribe"
    site.post(path)
    site.post(path)
    site.run()
    assert site.withdrawals() == 2
    assert site.letter("news") is None


def test_the_withdrawal_is_of_the_letters_channel_alone(site: Site) -> None:
    site.arrive("grant", channel="sms")
    site.run()
    site.post(path_of(Unsubscribe("c1", "sms", "News")))
    site.run()
    assert ("consent withdrawn", "marketing by sms") in site.history()
    assert site.withdrawals() == 0
    assert site.letter("news") is not None


def test_the_arrival_names_the_message_so_that_unsubscribes_can_be_counted(site: Site) -> None:
    site.post(site.news())
    arrived = site.store.arrivals("pending", 10)
    assert [(one.type, one.contact, one.at) for one in arrived] == [
        ("unsubscribed", "c1", site.now)
    ]
    assert '"message":"News"' in arrived[0].data


def test_a_link_works_though_its_message_and_its_channel_are_gone(site: Site) -> None:
    path = path_of(Unsubscribe("c1", "email", "A message of last year"))
    assert site.post(path).status == 200
    assert site.post(path_of(Unsubscribe("c1", "fax", "A message of last year"))).status == 200
    site.run()
    assert site.withdrawals() == 1
    assert ("consent withdrawn", "marketing by fax") in site.history()


def test_under_opt_out_it_is_an_objection(tmp_path: Path) -> None:
    with serving(tmp_path, compiled(regime="opt-out")) as site:
        site.person(agreed=False)
        site.run()
        path = site.news()
        assert title(site.get(path)) == "Unsubscribe"
        site.post(path)
        site.run()
        assert site.letter("news") is None
        assert ("skipped", "objection") in site.history()


def test_service_mail_has_no_one_click_link(site: Site) -> None:
    letter = site.letter("ask")
    assert letter is not None
    assert letter.unsubscribe == ""


# ---------------------------------------------------------------------- events


def test_an_event_link_makes_its_event_happen_when_it_is_confirmed(site: Site) -> None:
    path = site.ask_link()
    page = site.get(path)
    assert page.status == 200
    assert "“confirmed”" in page.text
    assert site.waiting() == 0
    answers = [site.post(path, body="") for _ in range(10)]
    assert {(one.status, title(one)) for one in answers} == {(200, "Thank you")}
    site.run()
    site.post(path, body="")
    site.run()
    assert site.history().count(("event", "confirmed")) == 1
    assert ("tagged", "confirmed") in site.history()


def test_the_link_of_the_next_letter_makes_it_happen_again(site: Site) -> None:
    for times in (1, 2):
        site.post(site.ask_link(), body="")
        site.run()
        assert site.history().count(("event", "confirmed")) == times


@pytest.mark.parametrize("event", ["nightly", "unsubscribed", "gone", ""])
def test_only_declared_events_from_outside_can_be_made_to_happen(site: Site, event: str) -> None:
    path = path_of(EventLink("c1", event, "Ask", 1))
    for answer in (site.get(path), site.post(path)):
        assert (answer.status, title(answer)) == (410, "This link has ended")
    assert site.waiting() == 0


# ---------------------------------------------------------------------- links that lead nowhere


def test_the_link_of_a_deleted_contact_says_so(site: Site) -> None:
    unsubscribe, event = site.news(), site.ask_link()
    site.arrive("delete")
    for _ in ("the deletion waits", "it is done"):
        assert (site.get(unsubscribe).status, site.get(event).status) == (410, 410)
        # The wish to get nothing more has come true; the event cannot happen.
        assert (site.post(unsubscribe).status, site.post(event).status) == (200, 410)
        assert title(site.post(unsubscribe)) == "Your data was deleted"
        site.run()
        assert site.waiting() == 0
    assert site.store.arrivals("refused", 10) == []


def test_a_contact_that_came_back_has_its_links_back(site: Site) -> None:
    path = site.news()
    site.arrive("delete")
    site.run()
    site.person()
    assert title(site.get(path)) == "Unsubscribe"
    site.run()
    site.post(path)
    site.run()
    assert site.withdrawals() == 1


def test_the_links_of_one_that_was_merged_are_those_of_the_other(site: Site) -> None:
    path = site.news()
    site.person("c2")
    site.run()
    site.arrive("merge", into="c2")
    site.run()
    assert title(site.get(path)) == "Unsubscribe"
    for _ in range(3):
        site.post(path)
    site.run()
    site.post(path)
    assert site.waiting() == 0
    assert site.withdrawals("c2") == 1


@pytest.mark.parametrize("link", [Unsubscribe("c9", "email"), EventLink("c9", "confirmed")])
def test_the_link_of_nobody_says_so_and_does_not_claim_success(site: Site, link: Link) -> None:
    for answer in (site.get(path_of(link)), site.post(path_of(link))):
        assert (answer.status, title(answer)) == (404, "Nobody belongs to this link")
    assert site.waiting() == 0


def test_what_is_no_link_of_ours_is_refused(site: Site) -> None:
    path = site.news()
    forged = [
        path_of(Unsubscribe("c1", "email", "News"), b"another key of sixteen characters"),
        path[:-1] + ("0" if path[-1] != "0" else "1"),
        path[:-1], f"{path}x", f"{path}/", "/u/x", "/u/%00", "/u/..%2f..%2fetc", "/u/%ff%fe",
        "/u/" + "x" * 9000, f"/u/{path}", "/u?c=c1&ch=email", "/", "/u", "/u/", "/favicon.ico",
        "/u/<script>",
    ]  # fmt: skip
    for one in forged:
        for method in ("GET", "POST"):
            answer = site.ask(method, one)
            assert answer.status == 404, one
            assert "<form" not in answer.text
            assert "<script" not in answer.text
    assert site.waiting() == 0


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_change_nothing(site: Site, method: str) -> None:
    assert site.ask(method, site.news()).status == 405
    assert site.waiting() == 0


# ---------------------------------------------------------------------- the page


def test_a_page_asks_nothing_from_outside_and_keeps_its_address_to_itself(site: Site) -> None:
    path = site.news()
    for answer in (site.get(path), site.post(path), site.get("/u/x"), site.get("/a/b")):
        headers = answer.headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "server" not in headers
        assert not re.findall(r"https?:|//|<script|<img|<link|src=|href=", answer.text)


@pytest.mark.parametrize(
    ("language", "code", "word"),
    [
        ("de", "de", "Abmelden"), ("de-AT", "de", "Abmelden"), ("DE_ch", "de", "Abmelden"),
        ("en", "en", "Unsubscribe"), ("fr", "en", "Unsubscribe"), ("<b>", "en", "Unsubscribe"),
    ],
)  # fmt: skip
def test_the_page_speaks_the_contacts_language(
    site: Site, language: str, code: str, word: str
) -> None:
    site.person("c2", language=language)
    site.run()
    page = site.get(site.news("c2"))
    assert title(page) == word
    assert f'<html lang="{code}">' in page.text
    assert page.headers["content-language"] == code


def test_without_one_it_speaks_the_workspaces(tmp_path: Path) -> None:
    text = "# language: en\n" + SHOP
    with serving(tmp_path, compiled(text, language="de")) as site:
        site.person()
        site.run()
        assert title(site.get(site.news())) == "Abmelden"
        assert title(site.get(site.ask_link())) == "Bitte bestätigen"
        assert title(site.get("/u/x")) == "Dieser Link ist ungültig"


def test_names_from_outside_are_escaped(site: Site) -> None:
    assert "from Shop &amp; Söhne?" in site.get(site.news()).text
    page = site.get(path_of(Unsubscribe("c1", "<i>{sender}</i>")))
    assert "&lt;i&gt;{sender}&lt;/i&gt;" in page.text


def test_a_proxy_may_take_the_path_away_or_keep_it(tmp_path: Path) -> None:
    deep = compiled(unsubscribe_url="https://shop.example.com/mail/bye/")
    with serving(tmp_path, deep) as site:
        site.person()
        site.run()
        path = site.news()
        assert path.startswith("/mail/bye/")
        assert site.get(path).status == 200
        assert site.get(path.removeprefix("/mail/bye")).status == 200
        assert site.get(path.removeprefix("/mail")).status == 404


def test_links_at_the_root_of_a_host(tmp_path: Path) -> None:
    with serving(tmp_path, compiled(unsubscribe_url="https://bye.example.com")) as site:
        site.person()
        site.run()
        assert site.post(site.news()).status == 200


# ---------------------------------------------------------------------- when something fails


def test_a_store_that_cannot_be_used_now_is_told_and_asks_for_another_try(
    site: Site, tmp_path: Path
) -> None:
    path = site.news()
    site.store.close()
    (tmp_path / "state.db").write_bytes(b"no database, but as long as one " * 999)
    answer = site.post(path)
    assert (answer.status, title(answer)) == (503, "Please try again")
    assert answer.headers["retry-after"] == "60"
    assert len(site.told) == 1
    assert "state.db" in site.told[0]


def test_a_fault_of_ours_is_a_page_and_a_line_not_a_traceback(
    site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    path = site.news()
    row = site.store.contacts(["c1"])[0]
    with site.store.transaction():
        from flowlang.stores.rows import Changes

        site.store.save(Changes(contacts=[row._replace(state="{")]))
    answer = site.get(path)
    assert (answer.status, title(answer)) == (500, "Something went wrong")
    assert len(site.told) == 1
    assert site.told[0].startswith("internal error: DecodeError")
    assert capfd.readouterr().err == ""


def test_the_link_in_a_letter_is_the_same_every_time_and_in_every_store(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        with serving(folder, compiled()) as site:
            site.person()
            site.run()
            found.append((site.news(), site.ask_link()))
    assert found[0] == found[1]
    assert found[0][0] == f"/u/{links.token(KEY, Unsubscribe('c1', 'email', 'News'))}"
    assert BASE.endswith("/u")
