"""`[rules]` of flow.toml → how severe a rule is in a file.

    [rules]
    preset = "2026"                      # freezes which rules are on
    style = "off"                        # a family
    wait-without-end = "error"           # a rule, by its name or its code
    send-without-consent = { severity = "off", because = "the shop asks for consent elsewhere" }
    locked = ["consent", "wait-without-end"]

    [rules."campaigns/old"]              # for the files of a folder, which stands in for the above
    timing = "info"

The nearest folder that speaks of a rule decides, and in it the rule's own line before its family's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from flowlang.rules import registry
from flowlang.rules.rule import EDITIONS, SETTINGS, Rule, Setting
from flowlang.source import did_you_mean

_CODE = re.compile(r"FL\d{3}", re.IGNORECASE)
_OTHER_KEYS = ("preset", "locked")


class BadRules(ValueError):
    """`[rules]` says something that cannot be; the message says what, for a person."""


@dataclass(slots=True)
class Severities:
    """What flow.toml says of rules."""

    preset: str = EDITIONS[-1]
    said: dict[str, dict[str, Setting]] = field(default_factory=dict)
    """By folder ("" for the workspace), by name of a rule or a family."""
    locked: frozenset[str] = frozenset()
    """Names of rules and families that no comment in a file can switch off."""

    def of(self, rule: Rule, folders: Iterable[str]) -> Setting:
        """How severe a rule is in a file; `folders` are those it stands in, the nearest first."""
        if rule.since > self.preset:
            return "off"
        for folder in folders:
            said = self.said.get(folder)
            if said:
                found = said.get(rule.name) or said.get(rule.family)
                if found:
                    return found
        return rule.severity

    def named(self, name: str, family: str, folders: Iterable[str]) -> Setting | None:
        """What is said of something that is found without a rule of its own."""
        for folder in folders:
            said = self.said.get(folder, {})
            found = said.get(name) or said.get(family)
            if found:
                return found
        return None

    def is_locked(self, name: str, family: str) -> bool:
        return name in self.locked or family in self.locked

    @property
    def folders(self) -> list[str]:
        """The folders that something is said of."""
        return [folder for folder in self.said if folder]


def folders_of(path: PurePosixPath) -> list[str]:
    """The folders a file stands in, within the workspace, the nearest first, "" last."""
    return ["" if str(folder) == "." else str(folder) for folder in path.parents]


def read(table: dict[str, Any], also: dict[str, str] | None = None) -> Severities:
    """What a `[rules]` table says; `also` has the names of what is no rule and yet can be set.

    Raises BadRules.
    """
    known = _Known(also or {})
    found = Severities(preset=_preset(table), locked=_locked(table, known))
    for key, value in table.items():
        if key in _OTHER_KEYS:
            continue
        if isinstance(value, dict) and "severity" not in value:
            folder = _folder(key, known)
            inner = found.said.setdefault(folder, {})
            for name, setting in value.items():
                if name in _OTHER_KEYS:
                    raise BadRules(f"`{name}` holds for the whole workspace: write it in `[rules]`")
                _say(inner, name, setting, known, f'rules."{key}".{name}')
            _none_locked(inner, found, key)
        else:
            _say(found.said.setdefault("", {}), key, value, known, f"rules.{key}")
    return found


class _Known:
    """The names that can be set."""

    def __init__(self, also: dict[str, str]) -> None:
        self.rules = {**registry.names(), **also}

    def name(self, word: str) -> str | None:
        """The name of a rule or family that a word names, by name or code."""
        if word in self.rules or word in registry.FAMILIES:
            return word
        if _CODE.fullmatch(word) and (rule := registry.find(word)):
            return rule.name
        return None

    def require(self, word: str) -> str:
        name = self.name(word)
        if name is None:
            hint = did_you_mean(word, [*registry.FAMILIES, *self.rules])
            raise BadRules(f"there is no rule `{word}`; {hint}")
        return name


def _say(said: dict[str, Setting], word: str, value: Any, known: _Known, key: str) -> None:
    name = known.require(word)
    because = ""
    if isinstance(value, dict):
        because = value.get("because", "")
        wrong = next((one for one in value if one not in ("severity", "because")), None)
        if wrong is not None:
            hint = did_you_mean(wrong, ("severity", "because"))
            raise BadRules(f"unknown key `{key}.{wrong}`; {hint}")
        if not isinstance(because, str):
            raise BadRules(f"`{key}.because` is a text in quotes, not {because!r}")
        value = value["severity"]
    if value not in SETTINGS:
        choices = " or ".join(f'"{one}"' for one in SETTINGS)
        raise BadRules(f"{key} = {value!r}: expected {choices}".replace("'", '"'))
    rule = registry.find(name) if name in registry.names() else None
    if rule is not None and rule.legal and value == "off" and not because.strip():
        raise BadRules(
            f"{key}: this rule guards a law; to switch it off, say why:"
            f' {name} = {{ severity = "off", because = "…" }}'
        )
    said[name] = value


def _preset(table: dict[str, Any]) -> str:
    preset = table.get("preset", EDITIONS[-1])
    if preset not in EDITIONS:
        choices = " or ".join(f'"{one}"' for one in EDITIONS)
        raise BadRules(f"rules.preset = {preset!r}: expected {choices}".replace("'", '"'))
    return str(preset)


def _locked(table: dict[str, Any], known: _Known) -> frozenset[str]:
    words = table.get("locked", [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise BadRules('`rules.locked` is a list of names: locked = ["consent", "send-at-night"]')
    return frozenset(known.require(word) for word in words)


def _folder(key: str, known: _Known) -> str:
    if known.name(key) is not None:
        raise BadRules(f'`rules.{key}` is a severity: write {key} = "warning"')
    folder = PurePosixPath(key)
    if folder.is_absolute() or ".." in folder.parts:
        raise BadRules(f'`[rules."{key}"]`: expected a folder within the workspace')
    if "/" not in key.strip("/") and did_you_mean(key, list(known.rules)).startswith("did"):
        raise BadRules(
            f"there is no rule `{key}`; {did_you_mean(key, list(known.rules))}"
            f' (for a folder of that name write `[rules."{key}/"]`)'
        )
    return "" if str(folder) == "." else str(folder)


def _none_locked(said: dict[str, Setting], found: Severities, folder: str) -> None:
    """A folder does not lower what the workspace has locked."""
    for name in said:
        family = registry.names().get(name, name)
        if found.is_locked(name, family):
            raise BadRules(f'`[rules."{folder}"]`: `{name}` is locked, and holds for all folders')
