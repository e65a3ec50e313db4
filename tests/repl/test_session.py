"""What is said happens, can be taken back, and can be tried another way."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from flowlang.repl.session import Session
from tests.repl.sessions import SHOP, Files, said, session

ANNA = "contact anna score=60 country=DE first_name=Anna marketing by email"


@pytest.fixture
def shop(tmp_path: Path) -> Session:
    return session(tmp_path, SHOP)


def lines(one: Session) -> list[str]:
    return [line.text for line in one.state.lines]


# ---------------------------------------------------------------------- lines of a test


def test_before_time_begins_a_contact_stands_there(shop: Session) -> None:
    said(shop, 'contact anna score=60 country=DE vip=yes tag "vip", group "Newsletter" blocked')
    assert lines(shop)[0].split("\n") == [
        'given contact "anna"', "  score 60", '  country "DE"', "  vip yes", '  tag "vip"',
        '  group "Newsletter"', "  blocked",
    ]  # fmt: skip
    assert not shop.stage.begun
    assert shop.stage.decisions == []


def test_a_contact_that_is_made_again_is_changed(shop: Session) -> None:
    said(
        shop, 'contact anna score=60 tag "vip" marketing by email', 'given coupons "codes" 1 codes'
    )
    said(
        shop, 'contact anna score=70 tag "vip" tag "new"', 'contact "anna"\n  due 2026-11-28 12:00'
    )
    said(shop, 'contact "anna"\n  qualification\n    name "Boats"')
    said(shop, 'contact "anna"\n  qualification\n    name "Cars"\n  first_name "Anna"')
    assert lines(shop)[0].split("\n") == [
        'given contact "anna"', "  marketing by email", "  score 70", '  tag "vip"', '  tag "new"',
        "  due 2026-11-28 12:00", "  qualification", '    name "Cars"', '  first_name "Anna"',
    ]  # fmt: skip
    told = said(shop, "undo")
    assert 'undone: given contact "anna" marketing by email' in told
    assert '    name "Boats"' in lines(shop)[0]
    said(shop, "advance 1 hour", "contact anna score=80")
    assert shop.contact().fields["score"] == 80
    assert said(shop, 'given contact "anna"\n  score 1') == (
        '! "anna" is there already (`contact anna score=60` changes it)\n'
    )


def test_lines_below_a_contact_whose_first_line_has_words(shop: Session) -> None:
    said(shop, 'contact "ben" marketing by email\n  qualification\n    name "Boats"')
    said(shop, 'contact cleo score=3\n  qualification\n    name "Cars"')
    assert lines(shop)[0].endswith('  marketing by email\n  qualification\n    name "Boats"')
    assert lines(shop)[1].endswith('  score 3\n  qualification\n    name "Cars"')


def test_a_value_can_be_reckoned(shop: Session) -> None:
    said(shop, ANNA, "advance 1 hour", "set score to score + 10")
    assert lines(shop)[-1] == "at 2026-11-20 11:00 set score to 70"
    told = said(shop, "set score to score / 0")
    assert told == "! `score / 0` has no value now that could be set\n"


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("score=1,5", "score 1.5"),
        ("birthday=24.12.1990", "birthday 1990-12-24"),
        ("due=2026-12-01", "due 2026-12-01 00:00"),
        ("due=24.12.2026 18:00", "due 2026-12-24 18:00"),
        ("country=de", 'country "DE"'),
        ("vip=ja", "vip yes"),
        ('first_name="Anna Maria"', 'first_name "Anna Maria"'),
    ],
)
def test_values_are_read_as_in_a_file(shop: Session, line: str, given: str) -> None:
    said(shop, f"contact anna {line}")
    assert lines(shop)[0] == f'given contact "anna"\n  {given}'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "contact anna first_name=Anna Maria",
            "! `Maria` says nothing of a contact (a text of several words stands in quotes:",
        ),
        ("contact anna score=" + "9" * 35, "! `score`: a line cannot hold this value"),
        ("contact anna score=", "! `score=` has no value (write `score=…`)"),
        ("contact anna score=viele", '! `score`: expected a number, got "viele"'),
        ("contact anna birthday=2026-02-30", "! `birthday`: expected a date such as 2026-12-24"),
        ("contact anna email=nonsense", "! `email`: expected one plain e-mail address"),
        ('contact "anna"\n  email "a b"', "! `email`: expected one plain e-mail address"),
        ("set email=nonsense", "! `email`: expected one plain e-mail address"),
        ('set email to "nonsense"', "! `email`: expected one plain e-mail address"),
        ('tag ""', "! a tag has a name"),
        ('contact anna tag " "', "! a tag has a name"),
        ("as", "! which contact? (there is bob)"),
        ('tag "x" for "zoe"', '! there is no contact "zoe" (there is `bob`)'),
        ("set id=5", "! the name of a contact is its id"),
        ("advance to", "! to which moment?"),
        ("advance to 9999-12-31", "! a moment lies between 1900 and 2200"),
        ("event purchase total 5 + 5", "! a value is written out here"),
        ("given event purchase total 5 at 2020-01-01", "! an event is given before time begins"),
        ("as bob@example.com", '! there is no contact "bob@example.com" (that is the address of'),
        ("why -1", "! there is no decision -1"),
        ("status foo", '! there is no contact "foo"'),
        ("vars foo", '! there is no contact "foo"'),
        ("load people.xlsx", '! there is no test "people.xlsx" (`load` takes the name of a test'),
        ("at 2026-01-01 10:00", "! time only goes forward: it is 2026-11-20 11:00"),
    ],
)
def test_what_is_wrong_is_said_in_words_of_the_session(
    shop: Session, line: str, message: str
) -> None:
    said(shop, "contact bob", "advance 1 hour")
    before = shop.state
    assert said(shop, line).startswith(message)
    assert shop.state == before


def test_a_time_zone_that_there_is_not_is_told(shop: Session) -> None:
    told = said(shop, "contact anna timezone=Mars/Base")
    assert 'there is no time zone "Mars/Base"; that of the workspace is used' in told


def test_later_it_comes_which_is_a_trigger(shop: Session) -> None:
    told = said(shop, ANNA, "advance 1 hour", 'contact bob score=1 tag "new"')
    assert lines(shop)[-1] == 'at 2026-11-20 11:00 contact "bob"\n  score 1\n  tag "new"'
    assert 'bob  "Welcome"  started' in told
    assert shop.whom == "bob"


def test_an_action_happens_now(shop: Session) -> None:
    said(shop, ANNA, 'tag "x"', "event purchase total=99 order_id=A1", "set score=70", "clear due")
    said(shop, 'event purchase total 5, items (sku "A", price 3), (sku "B", price 4)')
    assert lines(shop)[1:] == [
        'at 2026-11-20 10:00 tag "x"',
        'at 2026-11-20 10:00 event purchase total 99, order_id "A1"',
        "at 2026-11-20 10:00 set score to 70",
        "at 2026-11-20 10:00 clear due",
        'at 2026-11-20 10:00 event purchase total 5, items (sku "A", price 3), (sku "B", price 4)',
    ]


def test_a_line_of_a_test_works_as_it_stands(shop: Session) -> None:
    said(shop, 'given contact "ben"\n  score 3', 'given coupons "codes" 2 codes')
    said(shop, 'at 2026-12-01 08:00 tag "new"', "after 2 days", 'expect sent "Hello"')
    assert lines(shop) == [
        'given contact "ben"\n  score 3',
        'given coupons "codes" 2 codes',
        'at 2026-12-01 08:00 tag "new"',
        "after 2 days",
        'expect sent "Hello"',
    ]


def test_an_expectation_that_fails_is_told_and_not_kept(shop: Session) -> None:
    said(shop, ANNA, 'tag "new"')
    told = said(shop, 'expect sent "Gift"')
    assert told == '! no: "Gift" was not sent\n'
    assert len(lines(shop)) == 2


def test_of_several_contacts_the_one_is_meant_that_was_named_last(shop: Session) -> None:
    said(shop, ANNA, "contact bob", 'tag "new"', "as anna", 'tag "split"', 'tag "x" for "bob"')
    assert lines(shop)[2:] == [
        'at 2026-11-20 10:00 tag "new" for "bob"',
        'at 2026-11-20 10:00 tag "split" for "anna"',
        'at 2026-11-20 10:00 tag "x" for "bob"',
    ]
    assert "did you mean `anna`" in said(shop, "as anne")


def test_an_event_about_a_thing_goes_to_all_it_concerns(shop: Session) -> None:
    boats = 'contact "{}"\n  qualification\n    name "Boats"'
    said(shop, boats.format("anna"), boats.format("bob"), "contact cleo")
    told = said(shop, "event back_in_stock sku=Boats")
    assert "anna  event (back_in_stock)" in told
    assert "bob  event (back_in_stock)" in told
    assert "cleo" not in told


# ---------------------------------------------------------------------- time


def test_next_stops_at_what_happens_next(shop: Session) -> None:
    said(shop, ANNA, 'import coupons "codes" X1', 'tag "new"')
    assert "2026-11-22 10:00" in said(shop, "next")
    assert lines(shop)[-1] == "at 2026-11-22 10:00"
    assert "2026-11-23 07:00" in said(shop, "next")


def test_time_that_is_said_first_begins_where_the_clock_stands(shop: Session) -> None:
    told = said(shop, "contact anna birthday=2000-11-22", "advance to 2026-11-25")
    assert "  2026-11-22 08:00  event (birthday_today)\n" in told
    assert lines(shop)[1:] == ["at 2026-11-20 10:00", "at 2026-11-25"]
    said(shop, "undo", "advance to 2026-11-01")
    assert lines(shop)[1:] == ["at 2026-11-01"], "or where it is told to begin before that"


def test_next_passes_over_schedules_that_concern_nobody(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP[: SHOP.index("automation")])
    said(one, "contact anna birthday=2000-11-25")
    assert said(one, "next").startswith("  2026-11-25 08:00  event (birthday_today)\n")


def test_nothing_more_is_due(tmp_path: Path) -> None:
    quiet = SHOP[: SHOP.index("automation")].replace(
        "  every day at 08:00\n", "  at 2026-11-25 08:00\n"
    )
    one = session(tmp_path, quiet)
    said(one, "contact anna", 'tag "split"', "run")
    before = one.state
    assert said(one, "next", "run") == "  nothing more is due\n  nothing more is due\n"
    assert one.state == before


def test_run_goes_to_the_last_thing_that_happens(shop: Session) -> None:
    said(shop, ANNA, 'tag "split"', "advance 2 hours")
    told = said(shop, "run")
    assert '"Split"  finished' in told
    assert shop.now > datetime(2027, 11, 1, tzinfo=UTC)


def test_a_great_many_rows_are_cut_in_the_middle(shop: Session) -> None:
    told = said(shop, ANNA, "run")
    assert " more ...\n" in told
    assert told.count("\n") < 110


@pytest.mark.parametrize(
    ("line", "now"),
    [
        ("advance 2 days", "2026-11-22 10:00"),
        ("advance to 2026-12-01 09:00", "2026-12-01 09:00"),
        ("advance to 2026-12-01", "2026-12-01 00:00"),
        ("advance to 18:00", "2026-11-20 18:00"),
        ("advance to 09:00", "2026-11-21 09:00"),
        ("advance 1 week 3 days", "2026-11-30 10:00"),
    ],
)
def test_advance(shop: Session, line: str, now: str) -> None:
    said(shop, "contact anna", line)
    assert shop.tongue.clock(shop.now) == now


@pytest.mark.parametrize(
    "line", ["advance", "advance x", "advance to 2020-01-01", "advance to 25:00", "advance -1 days"]
)
def test_time_that_cannot_be(shop: Session, line: str) -> None:
    said(shop, "contact anna", "advance 1 hour")
    before = shop.state
    assert said(shop, line).startswith("! ")
    assert shop.state == before


def test_an_hour_that_comes_twice(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    one.start = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)  # 02:10, the first time
    said(one, "contact anna", 'tag "split"', "next", 'tag "late"')
    assert lines(one)[-2:] == ["after 60 minutes", 'after 0 minutes tag "late"']
    assert one.now == datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    before = [entry.entry for entry in one.stage.decisions]
    one.rebuild()
    assert [entry.entry for entry in one.stage.decisions] == before


def test_more_than_a_person_can_look_at(tmp_path: Path) -> None:
    spin = SHOP
    for event, other in (("ping", "pong"), ("pong", "ping")):
        spin += f"\nevent {event}\n  turn  number\n"
        spin += f'\ncampaign "{event}"\n  runs again\n  start on {event}\n'
        spin += f"  wait 1 minute\n  event {other}\n"
    one = session(tmp_path, spin)
    said(one, "contact anna", "event ping")
    before = one.state
    told = said(one, "advance 1 year")
    assert told == "! more than 20,000 things would happen: let less time pass\n"
    assert one.state == before
    assert "there is more to come: `run` goes on" in said(one, "run")


# ---------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("wher", "! there is no word `wher` (did you mean `where`?)"),
        ("xyz", "! there is no word `xyz` (try `help`)"),
        ("score = 3", "! `score` is a field (write `set score to …` or `? score = 3`)"),
        ("set scor to 5", "! the contact has no field `scor`"),
        ("contact bob scor=5", "! the contact has no field `scor`"),
        ('set score to "x"', "! `score` is a number, this is text"),
        ("event purchas total=1", "! there is no event `purchas`"),
        ('resume "Offer"', '! this was refused: "Offer" is not halted'),
        ('opened "Gift"', '! this was refused: "Gift" was never sent to anna'),
        ('send "Hello"', '! `send "Hello"` is no action of a test'),
        ("?", "! a condition is asked for"),
        ("? score", "! a condition stands here, not a number"),
        ("? nope = 1", "! the contact has no field `nope`"),
        ("why 99", "! there is no decision 99"),
        ('why not "Nope"', '! there is no message and no campaign "Nope"'),
        ('where "Nope"', '! there is no campaign "Nope"'),
        ('inbox "Nope"', '! there is no message "Nope"'),
        ("back", "! there is nothing to come back to"),
        ("redo", "! there is nothing to redo"),
        ("undo 0", "! how often? a number from 1 to 1,000 is asked for, not `0`"),
        ('load "nope"', '! there is no test "nope"'),
        ("load nope.csv", "! nope.csv: there is no such file"),
        ("import coupons", "! a list and its codes are asked for"),
        ('import coupons "nope" A1', "! there is no coupon list `nope`"),
        ("what if", ""),
        ("save", "! a test has a name"),
        ("contact", "! a contact has a name"),
        ("help nope", "! there is no word `nope`"),
    ],
)
def test_bad_input_gets_one_message_and_changes_nothing(
    shop: Session, line: str, message: str
) -> None:
    said(shop, ANNA, "advance 1 hour")
    before = shop.state, [one.entry for one in shop.stage.decisions], shop.now
    told = said(shop, line)
    if message:
        assert told.startswith(message)
        assert told.count("\n") == 1
        assert (shop.state, [one.entry for one in shop.stage.decisions], shop.now) == before
        # and it goes on as if nothing had been wrong
    assert "tagged" in said(shop, 'tag "x"')


def test_without_a_contact(shop: Session) -> None:
    for line in ("where", "why", "vars", "inbox", "history", "? score = 1"):
        told = said(shop, line)
        assert told == "! there is no contact yet (make one: `contact anna score=60`)\n"
    for line in ('tag "x"', "set score=1", "set score to score + 1"):
        told = said(shop, line)
        assert told == "! there is no contact yet (make one: `contact anna score=60`)\n"
    assert said(shop, "as bob") == '! there is no contact "bob" (make one: `contact bob`)\n'


# ---------------------------------------------------------------------- ways back


def test_undo_and_redo_over_everything(shop: Session) -> None:
    steps = [
        ANNA, "contact anna score=7", 'tag "new"', "advance 1 day", "contact bob", "as anna",
        "next", "what if", 'tag "warm"', "set score=1", 'load "a greeting"',
    ]  # fmt: skip
    stood = []
    for step in steps:
        stood.append(_stands(shop))
        said(shop, step)
    after = _stands(shop)
    for before in reversed(stood):
        said(shop, "undo")
        assert _stands(shop) == before
    assert said(shop, "undo") == "! there is nothing to undo\n"
    for following in [*stood[1:], after]:
        said(shop, "redo")
        assert _stands(shop) == following


def _stands(one: Session) -> object:
    entries = [decision.entry for decision in one.stage.decisions]
    return one.state, one.now, entries, list(one.stage.contacts)


def test_what_is_done_after_an_undo_cannot_be_redone(shop: Session) -> None:
    said(shop, ANNA, 'tag "x"', "undo", 'tag "y"')
    assert said(shop, "redo") == "! there is nothing to redo\n"


def test_undo_several(shop: Session) -> None:
    said(shop, ANNA, 'tag "x"', "advance 1 day", 'tag "y"')
    told = said(shop, "undo 2")
    assert "undone: at 2026-11-21 10:00 tag" in told
    assert "undone: after 1 day" in told
    assert told.endswith("  anna, 2026-11-20 10:00\n")
    said(shop, "undo 50")
    assert shop.state.lines == ()


def test_another_way_and_back(shop: Session) -> None:
    said(shop, ANNA, 'import coupons "codes" X1 X2', 'tag "new"')
    before = _stands(shop)
    told = said(shop, 'what if tag "gone"')
    assert '"Welcome"  stopped' in told
    said(shop, "what if", "set score=1", "back")
    told = said(shop, "back")
    assert '- waiting until 2026-11-22 10:00 in "Welcome"' in told
    assert '+ stopped in "Welcome"' in told
    assert _stands(shop) == before


def test_another_way_leaves_what_can_be_undone_and_redone_as_it_was(shop: Session) -> None:
    said(shop, ANNA, 'tag "x"', 'tag "y"', "undo")
    before = _stands(shop), list(shop.past), list(shop.future)
    said(shop, "what if", 'tag "z"', "what if advance 1 day", "back", "undo", "back")
    assert (_stands(shop), shop.past, shop.future) == before
    assert 'undone: at 2026-11-20 10:00 tag "x"' in said(shop, 'what if tag "z"', "back", "undo")
    assert 'again: at 2026-11-20 10:00 tag "y"' in said(shop, "redo", "redo")


def test_coming_back_says_what_was_set_and_granted(shop: Session) -> None:
    said(shop, "contact anna score=5", "advance 1 hour", "what if set score=70")
    told = said(shop, "grant marketing by email", 'join group "Newsletter"', "back")
    for line in (
        "- score = 5", "+ score = 70", "+ may get marketing by email", '+ in group "Newsletter"',
    ):  # fmt: skip
        assert f"  {line}\n" in told


def test_what_if_with_a_line_that_is_refused(shop: Session) -> None:
    said(shop, ANNA)
    before = shop.state, shop.past
    assert said(shop, "what if set scor=5").startswith("! the contact has no field")
    assert (shop.state, shop.past) == before


# ---------------------------------------------------------------------- files


def test_a_test_can_be_loaded(shop: Session) -> None:
    told = said(shop, ANNA, 'load "a greeting"')
    assert '  the test "a greeting" has passed\n' in told
    assert shop.whom == "contact"
    assert lines(shop)[0] == "given contact"


def test_a_failing_test_is_loaded_up_to_where_it_fails(tmp_path: Path) -> None:
    failing = (
        SHOP + '\ntest "fails"\n  given contact\n  at 2026-03-02 10:00 tag "new"\n'
        '  expect sent "Gift"\n  at 2026-03-09 10:00 tag "late"\n'
    )
    one = session(tmp_path, failing)
    told = said(one, 'load "fails"')
    assert '  up to here; then `expect sent "Gift"`\n' in told
    assert '  no: "Gift" was not sent\n' in told
    assert lines(one) == ["given contact", 'at 2026-03-02 10:00 tag "new"']
    assert '"Gift" is still ahead' in said(one, 'why not "Gift"')


def test_a_test_that_expects_a_refusal_can_be_loaded(tmp_path: Path) -> None:
    refusing = (
        SHOP + '\ntest "refuses"\n  given contact\n  at 2026-03-02 10:00 resume "Offer"\n'
        '  expect refused "not halted"\n  at 2026-03-03 10:00 tag "new"\n'
    )
    one = session(tmp_path, refusing)
    assert "has passed" in said(one, 'load "refuses"')
    assert "undone" in said(one, 'tag "x"', "undo")


def test_contacts_of_a_file(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    (tmp_path / "people.csv").write_text(
        "id,email,score,tags,consent,nope\n"
        "c1,a@example.com,5,new;old,marketing by email,1\n"
        "c2,,7,,,\n"
        "c3,bad,1,,,\n"
    )
    told = said(one, "load people.csv")
    assert "3 rows read, 2 taken, 1 left out" in told
    assert "c2: it has no e-mail address" in told
    assert one.stage.contacts == ["c1", "c2"]
    assert lines(one)[0] == (
        'given contact "c1"\n  email "a@example.com"\n  score 5\n  tag "new"\n  tag "old"\n'
        "  marketing by email"
    )
    said(one, "contact c1 score=6", "load people.csv")
    assert one.stage.contacts == ["c1", "c2"], "the same file once more makes nobody twice"
    assert 'tag "old"' in lines(one)[0]
    assert "score 5" in lines(one)[0]
    said(one, "undo 3", "contact anna", "advance 1 hour", "load people.csv")
    assert lines(one)[-2].startswith('at 2026-11-20 11:00 contact "c1"\n  email')


def test_reload_says_what_became_different(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    said(one, ANNA, 'tag "new"')
    assert said(one, "reload") == "  the files are read anew; nothing became different\n"
    (tmp_path / "shop.flow").write_text(SHOP.replace("wait 2 days", "wait 3 days"))
    told = said(one, "reload")
    assert '- 2026-11-20 10:00  "Welcome"  wait 2 days: waiting (until 2026-11-22 10:00)' in told
    assert '+ 2026-11-20 10:00  "Welcome"  wait 3 days: waiting (until 2026-11-23 10:00)' in told
    (tmp_path / "shop.flow").write_text(
        SHOP.replace("wait 3 days", "wait 3 dys").replace("wait 2 days", "wait 2 dys")
    )
    before = one.state
    assert said(one, "reload").startswith("! `dys` is no word of flow here")
    assert one.state == before
    assert "tagged" in said(one, 'tag "x"')


def test_reload_of_a_program_that_the_session_does_not_fit(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    said(one, ANNA, "set score=5")
    (tmp_path / "shop.flow").write_text("contact\n  age  number\n")
    told = said(one, "reload")
    assert told.endswith(
        '  up to here; then `given contact "anna"`\n  the contact has no field `score`\n'
    )
    assert one.state.lines == ()
    assert "it does not go so any more: the contact has no field `score`" in said(one, "undo")


def test_reload_goes_up_to_the_line_that_fails(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    said(one, 'load "a greeting"', "advance 1 day")
    (tmp_path / "shop.flow").write_text(SHOP.replace('send "Hello"', 'send "Gift"', 1))
    told = said(one, "reload")
    assert '  - 2026-03-02 10:00  "Welcome"  send "Hello": sent (to contact@example.com)\n' in told
    assert '  up to here; then `expect sent "Hello"`\n  no: ' in told
    assert len(lines(one)) == 2
    assert '"Gift" was skipped' in said(one, 'why not "Gift"')
    (tmp_path / "shop.flow").write_text(SHOP)
    assert "the files are read anew" in said(one, "reload")
    assert "undone: what the files had cut off" in said(one, "undo")
    assert lines(one)[-1] == "after 1 day"


def test_load_reads_the_files_anew(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    said(one, ANNA)
    more = '\ntest "later"\n  given contact\n  at 2026-03-02 10:00 tag "new"\n'
    (tmp_path / "shop.flow").write_text(SHOP.replace("wait 2 days", "wait 3 days") + more)
    assert "waiting (until 2026-03-05 10:00)" in said(one, 'load "later"')
    (tmp_path / "shop.flow").write_text("campaign\n")
    before = one.state
    assert said(one, 'load "later"').startswith("! ")
    assert one.state == before


# ---------------------------------------------------------------------- looking


def test_where_marks_the_way(shop: Session) -> None:
    said(shop, ANNA, 'tag "new"')
    told = said(shop, "where")
    assert '"Welcome", round 1: waits until 2026-11-22 10:00 (in 2 days)\n' in told
    assert '  ·   send "Hello"\n  >   wait 2 days\n      if in segment "hot"\n' in told
    told = said(shop, "event purchase total=1", "where")
    assert '  >   start when tagged "new"\n' in told
    assert '"Orders": has not started' in said(shop, 'where "Orders"')


def test_status_of_everyone(shop: Session) -> None:
    said(
        shop,
        ANNA,
        "contact bob",
        "contact cleo",
        'tag "new" for "anna"',
        'delete contact for "bob"',
    )
    told = said(shop, "status")
    assert (
        'anna  "Welcome"           waits until 2026-11-22 10:00 (in 2 days)  wait 2 days\n' in told
    )
    assert "bob   deleted" in told
    assert "cleo  in no campaign yet" in told


def test_the_inbox_shows_what_was_read(tmp_path: Path) -> None:
    html = SHOP.replace('  body "Good to have you."', '  body file "hello.html"')
    (tmp_path / "hello.html").write_text(
        "<html><body><p>Hi <b>{{ first_name }}</b></p><ul><li>one</li></ul></body></html>"
    )
    one = session(tmp_path, html)
    assert said(one, ANNA, "inbox").endswith("  anna has not got anything yet\n")
    told = said(one, 'tag "new"', "inbox")
    assert (
        '2026-11-20 10:00  "Hello" to anna@example.com\n  Hello Anna\n  Hi Anna\n\n  - one\n'
        in told
    )


def test_coupons_and_vars(shop: Session) -> None:
    said(
        shop,
        f"{ANNA} vip=yes",
        'import coupons "codes" X1 X2',
        'tag "new"',
        'join group "Newsletter"',
    )
    said(shop, "event purchase total=99 order_id=A1", 'add qualification name "Boats"')
    told = said(shop, "coupons")
    assert "  codes  2 left, 0 used  when empty halt\n" in told
    assert '  gifts  0 left, 0 used  when empty show "GIFT"\n' in told
    told = said(shop, "vars")
    for row in (
        "  vip                 yes\n", "  group               Newsletter\n",
        "  marketing by email  granted\n", "  qualification       name Boats\n",
        "  event purchase      2026-11-20 10:00, total 99, order_id A1\n",
    ):  # fmt: skip
        assert row in told


def test_a_condition_can_be_asked(shop: Session) -> None:
    said(shop, ANNA)
    told = said(shop, '? score >= 50 and not tagged "new"')
    assert told == (
        'yes  score >= 50 and not tagged "new"\n'
        "     yes  score >= 50        score: 60\n"
        '     yes  not tagged "new"\n'
        '          no   tagged "new"\n'
    )


def test_what_people_are_told_is_shown(shop: Session) -> None:
    said(shop, ANNA, "advance to 2026-11-22 10:00", 'tag "new"')
    told = said(shop, "advance 3 days")
    assert '  inbox: "Gift": 1 sent\n' in told


# ---------------------------------------------------------------------- languages


def test_a_german_workspace_is_spoken_to_in_german(tmp_path: Path) -> None:
    german = (
        "# sprache: de\nkontakt\n  punkte  zahl\n\n"
        'nachricht "Hallo"\n  art service\n  kanal email\n'
        '  betreff "Hallo"\n  text "Da."\n\nkampagne "Gruß"\n  starte wenn getaggt mit "neu"\n'
        '  warte 2 tage\n  wenn punkte > 5\n    sende "Hallo"\n'
    )
    one = session(tmp_path, german)
    said(one, "kontakt anna punkte=3", 'tag "neu"', "weiter 1 tag", "nächstes")
    assert lines(one) == [
        'gegeben kontakt "anna"\n  punkte 3', 'am 2026-11-20 10:00 tag "neu"', "nach 1 tag",
        "am 2026-11-22 10:00",
    ]  # fmt: skip
    told = said(one, 'warum nicht "Hallo"')
    assert told.startswith('"Hallo" wurde nicht erreicht: der Lauf nahm einen anderen Weg')
    assert "nein punkte > 5  punkte: 3" in told
    assert said(one, "where") == said(one, "wo")
    assert "! das ist Englisch" in said(one, 'untag "neu"')
    assert "? punkte" not in said(one, '? punkte > 1 und getaggt mit "neu"')


def test_help_speaks_of_every_word(shop: Session) -> None:
    from flowlang.repl.word import words

    told = said(shop, "help")
    for one in words():
        name = one.phrases("en")[0]
        assert f"\n  {name}" in told
        more = said(shop, f"help {name}")
        assert one.usage[0] in more


def test_help_speaks_of_every_action_and_line(shop: Session) -> None:
    from flowlang.repl.actions import ACTIONS, LINES

    told = said(shop, "help")
    for one in ACTIONS:
        assert f"\n  {one.example}\n" in told
    for one in (*ACTIONS, *LINES):
        more = said(shop, f"help {shop.tongue.word(one.terminal)}")
        assert f"  {one.example}\n" in more


def test_help_in_german(tmp_path: Path) -> None:
    one = session(tmp_path, "# sprache: de\nkontakt\n  punkte  zahl\n")
    assert '  entferne tag "vip"\n' in said(one, "hilfe")
    assert '  am 2026-12-01 10:00 tag "vip"\n' in said(one, "hilfe am")


def test_a_group_send_that_waits_stands_in_no_quotes_and_in_german(tmp_path: Path) -> None:
    text = """\
