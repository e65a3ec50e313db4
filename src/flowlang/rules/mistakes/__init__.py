"""What each mistake is about: the pages of all that is found without a rule of its own.

One module for each hundred of the codes, with `PAGES`: by the name of a diagnostic a `Mistake`.
Nothing of it is loaded but by those who ask what a finding means (`flow rule`, the pages of
docs/rules); tests prove each example, and miss the page of a new diagnostic.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple


class Mistake(NamedTuple):
    """The page of a mistake."""

    lead: str
    """A sentence that says what it is."""
    rest: str
    """Why it is one, and what to do."""
    bad: str = ""
    """A whole file in which it is the one finding; empty where it cannot be shown in a few lines
    of text."""
    good: str = ""
    """The same file as it should be."""
    translations: Mapping[str, str] = {}
    """`bad` in other languages, where it does not parse and so cannot be translated by itself."""


@cache
def pages() -> dict[str, Mistake]:
    """All pages by the name of the diagnostic."""
    found: dict[str, Mistake] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        found |= import_module(f"{__name__}.{module.name}").PAGES
    return found
