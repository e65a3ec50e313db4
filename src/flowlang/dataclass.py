"""`@dataclass` in a tenth of the time: classes of plain data on the way of every `flow check`.

The standard library's compiles up to eight methods for each class, when a program starts and
whether they are needed or not; a quarter of a cold start went there.  This one shares all methods
but `__init__`, and compiles that when the first instance is made.  It is used like the other, takes
`frozen`, `slots` and `eq`, and what works with those classes works with these: `field`, `replace`,
`fields`, `asdict`, `match`, `copy` and `pickle`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError
from operator import attrgetter
from reprlib import recursive_repr
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

_FIELDS = "__dataclass_fields__"
_FROZEN, _OPEN = SimpleNamespace(frozen=True), SimpleNamespace(frozen=False)
"""What the standard library looks at when one of its classes has one of these above it."""
_ABSENT = object()
"""In the place of an argument that was not given."""


def _dataclass(
    cls: type | None = None, /, *, frozen: bool = False, slots: bool = False, eq: bool = True
) -> Any:
    """What `dataclasses.dataclass` is."""
    if cls is not None:
        return _made(cls, frozen=frozen, slots=slots, eq=eq)
    return lambda cls: _made(cls, frozen=frozen, slots=slots, eq=eq)


def _made(cls: Any, *, frozen: bool, slots: bool, eq: bool) -> Any:
    namespace = cls.__dict__
    inherited = _inherited(cls)
    own = {
        name: namespace.get(name, MISSING)
        for name, kind in namespace.get("__annotations__", {}).items()
        if not str(kind).startswith("ClassVar")
    }
    shape = {**inherited, **own}
    if any(type(given).__hash__ is None for given in own.values()):
        raise ValueError(f"{cls.__name__} has a default that could be changed: use a factory")
    if slots:
        body = {name: value for name, value in namespace.items() if name not in own}
        body["__slots__"] = tuple(name for name in own if name not in inherited)
        body.pop("__dict__", None)
        body.pop("__weakref__", None)
        body["__qualname__"] = cls.__qualname__
        cls = type(cls)(cls.__name__, cls.__bases__, body)
        namespace = cls.__dict__
    else:
        for name, given in own.items():
            if isinstance(given, Field):
                _set_default(cls, name, given)
    methods: dict[str, Any] = {"__init__": _first_init(cls, shape, frozen), "__repr__": _repr}
    if eq:
        methods |= {"__eq__": _eq, "__hash__": _hash if frozen else None}
    for name, method in methods.items():
        if name not in namespace or (name == "__hash__" and namespace[name] is None):
            setattr(cls, name, method)
    if frozen:
        cls.__setattr__, cls.__delattr__ = _refuse_to_set, _refuse_to_delete
        if slots:
            cls.__getstate__, cls.__setstate__ = _state, _restore
    compared = [name for name, given in shape.items() if _takes_part(given, "compare")]
    cls.__compared__ = attrgetter(*(compared or ["__class__"]))
    cls.__shown__ = tuple(name for name, given in shape.items() if _takes_part(given, "repr"))
    setattr(cls, "__match_args__", tuple(shape))  # noqa: B010 - as mypy takes it for a constant
    cls.__shape__ = shape
    cls.__dataclass_params__ = _FROZEN if frozen else _OPEN
    setattr(cls, _FIELDS, _Fields())
    return cls


def _inherited(cls: type) -> dict[str, Any]:
    """The fields of the classes above, each with its default, a `field(…)`, or MISSING."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        shape = base.__dict__.get("__shape__")
        found |= base.__dict__.get(_FIELDS, {}) if shape is None else shape
    return found


def _takes_part(given: Any, what: str) -> bool:
    return not isinstance(given, Field) or getattr(given, what) is not False


def _set_default(cls: type, name: str, given: Field[Any]) -> None:
    """The class has the default of a field as its own attribute; nothing where there is none."""
    if given.default is MISSING:
        delattr(cls, name)
    else:
        setattr(cls, name, given.default)


# ---------------------------------------------------------------------------- __init__


def _first_init(cls: type, shape: dict[str, Any], frozen: bool) -> Callable[..., None]:
    """Makes way for the real one when it is called."""

    def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: N807 - it stands in for it
        made = _init(cls, shape, frozen=frozen)
        cls.__init__ = made  # type: ignore[misc] # that is what it is for
        made(self, *values, **named)

    return __init__


def _init(cls: type, shape: dict[str, Any], *, frozen: bool) -> Callable[..., None]:
    scope: dict[str, Any] = {"_set": object.__setattr__, "_absent": _ABSENT}
    parameters: list[str] = []
    lines: list[str] = []
    for name, given in shape.items():
        default, takes = given, True
        factory: Any = MISSING
        if isinstance(given, Field):
            default, factory, takes = given.default, given.default_factory, given.init
        value, parameter = name, name
        if factory is not MISSING:
            scope[f"_default_{name}"] = factory
            made = f"_default_{name}()"
            value = f"{made} if {name} is _absent else {name}" if takes else made
            parameter = f"{name}=_absent"
        elif default is not MISSING:
            scope[f"_default_{name}"] = default
            value, parameter = name if takes else f"_default_{name}", f"{name}=_default_{name}"
        elif not takes:
            continue
        if takes:
            parameters.append(parameter)
        lines.append(f"  _set(self, {name!r}, {value})" if frozen else f"  self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("  self.__post_init__()")
    text = "\n".join([f"def __init__({', '.join(['self', *parameters])}):", *lines, "  return"])
    exec(text, scope)  # noqa: S102 - names of fields are identifiers of our own source
    method: Callable[..., None] = scope["__init__"]
    method.__qualname__ = f"{cls.__qualname__}.__init__"
    return method


# ---------------------------------------------------------------------------- what all share


@recursive_repr()
def _repr(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__shown__)
    return f"{type(self).__qualname__}({shown})"


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    compared = self.__compared__
    return compared(self) == compared(other)


def _hash(self: Any) -> int:
    return hash(self.__compared__(self))


def _refuse_to_set(self: Any, name: str, value: Any) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__match_args__]


def _restore(self: Any, state: list[Any]) -> None:
    for name, value in zip(self.__match_args__, state, strict=True):
        object.__setattr__(self, name, value)


class _Fields:
    """The fields as the standard library describes them, made when somebody asks."""

    def __get__(self, instance: object, cls: Any) -> dict[str, Any]:
        fields = [
            (name, Any, given)
            if isinstance(given, Field)
            else (name, Any)
            if given is MISSING
            else (name, Any, dataclasses.field(default=given))
            for name, given in cls.__shape__.items()
        ]
        made = dataclasses.make_dataclass(cls.__name__, fields)
        found: dict[str, Any] = getattr(made, _FIELDS)
        setattr(cls, _FIELDS, found)
        return found


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - for others to import
else:
    dataclass = _dataclass
