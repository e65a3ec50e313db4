"""LETTERS → THE WORLD: each kind of delivery hands rendered messages over in one way.

The kinds are the modules of `kinds/`, and what other packages give under the entry point group
`flowlang.deliveries`.  Each has a function that makes a delivery of a `settings.Setup`.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from flowlang.source import did_you_mean
from flowlang.speech import tr

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from flowlang.delivery.delivery import Delivery
    from flowlang.delivery.settings import Setup

GROUP = "flowlang.deliveries"


def all_kinds() -> list[str]:
    """The names that `[delivery] kind` may have: our own, and those of other packages."""
    from importlib.metadata import entry_points  # slow to load, and seldom needed

    own = own_kinds()
    return [*own, *sorted({one.name for one in entry_points(group=GROUP)} - set(own))]


@cache
def own_kinds() -> tuple[str, ...]:
    """Those that need no other package."""
    folder = import_module(f"{__name__}.kinds")
    return tuple(sorted(one.name for one in pkgutil.iter_modules(folder.__path__)))


def open_delivery(setup: Setup) -> Delivery:
    """The delivery that the settings name.  Raises BadSetting where it cannot be made of them."""
    from flowlang.delivery.delivery import Delivery
    from flowlang.delivery.settings import BadSetting

    kind = setup.settings.kind
    if kind in own_kinds():
        own: Delivery = import_module(f"{__name__}.kinds.{kind}").connect(setup)
        return own
    point = _foreign(kind)
    try:
        made = point.load()(setup)
    except BadSetting:
        raise
    except Exception as failure:
        raise BadSetting(
            tr(
                'the delivery "{kind}" of {package} cannot be used: {error}: {failure}',
                kind=kind,
                package=_package(point),
                error=type(failure).__name__,
                failure=failure,
            )
        ) from failure
    if not isinstance(made, Delivery):
        raise BadSetting(
            tr(
                'what {package} gives as "{kind}" is no delivery',
                package=_package(point),
                kind=kind,
            )
        )
    return made


def _foreign(kind: str) -> EntryPoint:
    from importlib.metadata import entry_points

    from flowlang.delivery.settings import BadSetting

    points = list(entry_points(group=GROUP, name=kind))
    if not points:
        raise BadSetting(
            tr(
                'there is no delivery "{kind}"; {hint}',
                kind=kind,
                hint=did_you_mean(kind, all_kinds()),
            )
        )
    packages = sorted({_package(one) for one in points})
    if len(packages) > 1:
        raise BadSetting(
            tr(
                'several packages give a delivery "{kind}": {packages}',
                kind=kind,
                packages=", ".join(packages),
            )
        )
    return points[0]


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist else "a package"


__all__ = ["GROUP", "all_kinds", "open_delivery", "own_kinds"]
