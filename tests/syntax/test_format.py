from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from flowlang.source import Findings, Source
from flowlang.syntax.format import FormatError, NotReadable, comments, format_source
from flowlang.syntax.parser import parse
from flowlang.syntax.reading import decode
from tests.syntax.reading import CORPUS, HERE, read, sound


def formatted(text: str, language: str = "en") -> str:
    return format_source(sound(text, language), default=language)


def test_the_corpus_is_canonical() -> None:
    assert formatted(CORPUS) == CORPUS


def test_english_to_german_and_back_is_the_same_byte_for_byte() -> None:
    german = format_source(sound(CORPUS), "de")
    assert german != CORPUS
    assert sound(german).tree == sound(CORPUS).tree
    assert format_source(sound(german), "en") == CORPUS


def test_the_german_of_the_corpus(snapshot: SnapshotAssertion) -> None:
    assert format_source(sound(CORPUS), "de") == snapshot


def test_the_declarations_of_the_language_in_canonical_layout(snapshot: SnapshotAssertion) -> None:
    text = (HERE / "examples/declarations.flow").read_text(encoding="utf-8")
    assert formatted(text) == snapshot


def test_keywords_become_lower_case_and_names_stay() -> None:
    assert formatted('CAMPAIGN "A"\n  IF Vip AND Tagged "B"\n    Stop\n') == (
        'campaign "A"\n  if Vip and tagged "B"\n    stop\n'
    )


def test_one_space_stands_between_words_and_none_inside_parentheses() -> None:
    assert formatted('segment "A"\n  x   in( "a" ,"b" )and   y>=3\n') == (
        'segment "A"\n  x in ("a", "b") and y >= 3\n'
    )


def test_a_minus_gets_its_spaces() -> None:
    parsed, findings = read('campaign "A"\n  set x to 10-1\n')
    assert [finding.diagnostic.name for finding in findings.found] == ["missing-space"]
    assert format_source(parsed) == 'campaign "A"\n  set x to 10 - 1\n'


def test_typographic_quotes_and_tabs_become_plain_ones() -> None:
    parsed, _ = read('campaign „A“\n\ttag “b"\n')
    assert format_source(parsed) == 'campaign "A"\n  tag "b"\n'


def test_times_stand_before_their_number_or_behind_it_as_the_language_has_it() -> None:
    text = 'test "t"\n  expect sent "M" {}  # said\n  expect count of m where (x = 1) > 1\n'
    english = text.format("times 2")
    assert formatted(text.format("2 times")) == formatted(text.format("2 time")) == english
    assert sound(text.format("2 times")).tree == sound(english).tree
    german = format_source(sound(english), "de")
    assert 'erwarte gesendet "M" 2 mal  # said' in german
    assert formatted(german.replace("2 mal", "mal 2")) == german
    assert format_source(sound(german), "en") == english
    assert "at least 2 times" in formatted('segment "S"\n  x happened at least 2 times\n')


def test_units_agree_with_their_number() -> None:
    assert formatted('campaign "A"\n  wait 1 days\n  wait 2 day\n  wait 1 week 3 day\n') == (
        'campaign "A"\n  wait 1 day\n  wait 2 days\n  wait 1 week 3 days\n'
    )


def test_german_units_take_the_dative_after_nach() -> None:
    text = 'test "A"\n  after 3 days\n  after 1 day\n  after 1 week 2 months\n  expect x\n'
    german = format_source(sound(text), "de")
    assert "nach 3 tagen\n  nach 1 tag\n  nach 1 woche 2 monaten\n" in german


def test_german_without_umlauts_gets_them() -> None:
    text = '# sprache: de\nkampagne "A"\n  ueber "x"\n  loesche kontakt\n'
    assert formatted(text) == '# sprache: de\nkampagne "A"\n  über "x"\n  lösche kontakt\n'


def test_inflected_forms_stay_as_typed() -> None:
    text = '# sprache: de\nkampagne "A"\n  wenn irgendeine lizenz wo x = 1\n    ende\n'
    assert formatted(text) == text


def test_a_synonym_is_written_as_the_right_word() -> None:
    text = '# sprache: de\nkampagne "A"\n  neu starten\n'
    assert formatted(text) == '# sprache: de\nkampagne "A"\n  neustart\n'


def test_fields_below_each_other_share_a_column() -> None:
    assert formatted("contact\n  a text\n  birthday date\n\n  c yes/no\n") == (
        "contact\n  a         text\n  birthday  date\n\n  c  yes/no\n"
    )


