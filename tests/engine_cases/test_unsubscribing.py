"""The links to unsubscribe, over HTTP (more of them: tests/web/test_links.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores.opening import Database
from tests.web.site import Site, compiled, serving


@pytest.fixture
def site(database: Database, tmp_path: Path) -> Iterator[Site]:
    url = database.url.replace("sqlite:///", "sqlite:////")
    with serving(tmp_path, compiled(), url) as found:
        found.person()
        found.run()
        yield found


def test_ten_posts_to_the_one_click_link_withdraw_once(site: Site) -> None:
    """knadh/listmonk#3063: it answered "unsubscribed" and did nothing."""
    path = site.news()
    assert {site.post(path).status for _ in range(10)} == {200}
    site.run()
    assert site.withdrawals() == 1
    assert site.letter("news") is None
    assert ("skipped", "no consent") in site.history()


def test_a_scanner_that_gets_the_link_changes_nothing(site: Site) -> None:
    """knadh/listmonk#2570: a link scanner's GET."""
    path, before = site.news(), site.history()
    assert {site.ask(method, path).status for method in ("GET", "HEAD") * 5} == {200}
    assert site.waiting() == 0
    site.run()
    assert site.history() == before
    assert site.letter("news") is not None


def test_the_link_of_who_was_deleted_says_so(site: Site) -> None:
    """knadh/listmonk#3063, of a contact that is gone."""
    path = site.news()
    site.arrive("delete")
    site.run()
    shown = site.get(path)
    assert shown.status == 410
    assert "error" not in shown.text.lower()
    assert site.post(path).status == 200
    assert site.waiting() == 0
