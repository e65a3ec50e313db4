"""Comments that allow what a rule finds, and what is found about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.rules.allowances import allowing
from flowlang.source import edited
from flowlang.syntax.format import format_source
from tests.rules.linting import ZERO, linted, mended, told

ALLOW = "# flow: allow wait-of-zero because it is filled in later"


def with_comment(line: int, comment: str, text: str = ZERO) -> str:
    """A text with a comment behind a line, counted from 1."""
    lines = text.splitlines()
    lines[line - 1] += f"  {comment}"
    return "\n".join(lines) + "\n"


def above(line: int, comment: str, text: str = ZERO, indent: str = "  ") -> str:
    """A text with a comment on a line of its own above a line."""
    lines = text.splitlines()
    lines.insert(line - 1, f"{indent}{comment}")
    return "\n".join(lines) + "\n"


TWICE = ZERO + ZERO.replace("Greeting", "Again")


@pytest.mark.parametrize(
    "text",
    [
        with_comment(3, ALLOW),
        with_comment(3, ALLOW.replace("wait-of-zero", "FL641")),
        with_comment(3, ALLOW.replace("wait-of-zero", "fl641")),
        with_comment(3, "#flow:allow wait-of-zero because so"),
        with_comment(3, "# flow: erlaube wait-of-zero weil es später kommt"),
        above(3, ALLOW),
        above(1, ALLOW, indent=""),
        f"{ALLOW}\n\n{TWICE}",
        f"# A comment first.\n{ALLOW}\n\n{TWICE}",
    ],
)
def test_on_a_line_a_block_or_a_file(text: str, tmp_path: Path) -> None:
    assert told(linted(tmp_path, text)) == []


def test_it_holds_for_no_other_line(tmp_path: Path) -> None:
    text = above(1, ALLOW, TWICE, indent="")
    assert told(linted(tmp_path, text)) == [("wait-of-zero", "warning", 8)]


def test_a_comment_behind_a_header_is_about_that_line_only(tmp_path: Path) -> None:
    text = with_comment(1, ALLOW)
    assert told(linted(tmp_path, text)) == [
        ("unused-allowance", "warning", 1),
        ("wait-of-zero", "warning", 3),
    ]


def test_several_names_in_one_comment(tmp_path: Path) -> None:
    text = ZERO.replace("0 days\n", "0 days\n  stop\n")
    both = "# flow: allow wait-of-zero, unreachable-step because of the trial"
    assert told(linted(tmp_path, above(1, both, text, indent=""))) == []


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("# flow: allow wait-of-zero because of the trial", None),
        (
            "# flow: allow wait-of-zero, wait-at-end because of the trial",
            "# flow: allow wait-of-zero because of the trial",
        ),
        (
            "# flow: allow wait-at-end, wait-of-zero because of the trial",
            "# flow: allow wait-of-zero because of the trial",
        ),
    ],
)
def test_an_unused_allowance_is_found_and_taken_out(
    comment: str, left: str | None, tmp_path: Path
) -> None:
    text = ZERO if left else ZERO.replace("0 days", "1 day")
    loaded = linted(tmp_path, with_comment(3, comment, text))
    assert [name for name, _, _ in told(loaded)] == ["unused-allowance"]
    assert mended(loaded) == (with_comment(3, left, text) if left else text)


def test_an_unused_allowance_on_a_line_of_its_own_goes_with_the_line(tmp_path: Path) -> None:
    text = ZERO.replace("0 days", "1 day")
    loaded = linted(tmp_path, above(3, ALLOW, text))
    assert mended(loaded) == text


def test_without_a_reason_it_is_an_error_and_only_that(tmp_path: Path) -> None:
    for comment in ("# flow: allow wait-of-zero", "# flow: allow wait-of-zero because  "):
        loaded = linted(tmp_path, with_comment(3, comment))
        assert told(loaded) == [("allowance-without-reason", "error", 3)]


@pytest.mark.parametrize(
    ("comment", "sentence"),
    [
        ("# flow: allow wait-of-zer because so", "there is no rule `wait-of-zer`"),
        ("# flow: allow timing because so", "`timing` is a family"),
        ("# flow: allow unknown-field because so", "`unknown-field` is an error"),
        ("# flow: erlaube FL101 weil so", "no comment can allow an error"),
        ("# flow: allow because so", "the comment names no rule"),
        ("# flow: alow wait-of-zero because so", "`alow` allows nothing"),
    ],
)
def test_what_cannot_be_allowed(comment: str, sentence: str, tmp_path: Path) -> None:
    loaded = linted(tmp_path, with_comment(3, comment))
    assert [name for name, _, _ in told(loaded)] == ["wait-of-zero", "unknown-rule"]
    assert sentence in loaded.findings.in_order()[1].message


def test_a_misspelt_allowance_is_mended(tmp_path: Path) -> None:
    text = with_comment(3, ALLOW.replace("allow", "alow"), ZERO.replace("0 days", "1 day"))
    assert mended(linted(tmp_path, text)) == text.replace("alow", "allow")


@pytest.mark.parametrize("locked", ["wait-of-zero", "FL641", "timing"])
def test_a_locked_rule_cannot_be_switched_off_in_a_file(locked: str, tmp_path: Path) -> None:
    loaded = linted(tmp_path, with_comment(3, ALLOW), f'[rules]\nlocked = ["{locked}"]\n')
    assert [(name, severity) for name, severity, _ in told(loaded)] == [
        ("wait-of-zero", "warning"),
        ("locked-rule", "error"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "  # flow: this is how it goes",
        "  # the flow: allow nothing",
        '  about "# flow: allow wait-of-zero"',
        '  about "a # flow: allow nonsense because so"',
    ],
)
def test_other_comments_and_texts_are_none(line: str, tmp_path: Path) -> None:
    text = ZERO.replace("  start", f"{line}\n  start")
    assert told(linted(tmp_path, text)) == [("wait-of-zero", "warning", 4)]


def test_a_comment_in_a_text_block_is_text(tmp_path: Path) -> None:
    text = 'message "M"\n  kind service\n  channel email\n  subject "s"\n  body """\n    # flow: allow x because y\n    """\n'  # noqa: E501
    assert told(linted(tmp_path, text)) == []


