"""Guesses at what a name was meant to be."""

from __future__ import annotations

from flowlang.kinds import BUILT_IN_FIELDS
from flowlang.source import ALWAYS_THERE, did_you_mean, guess


def test_a_name_is_near_whatever_joins_its_words() -> None:
    known = ["id", "email", "first_name"]
    assert guess("firstname", known) == "first_name"
    assert guess("First-Name", known) == "first_name"


def test_where_nothing_is_near_what_was_declared_comes_first() -> None:
    known = [*BUILT_IN_FIELDS, "score", "zone"]
    names = "there is `score`, `zone`, `created`, `email`, `id`"
    more = len(known) - 5
    assert did_you_mean("xxxxxxxx", known) == f"{names} and {more} more"
    assert did_you_mean("xxxxxxxx", known[-5:], all_at="flow x list").count("lists all") == 0
    found = did_you_mean("xxxxxxxx", known, all_at="flow x list")
    assert found == f"{names} and {more} more (`flow x list` lists all)"


def test_what_nobody_declares_is_known() -> None:
    assert set(BUILT_IN_FIELDS) <= ALWAYS_THERE