# sprache: de
gruppe "G"

nachricht "N"
  art service
  kanal email
  betreff "Hallo"
  text "Hallo"

regel "Abends"
  sende nur zwischen 18:00 und 20:00

automatik "A"
  regel "Abends"
  jeden tag um 12:00
  sende "N" an gruppe "G"
  benachrichtige posteingang "gesendet"
"""
    one = session(tmp_path, text)
    told = said(one, "kontakt anna", 'beitritt gruppe "G"', "weiter 4 stunden")
    assert "Post: gesendet\n" in told
    assert '  anna  Gruppensendung "N" der Automation "A"  wartet' in said(one, "status")


def test_files_are_only_read_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "flow.toml").write_text("")
    (tmp_path / "shop.flow").write_text(SHOP)
    files = Files(tmp_path)
    one = Session(files, datetime(2026, 11, 20, 9, tzinfo=UTC))
    (tmp_path / "shop.flow").unlink()
    assert "sent" in said(one, ANNA, 'tag "new"', "undo", "redo")


# ---------------------------------------------------------------------- why


def test_why_not_of_an_event_that_finds_its_contacts(shop: Session) -> None:
    told = said(shop, "contact anna birthday=2000-11-25", "advance 1 hour", 'why not "Race"')
    assert told.endswith(
        '"Race" has not started\n'
        "  start on birthday_today: birthday_today has not happened\n"
        "  for contacts where anniversary of birthday is today: has to be yes\n"
        "    no   anniversary of birthday is today  anniversary of birthday: 2026-11-25\n"
    )


def test_why_not_of_a_group_send(shop: Session) -> None:
    told = said(shop, "contact anna score=60 country=CH", "advance 1 hour", 'why not "Gift"')
    part = told.partition('the automation "Round" has not sent it to anna')[2]
    assert 'to segment "hot": has to be yes\n' in part
    assert 'no   country in ("DE", "AT")  country: "CH"' in part


EXPIRES = """
contact
  records license
    name     text
    expires  date

