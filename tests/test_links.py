"""Tokens of links: whoever has no key can neither make nor change one."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlang.links import STAND_IN_URL, EventLink, Link, Unsubscribe, read, token, url

KEY = b"a key of sixteen or more characters"
LINKS: list[Link] = [
    Unsubscribe("c1", "email", "Offer"),
    Unsubscribe("c1", "email"),
    EventLink("c1", "confirmed", "Please confirm", 1_780_000_000),
]
texts = st.text(max_size=60)
any_link: st.SearchStrategy[Link] = st.one_of(
    st.builds(Unsubscribe, texts, texts, texts),
    st.builds(EventLink, texts, texts, texts, st.integers(0, 2**40)),
)


@given(any_link, st.binary(min_size=1, max_size=80))
def test_what_was_signed_is_read_again(link: Link, key: bytes) -> None:
    made = token(key, link)
    assert read(key, made) == link
    assert made == token(key, link)
    assert re.fullmatch(r"[A-Za-z0-9_.-]*[A-Za-z0-9]", made)


@given(any_link, any_link)
def test_two_links_never_have_one_token(one: Link, other: Link) -> None:
    assert (token(KEY, one) == token(KEY, other)) is (one == other)


@pytest.mark.parametrize("link", LINKS, ids=repr)
def test_a_token_with_any_character_changed_is_worth_nothing(link: Link) -> None:
    made = token(KEY, link)
    for place, letter in enumerate(made):
        for other in "aA0_.=\n":
            if other != letter:
                assert read(KEY, made[:place] + other + made[place + 1 :]) is None
    for altered in (made[:-1], made[1:], f"{made}0", f"{made}\n", f" {made}", made.upper(), ""):
        assert read(KEY, altered) is None


def test_the_parts_of_two_tokens_make_no_third_one() -> None:
    said, signed = token(KEY, LINKS[0]).split(".")[0], token(KEY, LINKS[1]).split(".")[1]
    assert read(KEY, f"{said}.{signed}") is None


def test_another_key_reads_nothing() -> None:
    assert read(KEY + b"x", token(KEY, LINKS[0])) is None


@given(st.text(max_size=200))
def test_what_is_no_token_is_no_link(text: str) -> None:
    assert read(KEY, text) is None


def test_the_address_is_the_base_a_slash_and_the_token() -> None:
    made = token(KEY, LINKS[0])
    assert url("https://shop.example.com/u", KEY, LINKS[0]) == f"https://shop.example.com/u/{made}"
    assert url("https://shop.example.com/u/", KEY, LINKS[0]) == f"https://shop.example.com/u/{made}"
    assert url("", KEY, LINKS[0]) == f"{STAND_IN_URL}/{made}"


def test_an_event_has_one_id_for_each_letter() -> None:
    link = EventLink("c1", "confirmed", "Please confirm", 1_780_000_000)
    others = [
        replace(link, contact="c2"), replace(link, event="asked"),
        replace(link, message="Again"), replace(link, at=1_780_000_001),
    ]  # fmt: skip
    assert len({one.id for one in (link, *others)}) == 5
    assert replace(link).id == link.id
