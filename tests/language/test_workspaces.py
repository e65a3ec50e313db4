"""Files and workspaces: one set of names, modules, and paths that stay inside."""

from __future__ import annotations

from pathlib import Path

from flowlang import workspace
from flowlang.source import Finding
from flowlang.workspace import Workspace

MESSAGE = 'message "{name}"\n  kind service\n  channel sms\n  body "x"\n'


def _workspace(folder: Path, **files: str) -> Workspace:
    (folder / "flow.toml").write_text("", encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.flow").write_text(text, encoding="utf-8")
    return workspace.load(folder)


def _only(found: Workspace) -> Finding:
    (finding,) = found.findings.found
    return finding


def _place(finding: Finding) -> tuple[str, int]:
    return Path(finding.span.source.name).name, finding.span.line


def test_files_share_one_set_of_names(tmp_path: Path) -> None:
    found = _workspace(
        tmp_path,
        a='campaign "A"\n  start when score > 1\n  send "M"\n',
        b="contact\n  score number\n" + MESSAGE.format(name="M"),
    )
    assert found.findings.found == []


def test_a_name_declared_twice_shows_both_places_at_the_second(tmp_path: Path) -> None:
    text = MESSAGE.format(name="M")
    finding = _only(_workspace(tmp_path, a="\n" + text, b="\n\n" + text))
    assert finding.diagnostic.name == "duplicate-name"
    assert _place(finding) == ("b.flow", 3)
    ((span, why),) = finding.also
    assert (Path(span.source.name).name, span.line, why) == ("a.flow", 2, "first declared here")


def test_a_field_declared_unequally_shows_both_places(tmp_path: Path) -> None:
    found = _workspace(tmp_path, a="contact\n  score number\n", b="contact\n  score text\n")
    finding = _only(found)
    assert finding.diagnostic.name == "conflicting-field"
    assert _place(finding) == ("b.flow", 2)
    assert [(Path(span.source.name).name, span.line) for span, _ in finding.also] == [("a.flow", 2)]


def test_a_field_of_records_declared_unequally_shows_both_places(tmp_path: Path) -> None:
    text = "contact\n  records trip\n    days {kind}\n"
    found = _workspace(tmp_path, a=text.format(kind="number"), b=text.format(kind="text"))
    finding = _only(found)
    assert (finding.diagnostic.name, _place(finding)) == ("conflicting-field", ("b.flow", 3))
    assert [span.line for span, _ in finding.also] == [3]


def test_a_file_alone_is_a_workspace_of_its_own(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.flow").write_text(MESSAGE.format(name="M"), encoding="utf-8")
    for root, files in workspace.find([tmp_path]):
        assert workspace.load(root, files).findings.found == []


def test_a_folder_below_with_its_own_settings_is_another_workspace(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    _workspace(inner, a=MESSAGE.format(name="M"))
    assert _workspace(tmp_path, a=MESSAGE.format(name="M")).findings.found == []


def test_modules_of_the_library_and_files_outside(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "shared.flow").write_text(MESSAGE.format(name="M"), encoding="utf-8")
    text = 'use "consent"\nuse "../shared.flow"\nuse "../shared.flow"\n'
    found = _workspace(home, a=text + 'campaign "A"\n  start when tagged "x"\n  send "M"\n')
    assert found.findings.found == []


def test_a_module_names_files_beside_it_only(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    other.mkdir()
    (other / "x.txt").write_text("Hello", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("Secret", encoding="utf-8")
    message = 'message "{0}"\n  kind service\n  channel sms\n  body file "{1}"\n'
    text = message.format("A", "x.txt") + message.format("B", "../secret.txt")
    (other / "module.flow").write_text(text, encoding="utf-8")
    finding = _only(_workspace(home, a='use "../other/module.flow"\n'))
    assert (finding.diagnostic.name, _place(finding)) == ("unknown-file", ("module.flow", 8))


def test_paths_are_relative_to_the_file_and_stay_inside(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (below / "codes.csv").write_text("A1\n", encoding="utf-8")
    (tmp_path / "text.txt").write_text("Hello {{ first_nam }}", encoding="utf-8")
    (below / "b.flow").write_text(
        'coupons "C"\n  from "codes.csv"\n  when empty halt\n'
        'message "M"\n  kind service\n  channel sms\n  body file "../text.txt"\n',
        encoding="utf-8",
    )
    finding = _only(_workspace(tmp_path, a="contact\n  first_name text\n"))
    assert (finding.diagnostic.name, _place(finding)) == ("unknown-placeholder", ("text.txt", 1))


def test_a_link_out_of_the_workspace_is_outside(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret.txt").write_text("Secret", encoding="utf-8")
    (home / "link.txt").symlink_to(tmp_path / "secret.txt")
    text = 'message "M"\n  kind service\n  channel sms\n  body file "link.txt"\n'
    assert _only(_workspace(home, a=text)).diagnostic.name == "unknown-file"


def test_a_name_is_a_word_of_no_language_that_the_files_are_in(tmp_path: Path) -> None:
    english = "contact\n  heute date\n"
    assert _workspace(tmp_path, a=english).findings.found == []
    german = '# sprache: de\nkampagne "A"\n  starte wenn getaggt mit "x"\n  ende\n'
    finding = _only(_workspace(tmp_path, a=english, b=german))
    assert (finding.diagnostic.name, _place(finding)) == ("reserved-name", ("a.flow", 2))
