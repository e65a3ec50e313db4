"""The rules there are: the modules in the folders of the families."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path

from flowlang.rules.rule import Rule

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
OF_THE_LINTER = "allowances"
"""The family of what is found about comments that allow something: it has no folder."""


@cache
def names() -> dict[str, str]:
    """The name of each rule with its family, known without loading it."""
    here = Path(__file__).parent
    return {
        module.name.replace("_", "-"): family
        for family in FAMILIES
        for module in pkgutil.iter_modules([str(here / family)])
    }


@cache
def rules() -> dict[str, Rule]:
    """All rules by name.  Raises ValueError where two have one code."""
    found: dict[str, Rule] = {}
    codes: dict[str, str] = {}
    for name, family in names().items():
        module = f"flowlang.rules.{family}.{name.replace('-', '_')}"
        rule: Rule = import_module(module).RULE
        if rule.code in codes:
            raise ValueError(f"{codes[rule.code]} and {name} are both {rule.code}")
        codes[rule.code] = name
        found[name] = rule
    return dict(sorted(found.items(), key=lambda one: one[1].code))


def find(word: str) -> Rule | None:
    """The rule of a name or a code."""
    if word.lower() in names():
        return rules()[word.lower()]
    return next((rule for rule in rules().values() if rule.code == word.upper()), None)


def page(rule: Rule) -> tuple[str, str, str, str]:
    """What a rule says of itself: its text, the bad example, the good one, the mended bad one."""
    module = import_module(rule.module)
    return module.__doc__ or "", module.BAD, module.GOOD, getattr(module, "FIXED", "")
