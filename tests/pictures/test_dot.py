"""Pictures as DOT, read by a strict reader."""

from __future__ import annotations

import pytest

from flowlang.pictures.dot import dot
from tests.pictures.dot_reader import read
from tests.pictures.drawing import EVERYTHING, graphs, of_text
from tests.pictures.hostile import EMOJI, MARKUP, RIGHT_TO_LEFT, source
from tests.workspaces import load


@pytest.mark.parametrize("name", EVERYTHING)
def test_an_example_as_dot_has_all_its_nodes_and_edges(name: str) -> None:
    drawn = graphs(load(name))
    found = read(dot(drawn))
    assert found.clusters == [one.campaign for one in drawn]
    assert len(found.nodes) == sum(len(one.nodes) for one in drawn)
    assert len(found.edges) == sum(len(one.edges) for one in drawn)
    assert {end for edge in found.edges for end in edge[:2]} <= found.nodes.keys()


def test_names_of_any_kind_are_shown_as_they_are_in_dot() -> None:
    found = read(dot(of_text(source())))
    assert found.clusters == [MARKUP, RIGHT_TO_LEFT, EMOJI]
    labels = [node["label"].replace("\n", " ") for node in found.nodes.values()]
    assert f'start when tagged "{MARKUP}"'.replace('"q"', '\\"q\\"') in labels


def test_a_backslash_cannot_end_a_label() -> None:
    text = r'campaign "a\\"' + '\n  start when tagged "b"\n  tag "c\\\\" for 3 days\n'
    found = read(dot(of_text(text)))
    assert found.clusters == ["a\\"]


def test_shapes_of_dot_go_by_the_kind_of_step() -> None:
    text = 'campaign "C"\n  start when tagged "a"\n  if tagged "b"\n    stop\n  restart\n'
    found = read(dot(of_text(text)))
    shapes = [node["shape"] for node in found.nodes.values()]
    assert shapes == ["box", "box", "hexagon", "octagon", "box", "box"]
