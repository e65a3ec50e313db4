"""`flow graph`, `flow tree`, `flow rule` and `flow new`."""

from __future__ import annotations

import json
import re
from pathlib import Path

from syrupy.assertion import SnapshotAssertion

from tests.cli.calling import GOOD, flow, workspace

BRANCHES = """\
campaign "Branches"
  about "All ways"
  start when tagged "new"
  start when tagged "old"
  stop when tagged "gone"
  restart when tagged "again"

  if tagged "a"
    tag "1"
  else if tagged "b"
    stop
  else
    tag "3"
  repeat up to 2 times
    tag "x"
    if tagged "y"
      leave
  split
    50% "A"
      tag "left"
    50% "B"
      tag "right"
  goal "Bought" when tagged "customer"
  restart

campaign "Quotes"
  start when tagged "say \\"hi\\" <b>`x`</b> #1; end | [x] {y}"
  tag "say \\"hi\\" <b>`x`</b> #1; end | [x] {y}"
"""


def test_pictures_as_mermaid(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    workspace(tmp_path / "shop", BRANCHES)
    done = flow("graph", "shop", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == snapshot


def test_labels_cannot_break_a_picture(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", BRANCHES)
    text = flow("graph", "shop", cwd=tmp_path).stdout
    for line in text.splitlines():
        for label in re.findall(r'"([^"]*)"', line):
            assert not set(re.sub(r"#\d+;", "", label)) & set('"<>`#;|[]{}&'), line
        assert line.count('"') % 2 == 0


def test_pictures_as_data_fold_the_jumps_away(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", BRANCHES)
    done = flow("graph", "shop", "--output-format", "json", cwd=tmp_path)
    first, second = json.loads(done.stdout)["graphs"]
    assert (first["campaign"], first["about"]) == ("Branches", "All ways")
    kinds = [node["kind"] for node in first["nodes"]]
    assert kinds.count("start") == 2
    assert kinds.count("ending") == 2
    assert kinds.count("goal") == 1
    for one in (first, second):
        known = {node["id"] for node in one["nodes"]}
        assert all({edge["from"], edge["to"]} <= known for edge in one["edges"])
        labels = [node["label"] for node in one["nodes"] if node["kind"] == "step"]
        assert all(labels)
    reached = {edge["to"] for edge in first["edges"]}
    assert {node["id"] for node in first["nodes"] if node["kind"] in ("step", "goal")} <= reached


def test_the_picture_of_one_file_of_a_workspace(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop")
    (shop / "other.flow").write_text(BRANCHES)
    done = flow("graph", "shop/shop.flow", "--output-format", "json", cwd=tmp_path)
    assert [one["campaign"] for one in json.loads(done.stdout)["graphs"]] == ["Hello"]


def test_no_picture_of_what_has_errors(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", GOOD.replace('send "Hello"', 'send "Helo"'))
    done = flow("graph", "shop", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "unknown-message" in done.stderr


def test_a_picture_is_written_to_a_file_whose_name_says_how(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", BRANCHES)
    begins = {
        "a.svg": "<svg ", "a.dot": "digraph ", "a.gv": "digraph ", "a.json": "{",
        "a.mmd": "flowchart ", "plain": "flowchart ",
    }  # fmt: skip
    for name, begin in begins.items():
        done = flow("graph", "shop", "-o", name, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, ""), name
        assert done.stderr == f"2 campaigns to {name}\n"
        assert (tmp_path / name).read_text().startswith(begin)
    drawn = (tmp_path / "a.svg").read_text()
    assert flow("graph", "shop", "--output-format", "svg", cwd=tmp_path).stdout == drawn


def test_a_picture_cannot_be_written_in_any_format_or_anywhere(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", BRANCHES)
    done = flow("graph", "shop", "-o", "a.png", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing is drawn as .png; name it .svg, .mmd" in done.stderr
    done = flow("graph", "shop", "-o", "missing/a.svg", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_what_no_test_walks_is_marked_in_every_format(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", GOOD + '\ncampaign "Never"\n  start when tagged "never"\n  stop\n')
    marks = {"svg": 'class="line unwalked"', "dot": 'color="#b2182b"', "mermaid": "unwalked"}
    for form, mark in marks.items():
        plain = flow("graph", "shop", "--output-format", form, cwd=tmp_path)
        assert mark not in plain.stdout
        done = flow("graph", "shop", "--output-format", form, "--coverage", cwd=tmp_path)
        assert mark in done.stdout, form
    done = flow("graph", "shop", "--output-format", "svg", "--coverage", cwd=tmp_path)
    # Above each of the two campaigns: the test ends before "Hello" has waited.
    assert done.stdout.count("walked by no test") == 2
    assert done.stdout.count("unwalked") > done.stdout.count(".unwalked")


def test_a_picture_speaks_the_language_of_its_file(tmp_path: Path) -> None:
    german = '# sprache: de\nkampagne "K"\n  starte wenn getaggt mit "a"\n  wenn getaggt mit "b"\n'
    (tmp_path / "k.flow").write_text(f'{german}    tag "c"\n')
    for form in ("svg", "dot", "mermaid", "json"):
        drawn = flow("graph", "k.flow", "--output-format", form, cwd=tmp_path).stdout
        assert "ja" in drawn
        assert "nein" in drawn
        assert "Ende" in drawn


def test_the_tree_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_text(GOOD)
    done = flow("tree", "a.flow", cwd=tmp_path)
    tree = json.loads(done.stdout)
    assert (done.returncode, tree["node"], len(tree["items"])) == (0, "File", 3)
    assert [tree["items"][1][key] for key in ("line", "column")] == [7, 1]
    assert flow("tree", "-", cwd=tmp_path, given=GOOD).stdout == done.stdout


def test_the_tree_of_a_broken_file(tmp_path: Path) -> None:
    done = flow("tree", "-", cwd=tmp_path, given=GOOD + "nonsense here\n")
    assert done.returncode == 1
    assert json.loads(done.stdout)["node"] == "File"
    assert "<stdin>" in done.stderr


def test_a_rule_by_code_and_by_name(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    done = flow("rule", "fl101", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout == snapshot
    assert flow("rule", "unknown-message", cwd=tmp_path).stdout == done.stdout
    assert "FL101  unknown-message" in flow("rule", "--all", cwd=tmp_path).stdout


def test_a_family_lists_its_rules(tmp_path: Path) -> None:
    def listed(word: str) -> list[list[str]]:
        return [line.split() for line in flow("rule", word, cwd=tmp_path).stdout.splitlines()]

    told = listed("timing")
    assert ["FL641", "wait-of-zero", "warning"] in told
    assert ["FL208", "day-excepted", "warning"] in told
    assert all(one in listed("--all") for one in told[:2])
    assert ["FL101", "unknown-message", "error"] not in told


def test_a_new_workspace_checks_tests_and_runs(tmp_path: Path) -> None:
    assert flow("new", "spring", cwd=tmp_path).returncode == 0
    assert flow("check", "spring", cwd=tmp_path).returncode == 0
    assert flow("fmt", "--check", "spring", cwd=tmp_path).returncode == 0
    assert flow("test", "spring", cwd=tmp_path).returncode == 0
    data = ["--contacts", "spring/contacts.csv", "--events", "spring/events.jsonl"]
    done = flow("simulate", "spring", *data, "--output-format", "json", cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout)["sent"] == {"Welcome": 2, "Tips": 1}
    assert flow("new", "spring", cwd=tmp_path).returncode == 2
