from __future__ import annotations

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

EDITORS = Path(__file__).parents[2] / "editors"
GENERATED = EDITORS / "vscode" / "syntaxes" / "flow.tmLanguage.json"


def test_the_grammar_is_made_of_the_words_as_they_are_now() -> None:
    spec = spec_from_file_location("textmate", EDITORS / "textmate.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    due = "run `python editors/textmate.py`"
    assert GENERATED.read_text(encoding="utf-8") == module.text(), due


def test_the_extension_names_files_that_are_there_and_holds_nothing_built() -> None:
    folder = EDITORS / "vscode"
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    contributed = package["contributes"]
    paths = [one["configuration"] for one in contributed["languages"]]
    paths += [one["path"] for one in contributed["grammars"]]
    assert all((folder / path).is_file() for path in paths)
    lock = (folder / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    ignored = (folder / ".gitignore").read_text(encoding="utf-8").split()
    assert {"dist/", "*.vsix"} <= set(ignored)
