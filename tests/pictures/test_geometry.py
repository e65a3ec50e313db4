"""Boxes do not overlap, texts fit, lines go around what is not theirs: shown by geometry."""

from __future__ import annotations

import dataclasses
import random

import pytest

from flowlang.pictures.layout import Layout, Link, Size, arranged
from flowlang.pictures.scene import Scene
from tests.pictures.drawing import EVERYTHING, TRIAL, graphs, in_german, of_text
from tests.pictures.geometry import of_scene, problems
from tests.pictures.hostile import source
from tests.workspaces import load


@pytest.mark.parametrize("name", EVERYTHING)
def test_nothing_overlaps_in_a_picture_of_an_example(name: str) -> None:
    for one in graphs(load(name)):
        assert (one.campaign, of_scene(Scene.of(one))) == (one.campaign, [])


def test_nothing_overlaps_in_german() -> None:
    (trial,) = in_german(TRIAL)
    assert of_scene(Scene.of(trial)) == []


def test_nothing_overlaps_with_names_of_any_writing() -> None:
    assert [of_scene(Scene.of(one)) for one in of_text(source())] == [[], [], []]


@pytest.mark.parametrize("seed", range(150))
def test_nothing_overlaps_in_any_graph(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - for pictures, no secret
    count = chance.randint(1, 18)
    sizes = [Size(chance.choice([60, 120, 250]), chance.choice([30, 100])) for _ in range(count)]
    labels = [None, Size(30, 20), Size(150, 40)]
    links = [
        Link(source, chance.randrange(count), chance.choice(labels))
        for source in range(count)
        for _ in range(chance.choice([0, 1, 1, 2, 3]))
    ]
    assert list(problems(sizes, links, arranged(sizes, links))) == []


def test_the_geometry_sees_boxes_and_lines_that_overlap() -> None:
    sizes, links = [Size(100, 40)] * 3, [Link(0, 1), Link(1, 2, Size(30, 20)), Link(0, 2)]
    good = arranged(sizes, links)
    assert list(problems(sizes, links, good)) == []
    for at, place in ((2, good.places[1]), (1, good.routes[2].corners[1])):
        places = [*good.places]
        places[at] = place
        bad = dataclasses.replace(good, places=tuple(places))
        assert list(problems(sizes, links, bad)) != []


def test_the_main_path_goes_straight_down() -> None:
    sizes = [Size(100 + 10 * at, 40) for at in range(6)]
    links = [Link(at, at + 1) for at in range(5)] + [Link(1, 4), Link(2, 2)]
    found = arranged(sizes, links)
    assert len({x for x, _ in found.places}) == 1
    ys = [y for _, y in found.places]
    assert ys == sorted(ys)


def test_a_link_back_enters_its_box_from_the_left() -> None:
    sizes = [Size(100, 40)] * 3
    found = arranged(sizes, [Link(0, 1), Link(1, 2), Link(2, 0)])
    left = found.places[0][0] - 50
    assert found.routes[2].corners[-1] == (left, found.places[0][1])
    assert min(x for x, _ in found.routes[2].corners) < left


def test_nothing_at_all_has_a_layout() -> None:
    assert arranged([], []) == Layout((), (), 0, 0)


def test_a_box_that_no_line_leads_to_stands_below_the_one_before_it() -> None:
    text = 'campaign "C"\n  start when tagged "a"\n  stop\n  goal "G" when tagged "b"\n  tag "c"\n'
    (one,) = of_text(text)
    scene = Scene.of(one)
    places = {box.node.id: y for box, (_, y) in zip(scene.boxes, scene.layout.places, strict=True)}
    assert places["start1"] < places["step1"] < places["step2"] < places["step3"] < places["end"]


def test_a_thousand_steps_are_drawn_as_well() -> None:
    steps = "".join(
        f'  if tagged "{at}"\n    tag "t{at}"\n    if tagged "s{at}"\n      stop\n'
        for at in range(250)
    )
    (one,) = of_text(f'campaign "C"\n  start when tagged "a"\n{steps}')
    scene = Scene.of(one)
    assert len(scene.boxes) > 1000
    assert scene.layout.width < 1000
