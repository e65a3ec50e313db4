"""`[rules]` of flow.toml → `Severities`.

    [rules]
    preset = "2026"                      # freezes which rules are on
    style = "off"                        # a family
    wait-without-end = "error"           # a rule, by its name or its code
    send-after-withdrawal = { severity = "off", because = "the shop asks at each order" }
    locked = ["consent", "wait-without-end"]

    [rules."campaigns/old"]              # for the files of a folder, which stands in for the above
    timing = "info"

The nearest folder that speaks of a rule decides, and in it the rule's own line before its family's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from flowlang.rules import registry
from flowlang.rules.severities import EDITIONS, SETTINGS, Setting, Severities
from flowlang.source import did_you_mean, guess
from flowlang.speech import joined, tr

_OTHER_KEYS = ("preset", "locked")
_SEVERITIES = {"error": tr("an error"), "warning": tr("a warning"), "info": tr("an info")}
_MOST_FOLDERS = 1_000
"""Folders that are looked through for one that may be meant."""


class BadRules(ValueError):
    """`[rules]` says something that cannot be; the message says what, for a person."""


def read(table: dict[str, Any], root: Path) -> Severities:
    """What a `[rules]` table says, of the workspace in a folder.  Raises BadRules."""
    found = Severities(preset=_preset(table), locked=_locked(table))
    for key, value in table.items():
        if key in _OTHER_KEYS:
            continue
        if isinstance(value, dict) and "severity" not in value:
            folder = _folder(key)
            inner = found.said.setdefault(folder, {})
            for name, setting in value.items():
                if name in _OTHER_KEYS:
                    raise BadRules(
                        tr(
                            "`{name}` holds for the whole workspace: write it in `[rules]`",
                            name=name,
                        )
                    )
                _say(inner, name, setting, f'rules."{key}".{name}')
            _none_locked(inner, found, key)
            _is_there(folder, key, root)
        else:
            _say(found.said.setdefault("", {}), key, value, f"rules.{key}")
    return found


def _name(word: str) -> str | None:
    """The name of the rule or family that a word names."""
    return word if word in registry.FAMILIES else registry.name_of(word)


def _required(word: str, others: tuple[str, ...] = ()) -> str:
    """The rule or family that a word names; `others` could stand in its place."""
    name = _name(word)
    if name is None:
        mistake = registry.diagnostic(word)
        if mistake is not None:
            raise BadRules(
                tr(
                    "`{word}`: {code} {name} is always {severity}, it cannot be set",
                    word=word,
                    code=mistake.code,
                    name=mistake.name,
                    severity=_SEVERITIES[mistake.severity],
                )
            )
        known = [*others, *registry.FAMILIES, *registry.names()]
        hint = did_you_mean(word, known, all_at="flow rule --all")
        if guess(word, known) in others:
            raise BadRules(tr("unknown key `{key}`; {hint}", key=f"rules.{word}", hint=hint))
        raise BadRules(tr("there is no rule `{word}`; {hint}", word=word, hint=hint))
    return name


def _say(said: dict[str, Setting], word: str, value: Any, key: str) -> None:
    """Note one line: a severity, or a table of a severity and the reason for it."""
    name, because = _required(word, _OTHER_KEYS), ""
    if isinstance(value, dict):
        wrong = next((one for one in value if one not in ("severity", "because")), None)
        if wrong is not None:
            hint = did_you_mean(wrong, ("severity", "because"))
            raise BadRules(
                tr("unknown key `{key}.{wrong}`; {hint}", key=key, wrong=wrong, hint=hint)
            )
        because, value = value.get("because", ""), value["severity"]
        if not isinstance(because, str):
            raise BadRules(
                tr("`{key}.because` is a text in quotes, not {because!r}", key=key, because=because)
            )
    if value not in SETTINGS:
        choices = joined((f'"{one}"' for one in SETTINGS), tr(" or "))
        shown = f'"{value}"' if isinstance(value, str) else value
        raise BadRules(
            tr("{key} = {shown}: expected {choices}", key=key, shown=shown, choices=choices)
        )
    if value == "off" and not because.strip():
        _not_against_the_law(name, key)
    said[name] = value


def _not_against_the_law(name: str, key: str) -> None:
    """To switch off a rule that guards a law takes a reason."""
    for rule in registry.rules().values():
        if rule.legal and name in (rule.name, rule.family):
            raise BadRules(
                tr(
                    "{key}: `{name}` guards a law; to switch it off, say why: {word} = {{ severity"
                    ' = "off", because = "…" }}',
                    key=key,
                    name=rule.name,
                    word=name,
                )
            )


def _preset(table: dict[str, Any]) -> str:
    preset = table.get("preset", EDITIONS[-1])
    if preset not in EDITIONS:
        choices = joined((f'"{one}"' for one in EDITIONS), tr(" or "))
        shown = f'"{preset}"' if isinstance(preset, str) else preset
        raise BadRules(
            tr("rules.preset = {shown}: expected {choices}", shown=shown, choices=choices)
        )
    return str(preset)


def _locked(table: dict[str, Any]) -> frozenset[str]:
    words = table.get("locked", [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise BadRules(
            tr('`rules.locked` is a list of names: locked = ["consent", "send-at-night"]')
        )
    return frozenset(_required(word) for word in words)


def _folder(key: str) -> str:
    """The folder that a table is about, "" for the workspace's own."""
    if _name(key) is not None:
        raise BadRules(tr('`rules.{key}` is a severity: write {key} = "warning"', key=key))
    folder = PurePosixPath(key)
    if folder.is_absolute() or ".." in folder.parts:
        raise BadRules(tr('`[rules."{key}"]`: expected a folder within the workspace', key=key))
    near = guess(key, [*registry.FAMILIES, *registry.names()])
    if "/" not in key and near is not None:
        raise BadRules(
            tr(
                "there is no rule `{key}`; did you mean `{near}`? (a folder of that name is"
                ' `[rules."{key}/"]`)',
                key=key,
                near=near,
            )
        )
    return "" if str(folder) == "." else str(folder)


def _is_there(folder: str, key: str, root: Path) -> None:
    """A folder that is not there would be passed over in silence, mostly for a slip."""
    if not (root / folder).is_dir():
        hint = did_you_mean(folder, list(islice(_folders(root), _MOST_FOLDERS)))
        missing = tr('`[rules."{key}"]`: there is no such folder', key=key)
        raise BadRules(joined((missing, hint), "; ") if hint else missing)


def _folders(root: Path) -> Iterator[str]:
    """The folders of a workspace, hidden ones left out."""
    for at, inner, _ in os.walk(root):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        yield from ((Path(at) / name).relative_to(root).as_posix() for name in inner)


def _none_locked(said: dict[str, Setting], found: Severities, folder: str) -> None:
    """A folder does not change what the workspace has locked."""
    for name in said:
        if found.is_locked(name, registry.names().get(name, name)):
            raise BadRules(
                tr(
                    '`[rules."{folder}"]`: `{name}` is locked, and holds for all folders',
                    folder=folder,
                    name=name,
                )
            )
