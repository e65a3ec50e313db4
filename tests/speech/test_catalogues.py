"""Every sentence has a translation, and none is there that nobody says."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from flowlang import catalogues, resources, speech
from flowlang.engine import retelling
from flowlang.syntax import keywords
from tests.speech.catalogues import LOCALE, extracted, updated, written

CATALOGUES = sorted(LOCALE.glob("*.po"))


@pytest.fixture(scope="module")
def template() -> Catalog:
    return extracted()


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem, abort_invalid=True)


def _messages(catalogue: Catalog) -> list[Message]:
    return [one for one in catalogue if one.id]


def _forms(one: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    said = one.id if isinstance(one.id, (list, tuple)) else (one.id,)
    told = one.string if isinstance(one.string, (list, tuple)) else (one.string or "",)
    return tuple(said), tuple(told)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_german_has_a_catalogue() -> None:
    assert LOCALE / "de.po" in CATALOGUES


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_catalogue_has_what_is_said_and_nothing_else(path: Path, template: Catalog) -> None:
    made = updated(path, template)
    assert path.read_bytes() == written(made), "run `python tests/speech/catalogues.py`"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_sentence_has_a_translation(path: Path) -> None:
    left = [one.id for one in _messages(_read(path)) if not all(_forms(one)[1])]
    assert left == []
    assert [one.id for one in _messages(_read(path)) if one.fuzzy] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_translation_has_the_places_of_the_original(path: Path) -> None:
    for one in _messages(_read(path)):
        said, told = _forms(one)
        if "python-brace-format" in one.flags:
            assert {frozenset(_places(text)) for text in told} == {
                frozenset(_places(text)) for text in said
            }, one.id


def test_extraction_finds_a_sentence_of_each_sort(template: Catalog) -> None:
    for sentence in (
        "there is no message `{name}`",  # of a diagnostic
        "did you mean `{name}`?",  # of a call
        "`{text}` lets no time pass",  # of a rule
        "A wait of zero lets no time pass.",  # of its page
        "Sends a message to this contact.",  # of a statement
        "`{word}` is no word of flow here",  # of what reading finds
    ):
        assert template.get(sentence) is not None, sentence
    one = template.get("{count} file")
    assert one is not None
    assert one.id == ("{count} file", "{count} files")


# ---------------------------------------------------------------------------- speaking


def test_a_sentence_is_english_to_who_does_not_ask() -> None:
    said = speech.tr("there is no message `{name}`", name="A")
    assert said == "there is no message `A`"
    assert said.in_("en") == said
    assert said.in_("de") == "es gibt keine Nachricht `A`"


def test_parts_are_said_in_the_same_language() -> None:
    said = speech.tr("{what} is said twice", what=speech.tr("whom it concerns"))
    assert said.in_("de") == "wen es betrifft steht hier doppelt"
    assert speech.joined([speech.tr("a date"), "x"], speech.tr(" and ")).in_("de") == (
        "ein Datum und x"
    )


def test_what_is_counted_has_a_form_for_one_and_for_several() -> None:
    files = [speech.tr_n("{count} file", "{count} files", count) for count in (0, 1, 2)]
    assert files == ["0 files", "1 file", "2 files"]
    assert [one.in_("de") for one in files] == ["0 Dateien", "1 Datei", "2 Dateien"]


def test_thousands_stand_apart_as_the_language_has_it() -> None:
    said = speech.tr("there are more than {limit:,}; `--limit` shows more", limit=12345)
    assert "12,345" in said
    assert "12.345" in said.in_("de")


def test_a_name_is_never_taken_for_a_place() -> None:
    said = speech.tr("there is no message `{name}`", name="{name} {x.__class__}")
    assert said == "there is no message `{name} {x.__class__}`"
    assert said.in_("de") == "es gibt keine Nachricht `{name} {x.__class__}`"


def test_a_language_without_a_catalogue_is_spoken_to_in_english() -> None:
    said = speech.tr("there is no message `{name}`", name="A")
    assert said.in_("tlh") == said


def test_a_sentence_that_has_no_translation_stays_english() -> None:
    assert speech.Text("never heard of {name}", {"name": "A"}).in_("de") == "never heard of A"


def test_a_catalogue_belongs_to_a_language_that_there_is() -> None:
    assert {path.stem for path in CATALOGUES} <= set(keywords.languages())
    assert resources.locale() == LOCALE


def test_a_kept_catalogue_that_is_damaged_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOW_CACHE_DIR", str(tmp_path))
    said = speech.tr("there is no message `{name}`", name="A")
    for damage in (None, b"", b"no catalogue", b"\xde\x12\x04\x95" + b"\xff" * 40):
        for path in (tmp_path / "locale").glob("*.mo"):
            if damage is not None:
                path.write_bytes(damage)
        catalogues.load.cache_clear()
        assert said.in_("de") == "es gibt keine Nachricht `A`"
        assert [path.stat().st_size > 1000 for path in (tmp_path / "locale").iterdir()] == [True]


# ---------------------------------------------------------------------- known again


def test_a_sentence_that_was_kept_is_known_again_by_its_form() -> None:
    known = speech.Retold("until {moment}", "until the moment is set", "the contact was deleted")
    said = known("until 2026-03-02 10:00")
    assert isinstance(said, speech.Text)
    assert said == "until 2026-03-02 10:00"
    assert said.in_("de") == "bis 2026-03-02 10:00"
    assert speech.in_language(known("until the moment is set"), "de") == (
        "bis der Zeitpunkt gesetzt ist"
    )
    assert known("something else") == "something else"
    assert not isinstance(known("something else"), speech.Text)
    assert known("") == ""


def test_what_stands_in_a_place_is_known_again_too_and_names_are_not() -> None:
    change = speech.Retold('leave group "{group}"', "by hand")
    known = speech.Retold("{change}: a run is under way", within={"change": change})
    told = speech.in_language(known('leave group "by hand": a run is under way'), "de")
    assert told == 'Gruppe "by hand" verlassen: ein Lauf ist unterwegs'


def test_every_code_of_a_send_is_told() -> None:
    kept = 'to anna@example.com, code A1 of "first, code B of x", code C3 of "last"'
    assert retelling.because("sent", kept, "de") == (
        'an anna@example.com, Code A1 aus "first, code B of x", Code C3 aus "last"'
    )
    assert retelling.because("sent", kept, "en") == kept


def test_a_number_of_something_is_told_with_its_noun() -> None:
    assert retelling.because("added", '1,200 contacts to group "G"', "de") == (
        '1.200 Kontakte in Gruppe "G"'
    )
    assert retelling.because("exported", "1 contact to 2 days.csv", "de") == (
        "1 Kontakt nach 2 days.csv"
    )
    assert retelling.because("refilled", '0 new codes into "L" from l.csv', "de") == (
        '0 neue Codes in "L" aus l.csv'
    )
    assert retelling.because("timed out", "after 1 week 30 hours", "de") == (
        "Frist: 1 Woche 30 Stunden"
    )
    assert retelling.because("timed out", "after a while", "de") == "Frist: a while"