event license_expires
  every day at 06:00
  for each license where expires = today + 7 days

message "Renew"
  kind service
  channel email
  subject "{{ event.name }}"
  body "Renew it."

campaign "Renew"
  start on license_expires
  send "Renew"
"""


def test_why_not_of_an_event_that_finds_records(tmp_path: Path) -> None:
    one = session(tmp_path, EXPIRES)
    told = said(one, "contact anna", "advance 1 hour", 'why not "Renew"')
    assert "for each license where expires = today + 7 days: anna has no license\n" in told
    told = said(one, 'add license name "A", expires 2026-12-01', 'why not "Renew"')
    assert "license name A, expires 2026-12-01: has to be yes\n" in told
    assert "no   expires = today + 7 days  expires: 2026-12-01" in told


WAITS = """
contact
  due  datetime

message "Note"
  kind service
  channel email
  subject "Note"
  body "Now."

campaign "Waits"
  start when tagged "go"
  wait until 1 day before due at 09:00
  send "Note"
"""


def test_why_says_why_at_that_moment(tmp_path: Path) -> None:
    one = session(tmp_path, WAITS)
    told = said(one, "contact anna due=2026-11-20 18:00", 'tag "go"', 'why "Note"')
    assert told.endswith(
        '  2026-11-20 10:00  "Waits"  wait until 1 day before due at 09:00: missed'
        " (the moment was 2026-11-19 09:00)\n    due  2026-11-20 18:00\n"
    )
    told = said(one, "undo", "set due=2026-11-25 12:00", 'tag "go"', "next", 'why "Note"')
    assert "wait until 1 day before due at 09:00: waiting (until 2026-11-24 09:00)" in told
    assert told.endswith("    due  2026-11-25 12:00\n")


def test_why_not_again(tmp_path: Path) -> None:
    one = session(tmp_path, WAITS)
    told = said(one, 'contact anna due=2026-11-20 18:00 tag "go"', 'tag "go"', 'why not "Note"')
    assert 'it was tagged "go" already, so to tag it again is no trigger' in told
    told = said(one, 'untag "go"', 'tag "go"', 'untag "go"', 'tag "go"', 'why not "Note"')
    assert "why not again: it runs once; with `runs again` a new trigger would start" in told
    again = session(tmp_path, WAITS.replace("  start when", "  runs again\n  start when"))
    told = said(again, "contact anna due=2026-11-20 18:00", 'tag "go"', 'tag "go"')
    told = said(again, 'why not "Waits"')
    assert 'a new trigger starts it again: it was tagged "go" already' in told


def test_values_are_shown_once(shop: Session) -> None:
    said(shop, "contact anna score=60 country=CH", 'tag "new"', "next")
    told = said(shop, 'why not "Offer"')
    assert told.count("60") == 1
    assert 'if in segment "hot": no\n' in told


# ---------------------------------------------------------------------- many


def test_many_contacts_of_a_file_are_told_in_few_rows(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    rows = "".join(f"c{n},,5,Mars/Base\n" for n in range(300))
    (tmp_path / "people.csv").write_text(f"id,email,score,timezone\nbad,nonsense,1,\n{rows}")
    told = said(one, "load people.csv").splitlines()
    assert len(told) < 10
    assert "301 rows read, 300 taken, 1 left out" in told[0]
    assert "expected one plain e-mail address" in told[1], "what was refused comes first"
    assert any("Mars/Base" in row and "and 299 more like it" in row for row in told)
    assert any("no e-mail address" in row and "and 299 more like it" in row for row in told)
    shown = said(one, "status").splitlines()
    assert len(shown) == 41
    assert shown[-1] == "  ... and 260 more; `status c299` shows one"
    assert said(one, "status c299") == "  c299  in no campaign yet\n"
    assert len(said(one, "undo").splitlines()) < 15
