"""Our own `@dataclass` does what the standard library's does."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import field
from typing import Any, ClassVar

import pytest

from flowlang.dataclass import dataclass


def classes(make: Callable[..., Any]) -> dict[str, Any]:
    """The same classes, by one or the other."""

    @make(frozen=True, slots=True)
    class Point:
        x: int
        y: int = 0
        label: str = field(default="", compare=False, repr=False)
        kind: ClassVar[str] = "point"

        def moved(self) -> Any:
            point: Any = self
            return dataclasses.replace(point, x=self.x + 1)

    @make(slots=True)
    class Basket:
        name: str
        things: list[str] = field(default_factory=list)
        count: int = field(default=0, init=False)

        def __post_init__(self) -> None:
            self.count = len(self.things)

    @make(frozen=True, slots=True)
    class Spot(Point):
        z: int = 5

    @make(slots=True, eq=False)
    class Alone:
        x: int = 1

    @make
    class Open:
        x: int
        seen: list[int] = field(default_factory=list)

    @make(frozen=True)
    class Nothing:
        pass

    made = (Point, Basket, Spot, Alone, Open, Nothing)
    return {one.__name__: one for one in made}


OURS, THEIRS = classes(dataclass), classes(dataclasses.dataclass)
CALLS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "positional": lambda c: c["Point"](1, 2, "a"),
    "named": lambda c: c["Point"](y=2, x=1),
    "what is not shown": lambda c: (c["Point"](1, label="b"), c["Point"](1, label="b").label),
    "below another": lambda c: (c["Spot"](1), c["Spot"](1, 2, "l", 3)),
    "after init": lambda c: (c["Basket"]("b", ["x"]), c["Basket"]("b").things),
    "equal": lambda c: [
        c["Point"](1, 0, "a") == c["Point"](1, 0, "b"),
        c["Point"](1) == c["Point"](2),
        c["Point"](1) == c["Spot"](1, 0, "", 5),
        c["Point"](1) == (1, 0),
        c["Basket"]("a") == c["Basket"]("a"),
        c["Alone"]() == c["Alone"](),
        c["Nothing"]() == c["Nothing"](),
    ],
    "hash": lambda c: (
        len({c["Point"](1), c["Point"](1, label="x"), c["Point"](2)}),
        c["Basket"].__hash__,
        isinstance(hash(c["Alone"]()), int),
        len({c["Nothing"](), c["Nothing"]()}),
    ),
    "replaced": lambda c: c["Point"](1, 2, "a").moved(),
    "fields": lambda c: [
        (one.name, one.init, one.compare, one.default is dataclasses.MISSING)
        for name in ("Point", "Basket", "Spot", "Open")
        for one in dataclasses.fields(c[name])
    ],
    "as data": lambda c: (
        dataclasses.asdict(c["Open"](1, [2])),
        dataclasses.astuple(c["Spot"](1)),
        dataclasses.is_dataclass(c["Open"]),
    ),
    "matched": lambda c: c["Spot"].__match_args__,
    "copied": lambda c: (copy.copy(c["Point"](1, 2)), copy.deepcopy(c["Open"](1, [2]))),
    "each its own list": lambda c: c["Open"](1).seen is c["Open"](1).seen,
    "slots": lambda c: [hasattr(c[name](1), "__dict__") for name in ("Point", "Spot", "Open")],
    "class attributes": lambda c: (c["Point"].kind, hasattr(c["Open"], "seen")),
}
WRONG: dict[str, Callable[[dict[str, Any]], Any]] = {
    "one lacks": lambda c: c["Point"](),
    "one too many": lambda c: c["Point"](1, 2, 3, 4),
    "of no such name": lambda c: c["Basket"](name="a", count=3),
    "set": lambda c: setattr(c["Point"](1), "x", 2),
    "deleted": lambda c: delattr(c["Point"](1), "x"),
    "unhashable": lambda c: hash(c["Basket"]("a")),
    "a field that is not there": lambda c: setattr(c["Basket"]("a"), "other", 2),
}


@pytest.mark.parametrize("what", CALLS)
def test_it_gives_the_same(what: str) -> None:
    ours, theirs = CALLS[what](OURS), CALLS[what](THEIRS)
    assert repr(ours) == repr(theirs)


@pytest.mark.parametrize("what", WRONG)
def test_it_refuses_the_same(what: str) -> None:
    with pytest.raises(Exception) as theirs:  # noqa: PT011 - whatever the other raises
        WRONG[what](THEIRS)
    with pytest.raises(theirs.type):
        WRONG[what](OURS)


def test_a_default_that_could_be_changed_is_refused() -> None:
    for make in (dataclass, dataclasses.dataclass):
        with pytest.raises(ValueError, match="default"):
            make(type("Bad", (), {"__annotations__": {"x": "list[int]"}, "x": []}))


@dataclass(frozen=True, slots=True)
class Sent:
    """A class that pickle can find by its name."""

    to: str
    codes: tuple[str, ...] = ()


def test_it_is_pickled() -> None:
    one = Sent("a@example.com", ("A1",))
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own


def test_either_can_stand_above_the_other() -> None:
    for above, below in ((dataclass, dataclasses.dataclass), (dataclasses.dataclass, dataclass)):

        @above(frozen=True)
        class Above:
            x: int
            y: list[int] = field(default_factory=list)

        @below(frozen=True)
        class Below(Above):
            z: int = 3

        made: Any = Below
        assert repr(made(1)).endswith("Below(x=1, y=[], z=3)")
        assert made(1) == made(1, [], 3)


def test_one_that_holds_itself_can_be_shown() -> None:
    one = OURS["Open"](1)
    one.seen.append(one)
    assert repr(one).endswith("Open(x=1, seen=[...])")
