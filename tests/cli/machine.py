"""A person at a machine: a folder, a clock, and the command `flow`, called in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from flowlang.cli import flow


@dataclass
class Outcome:
    code: int
    data: str
    talk: str


class Machine:
    """A workspace in which ada stands, a clock, and the command."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self._capsys = capsys
        self._patch = monkeypatch
        monkeypatch.chdir(folder)
        monkeypatch.delenv("FLOW_STORE", raising=False)
        monkeypatch.setenv("LOGNAME", "ada")
        self.at("2026-11-20 10:00")

    def over(self, url: str) -> Machine:
        """Keep everything in another store."""
        self._patch.setenv("FLOW_STORE", url)
        return self

    def at(self, moment: str) -> Machine:
        self._patch.setenv("FLOW_NOW", moment)
        return self

    def file(self, name: str, text: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return name

    def __call__(self, *args: str) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            flow.main(list(args))
        out, err = self._capsys.readouterr()
        assert "Traceback" not in err
        assert "internal error" not in err
        code = ended.value.code
        assert isinstance(code, int)
        return Outcome(code, out, err)

    def events(self, *events: Mapping[str, object]) -> Outcome:
        return self(
            "event", "send", self.file("e.jsonl", "".join(f"{json.dumps(one)}\n" for one in events))
        )


@pytest.fixture
def machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Machine:
    """With nothing in the workspace; files of tests put in what they need."""
    return Machine(tmp_path, capsys, monkeypatch)