DRAFT = 'message "M"\n  kind service\n  channel email\n  subject "s"\n'
BOTH = "# flow: allow draft-left, unsafe-link because it is a trial"
"""What the text of a message may have in it."""
GERMAN = """\
# sprache: de
nachricht "M"
  art service
  kanal email
  betreff "s"
  text "TODO http://x.de"  # flow: erlaube draft-left, unsafe-link weil es eine Probe ist
"""


@pytest.mark.parametrize(
    "text",
    [
        f'{DRAFT}  body "TODO see http://x.de"  {BOTH}\n',
        f'{DRAFT}  body """\n    TODO see\n    http://x.de\n    """  {BOTH}\n',
        f'{DRAFT}  {BOTH}\n  body "TODO see http://x.de"\n',
        f'{DRAFT}  body file "body.txt"  {BOTH}\n',
        f'{DRAFT}  in "de"\n    subject "s"\n    body file "body.txt"  {BOTH}\n  body "b"\n',
        f'{DRAFT}  body file "body.txt"\n'.replace('"M"', f'"M"  {BOTH}'),
        f'{DRAFT}  body "TODO see http://x.de"\n'.replace('"M"', f'"M"  {BOTH}'),
        f'{DRAFT}  body "b"\n'.replace('"s"', f'"TODO http://x.de"  {BOTH}'),
        GERMAN,
    ],
)
def test_behind_a_line_of_a_message_it_holds_for_that_text(text: str, tmp_path: Path) -> None:
    loaded = linted(tmp_path, text, body_txt="TODO see http://x.de\n")
    assert told(loaded) == []


def test_behind_another_line_of_a_message_it_holds_for_nothing(tmp_path: Path) -> None:
    text = f'{DRAFT}  body "TODO"\n'.replace('"s"', f'"s"  {BOTH.replace(", unsafe-link", "")}')
    assert [name for name, _, _ in told(linted(tmp_path, text))] == [
        "unused-allowance", "draft-left",
    ]  # fmt: skip


def test_what_the_editor_writes_holds_where_it_writes_it(tmp_path: Path) -> None:
    text = f'{DRAFT}  body "TODO"\n'
    loaded = linted(tmp_path, text)
    (finding,) = loaded.findings.found
    edit = allowing(finding, loaded.files[0], loaded.settings.rules)
    assert edit is not None
    written = edited(text, [edit]).replace("…", "it is a trial")
    assert '"TODO"  # flow: allow draft-left because' in written
    assert told(linted(tmp_path, written)) == []


def test_in_a_file_with_an_error_nothing_is_unused(tmp_path: Path) -> None:
    text = with_comment(3, ALLOW, ZERO.replace('tag "greeted"', "set score to 1"))
    assert told(linted(tmp_path, text)) == [("unknown-field", "error", 4)]


def test_the_formatter_keeps_allowances_where_they_hold(tmp_path: Path) -> None:
    text = f"{ALLOW}\n\n{with_comment(3, ALLOW.replace('FL', 'fl'))}"
    loaded = linted(tmp_path, text)
    (tmp_path / "shop.flow").write_text(format_source(loaded.files[0]), encoding="utf-8")
    again = workspace.load(tmp_path)
    workspace.lint(again)
    assert told(again) == told(loaded) == []


@pytest.mark.parametrize(
    ("comment", "sentence"),
    [
        ("# flow: allow change because so", "write `# flow: allow change until 2026-12-31"),
        ("# flow: allow change until friday because so", '"friday" is no date'),
        ("# flow: allow changes later until 2026-12-01 because so", "`later`: expected"),
    ],
)
def test_a_comment_that_would_allow_a_change_and_cannot_be_read(
    comment: str, sentence: str, tmp_path: Path
) -> None:
    loaded = linted(tmp_path, with_comment(4, comment))
    assert [name for name, _, _ in told(loaded)] == ["wait-of-zero", "unreadable-allowance"]
    assert sentence in loaded.findings.in_order()[1].message


def test_its_form_is_told_in_the_words_of_the_file(tmp_path: Path) -> None:
    text = '# sprache: de\n# flow: erlaube änderung weil so\nsegment "A"\n  getaggt mit "x"\n'
    (finding,) = linted(tmp_path, text).findings.found
    assert "# flow: erlaube änderung bis 2026-12-31 weil …" in finding.message


def test_one_that_can_be_read_is_no_finding(tmp_path: Path) -> None:
    kinds = ("", " in flight", " policy", ' "Greeting"')
    for kind in kinds:
        comment = f"# flow: allow change{kind} until 2026-12-31 because so"
        assert [name for name, _, _ in told(linted(tmp_path, with_comment(4, comment)))] == [
            "wait-of-zero"
        ]