def test_comments_stay_and_those_behind_lines_are_aligned() -> None:
    text = 'campaign "A"#one\n  stop   # two\n # three\n  tag "b"\n'
    assert formatted(text) == 'campaign "A"  #one\n  stop        # two\n  # three\n  tag "b"\n'


def test_a_comment_at_the_end_of_a_block_stays_in_it() -> None:
    text = 'campaign "A"\n  if x\n    stop\n    # inner\n  # outer\n# top\ngroup "B"\n'
    assert formatted(text) == (
        'campaign "A"\n  if x\n    stop\n    # inner\n  # outer\n\n# top\ngroup "B"\n'
    )


def test_declarations_are_apart_and_short_ones_stay_as_they_are() -> None:
    text = 'use "a"\nuse "b"\ngroup "A"\n\n\n\ngroup "B"\ncampaign "C"\n  stop\ngroup "D"\n'
    assert formatted(text) == (
        'use "a"\nuse "b"\ngroup "A"\n\ngroup "B"\n\ncampaign "C"\n  stop\n\ngroup "D"\n'
    )


def test_a_text_block_keeps_its_value_and_moves_with_its_line() -> None:
    text = 'message "A"\n      body """\n            Hi,\n\n              there  \n   """\n'
    assert formatted(text) == 'message "A"\n  body """\n    Hi,\n\n      there  \n    """\n'


@pytest.mark.parametrize(
    "block",
    ['"""x"""', '"""\n"""', '"""\n\n"""', '"""x\n  y\n"""', '"""\n\tx\n\t\ty\n"""', '"""a\n\n"""'],
)
def test_no_text_block_changes_its_value(block: str) -> None:
    text = f'message "A"\n  body {block}\n'
    once = formatted(text)
    assert sound(once).tree == sound(text).tree
    assert formatted(once) == once


def test_a_line_goes_on_where_its_author_broke_it() -> None:
    text = 'segment "A"\n  x in ("a",\n "b")\n      and y\n'
    assert formatted(text) == 'segment "A"\n  x in ("a",\n      "b")\n      and y\n'


def test_line_ends_and_the_last_line_are_plain() -> None:
    assert formatted('\n\ngroup "A"\r\n\r\n\r\n') == 'group "A"\n'


def test_an_empty_file_stays_empty() -> None:
    assert formatted("") == ""
    assert formatted("\n\n") == ""
    assert formatted("  # a\n\n\n# b") == "# a\n\n# b\n"


def test_the_language_line_is_written_where_it_is_needed() -> None:
    english, german = 'group "A"\n', 'gruppe "A"\n'
    assert format_source(sound(english), "de") == "# sprache: de\n" + german
    assert format_source(sound("# language: en\n" + english)) == english
    assert format_source(sound("# sprache:de\n" + german)) == "# sprache: de\n" + german
    assert format_source(sound("# language: de\n" + german)) == "# sprache: de\n" + german
    assert format_source(sound(german, "de"), default="de") == german
    assert format_source(sound(german, "de"), "en", "de") == "# language: en\n" + english
    assert format_source(sound("# language: en\n" + english, "de"), default="de") == (
        "# language: en\n" + english
    )


def test_a_file_with_a_mistake_is_not_formatted() -> None:
    for text in ('campaign "A"\n  sned "x"\n', 'campaign "A"\n', 'group "A\n', 'gruppe "A"\n'):
        parsed, _ = read(text)
        with pytest.raises(NotReadable):
            format_source(parsed)


def test_a_file_that_could_not_be_decoded_is_not_formatted() -> None:
    findings = Findings()
    source = decode(b'group "\xff"\n', "a.flow", findings)
    with pytest.raises(NotReadable):
        format_source(parse(source, findings))


def test_a_name_that_is_a_word_of_the_other_language_stops_a_translation() -> None:
    text = 'segment "A"\n  heute = 3\n'
    with pytest.raises(FormatError, match="a name in it is a word of the language in `de`"):
        format_source(sound(text), "de")


def test_comments_are_found_without_the_language_line() -> None:
    assert comments(sound('# language: en\n# a\ngroup "A" # b\n')) == ["# a", "# b"]


def test_formatting_does_not_touch_the_parsed_file() -> None:
    parsed = sound(CORPUS)
    before = parsed.tree
    format_source(parsed, "de")
    assert parsed.tree == before
    assert parse(Source("a", CORPUS), Findings()).tree == before
