"""The rules there are: the modules in the folders of the families."""

from __future__ import annotations

import pkgutil
import re
from functools import cache
from importlib import import_module
from pathlib import Path

from flowlang.check import diagnostics as checking
from flowlang.rules import diagnostics as own
from flowlang.rules.rule import Rule
from flowlang.source import Diagnostic
from flowlang.syntax import diagnostics as reading

FAMILIES = {
    "flow": "Steps, conditions and campaigns that do not do what they seem to",
    "timing": "Waits, dates and hours",
    "names": "Tags and other names that are almost the same, or that nobody uses",
    "consent": "Marketing, and who wants it",
    "coupons": "Coupon lists that run out",
    "messages": "Messages and what stands in them",
    "style": "What is easier to read another way",
}
"""What each family is about; its folder holds its rules."""
_CODE = re.compile(r"FL\d{3}")
OTHERS: dict[str, tuple[Diagnostic, str]] = {
    found.name: (found, family)
    for found, family in (
        (checking.UNREACHABLE, "flow"),
        (checking.TIME_IS_NO_TRIGGER, "timing"),
        (checking.DAY_EXCEPTED, "timing"),
        (own.UNUSED, "allowances"),
        (own.NO_REASON, "allowances"),
        (own.UNKNOWN, "allowances"),
        (own.LOCKED, "allowances"),
        (own.UNREADABLE, "allowances"),
    )
}
"""What is found without a rule of its own and can be set like one, with its family."""


@cache
def names() -> dict[str, str]:
    """The name of all that can be set, with its family; no rule is loaded for that."""
    here = Path(__file__).parent
    found = {
        module.name.replace("_", "-"): family
        for family in FAMILIES
        for module in pkgutil.iter_modules([str(here / family)])
    }
    return found | {name: family for name, (_, family) in OTHERS.items()}


@cache
def rules() -> dict[str, Rule]:
    """All rules by name.  Raises ValueError where two have one code."""
    found: dict[str, Rule] = {}
    codes: dict[str, str] = {}
    for name, family in names().items():
        if name in OTHERS:
            continue
        module = f"flowlang.rules.{family}.{name.replace('-', '_')}"
        rule: Rule = import_module(module).RULE
        if rule.code in codes:
            raise ValueError(f"{codes[rule.code]} and {name} are both {rule.code}")
        codes[rule.code] = name
        found[name] = rule
    return dict(sorted(found.items(), key=lambda one: one[1].code))


def diagnostics() -> list[Diagnostic]:
    """All that is found without a rule, in the order of the codes; few of it can be set."""
    found = [
        value
        for module in (reading, checking, own)
        for value in vars(module).values()
        if isinstance(value, Diagnostic)
    ]
    return sorted(found, key=lambda one: one.code)


def family_of(found: Rule | Diagnostic) -> str:
    """The family that something found can be set by; empty where it cannot be set."""
    return names().get(found.name, "")


def diagnostic(word: str) -> Diagnostic | None:
    """What a word names by name or code of that which is found without a rule."""
    named = (word.upper(), word.lower())
    return next((one for one in diagnostics() if one.code in named or one.name in named), None)


def name_of(word: str) -> str | None:
    """The name of what a word names by name or code: a rule, or what can be set like one."""
    if word.lower() in names():
        return word.lower()
    code = word.upper()
    if _CODE.fullmatch(code) is None:
        return None
    coded = {rule.code: rule.name for rule in rules().values()}
    coded |= {found.code: found.name for found, _ in OTHERS.values()}
    return coded.get(code)
