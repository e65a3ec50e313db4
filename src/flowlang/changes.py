"""WORKSPACE, WORKSPACE → WHAT HAS CHANGED: each change in words, with whom it can touch.

Compared are normal forms: a translation, another layout, a comment or a test changes nothing but
the text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flowlang import versions
from flowlang.program.difference import difference
from flowlang.program.step_changes import (
    Effect,
    declared_in_words,
    step_effect,
    step_in_words,
)
from flowlang.source import Span
from flowlang.speech import tr
from flowlang.steps.step import Step
from flowlang.syntax import campaigns
from flowlang.syntax import declarations as tree
from flowlang.syntax.format import first_line
from flowlang.syntax.tree import Node
from flowlang.workspace import Workspace

_WITH_NAMES = (
    "campaign", "automation", "message", "policy", "segment", "group", "coupons", "calendar",
    "event",
)  # fmt: skip
_SETTINGS: dict[str, tuple[Effect, str]] = {
    "about": ("forward only", ""), "report_to": ("forward only", ""),
    "start_when": ("policy", "audience"), "start_as_soon_as": ("policy", "audience"),
    "start_on": ("policy", "audience"), "start_on_change": ("policy", "audience"),
    "runs": ("policy", "audience"), "include_existing": ("policy", "audience"),
    "settle": ("policy", "audience"), "stop_when": ("policy", "exits"),
    "stop_on": ("policy", "exits"), "restart_when": ("policy", "exits"),
    "restart_on": ("policy", "exits"), "use_policy": ("policy", "caps"),
    "time_zone": ("in flight", ""), "on_system": ("forward only", ""),
    "every_day": ("forward only", ""), "every_weekday": ("forward only", ""),
    "every_month": ("forward only", ""), "once_at": ("forward only", ""),
    "for_contacts": ("policy", "audience"), "for_contacts_with": ("policy", "audience"),
    "for_each": ("policy", "audience"), "kind": ("policy", "consent"),
    "channel": ("policy", "consent"), "when_empty": ("in flight", ""),
    "valid_for": ("in flight", ""),
}  # fmt: skip
"""What a line of a declaration touches, and of policy which part."""
_WHOLE: dict[str, tuple[Effect, str]] = {
    "policy": ("policy", "caps"), "segment": ("policy", "audience"), "calendar": ("in flight", ""),
}  # fmt: skip
"""The same of declarations whose lines are not told apart."""
_TOML: dict[str, tuple[Effect, str]] = {
    "regime": ("policy", "consent"), "timezone": ("in flight", ""),
    "random_seed": ("in flight", ""), "channels": ("forward only", ""),
    "missed": ("forward only", ""),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not what it was."""

    effect: Effect
    about: str
    """Of policy, which part: audience, consent, caps, goals, exits."""
    what: str
    """What is declared: `campaign "Webinar"`."""
    text: str
    """What has become of it, in words."""
    place: Span | None
    """In the new text; None where nothing is left of it there."""
    home: Span | None
    """The declaration in the new text."""
    file: str
    line: int
    step: bool = False
    """It is about a step, not about what stands above the steps."""

    @property
    def needs_leave(self) -> bool:
        """Whether it fails a check unless the file allows it."""
        return self.effect in ("in flight", "policy")


def changes(old: Workspace, new: Workspace) -> list[Change]:
    """All that differs between two workspaces without errors, in the order of the new text."""
    found = [*_toml(old, new), *_fields(old, new), *_declared(old, new)]
    if not found:
        found = list(_layout(old, new))
    return sorted(found, key=lambda one: (one.file, one.line))


# ---------------------------------------------------------------------- what is declared


_Key = tuple[str, str]


def _by_name(found: Workspace) -> dict[_Key, Node]:
    return {
        (item.rule, str(item.name.value)): item  # type: ignore[attr-defined] # those have names
        for item in versions.declarations(found)
        if item.rule in _WITH_NAMES
    }


def _declared(old: Workspace, new: Workspace) -> Iterator[Change]:
    before, after = _by_name(old), _by_name(new)
    texts = versions.texts_named(old), versions.texts_named(new)
    for key, item in after.items():
        if key not in before:
            effect, about, text = _fresh(item)
            yield _change(new, effect, about, item, text, item.span, item.span)
        elif before[key] != item:
            yield from _lines(key, old, new, before[key], item)
        elif key[0] == "message" and _named(item, texts[0]) != _named(item, texts[1]):
            yield _change(
                new, "forward only", "", item, tr("its text has changed"), item.span, item.span
            )
        elif before[key].span.text != item.span.text:
            words = tr("another layout, language or comment")
            yield _change(new, "cosmetic", "", item, words, item.span, item.span)
    order = [key for key in after if key[0] == "campaign" and key in before]
    if order != [key for key in before if key in order]:
        item = after[order[0]]
        words = tr("the campaigns stand in another order, in which they are decided")
        yield _change(new, "forward only", "", item, words, item.span, item.span)
    for key, item in before.items():
        if key not in after:
            gone, about = _WHOLE.get(key[0], ("forward only", ""))
            if key[0] in ("campaign", "automation", "group", "event", "coupons"):
                gone = "in flight"
            yield _change(old, gone, about, item, tr("is gone"), None, None)


def _fresh(item: Node) -> tuple[Effect, str, str]:
    """That it is new; a campaign that looks at those who are there touches them."""
    lines = getattr(item, "lines", None) or ()
    if any(isinstance(line, campaigns.IncludeExisting) for line in lines):
        return "policy", "audience", tr("is new, and includes existing contacts")
    return "forward only", "", tr("is new")


def _named(item: Node, texts: dict[str, str]) -> list[str]:
    return [
        texts.get(str(one.path.value), "")
        for one in getattr(item, "lines", None) or ()
        for one in (one, *(getattr(one, "lines", None) or ()))
        if isinstance(one, tree.BodyFile)
    ]


def _lines(key: _Key, old: Workspace, new: Workspace, was: Node, item: Node) -> Iterator[Change]:
    """The lines of a declaration that has changed."""
    kind, name = key
    if kind in _WHOLE:
        effect, about = _WHOLE[kind]
        yield _change(new, effect, about, item, tr("has changed"), item.span, item.span)
        return
    before = [line for line in getattr(was, "lines", None) or () if not isinstance(line, Step)]
    after = [line for line in getattr(item, "lines", None) or () if not isinstance(line, Step)]
    for one, other in _paired(before, after):
        line = other or one
        assert line is not None
        effect, about = _SETTINGS.get(line.rule, ("forward only", ""))
        if kind == "event" and one is not None and line.rule in ("field", "list_field"):
            effect = "in flight"
        place = other.span if other is not None else item.span
        words = _became(one, other, item.span.source.language)
        yield _change(new, effect, about, item, words, place, item.span)
    if kind in ("campaign", "automation"):
        yield from _steps(old, new, name if kind == "campaign" else f'automation "{name}"', item)


def _paired(
    before: Sequence[Node], after: Sequence[Node]
) -> Iterator[tuple[Node | None, Node | None]]:
    """Lines that are not equal: those of one kind in order, the others alone."""
    gone = Counter(map(repr, before)) - Counter(map(repr, after))
    come = Counter(map(repr, after)) - Counter(map(repr, before))
    olds = [one for one in before if _takes(gone, one)]
    for other in (one for one in after if _takes(come, one)):
        one = next((one for one in olds if _same_kind(one, other)), None)
        if one is not None:
            olds.remove(one)
        yield one, other
    for one in olds:
        yield one, None


def _takes(counts: Counter[str], one: Node) -> bool:
    told = repr(one)
    if counts[told] <= 0:
        return False
    counts[told] -= 1
    return True


def _same_kind(one: Node, other: Node) -> bool:
    names = [getattr(item, "name", None) for item in (one, other)]
    return one.rule == other.rule and (names[0] == names[1] or one.rule not in ("field", "records"))


def _became(one: Node | None, other: Node | None, language: str) -> str:
    """What has become of a line, both texts in one language."""
    if one is None:
        assert other is not None
        return tr("added `{text}`", text=_words(other, language))
    if other is None:
        return tr("removed `{text}`", text=_words(one, language))
    return tr("`{old}` is now `{new}`", old=_words(one, language), new=_words(other, language))


def _words(line: Node, language: str) -> str:
    return " ".join(first_line(line.span, language).split())


def _steps(old: Workspace, new: Workspace, name: str, item: Node) -> Iterator[Change]:
    assert old.program is not None
    assert new.program is not None
    found = difference(old.program.by_name[name], new.program.by_name[name])
    for change in found.changes:
        effect, about = step_effect(found, change)
        place = item.span if change.new is None else found.new.nodes[change.new].span
        told = _change(new, effect, about, item, step_in_words(found, change), place, item.span)
        yield replace(told, step=True)


# ---------------------------------------------------------------------- fields and settings


def _contact_lines(found: Workspace) -> dict[str, Node]:
    return {
        str(line.name.value): line
        for item in versions.declarations(found)
        if isinstance(item, tree.ContactBlock)
        for line in item.lines or ()
    }


def _fields(old: Workspace, new: Workspace) -> Iterator[Change]:
    before, after = _contact_lines(old), _contact_lines(new)
    for name, line in after.items():
        words = _became(before.get(name), line, line.span.source.language)
        if name not in before:
            yield _line(new, "forward only", "contact", words, line)
        elif before[name] != line:
            yield _line(new, "in flight", "contact", words, line)
    for name, line in before.items():
        if name not in after:
            where = _where(old, line.span)
            words = tr("removed `{text}`", text=_words(line, new.language))
            yield Change("in flight", "", "contact", words, None, None, *where)


def _line(found: Workspace, effect: Effect, what: str, text: str, line: Node) -> Change:
    return Change(effect, "", what, text, line.span, line.span, *_where(found, line.span))


def _toml(old: Workspace, new: Workspace) -> Iterator[Change]:
    for name, (effect, about) in _TOML.items():
        was, now = getattr(old.settings, name), getattr(new.settings, name)
        if was != now:
            words = tr(
                "`{old}` is now `{new}`", old=f"{name} = {_said(was)}", new=f"{name} = {_said(now)}"
            )
            yield Change(effect, about, "flow.toml", words, None, None, "flow.toml", 1)


def _said(value: object) -> str:
    """A value as flow.toml writes it."""
    return f'"{value}"' if isinstance(value, str) else str(value)


def _layout(old: Workspace, new: Workspace) -> Iterator[Change]:
    """Files whose text alone has changed."""
    was, now = versions.version_of(old).files, versions.version_of(new).files
    for name in [*now, *(name for name in was if name not in now)]:
        if was.get(name) != now.get(name):
            words = tr("layout, comments, language or tests")
            yield Change("cosmetic", "", "text", words, None, None, name, 1)


def _change(
    found: Workspace, effect: Effect, about: str, item: Node, text: str, place: Span | None,
    home: Span | None,
) -> Change:  # fmt: skip
    what = declared_in_words(item.rule, str(item.name.value))  # type: ignore[attr-defined] # those have names
    return Change(effect, about, what, text, place, home, *_where(found, place or item.span))


def _where(found: Workspace, span: Span) -> tuple[str, int]:
    """The file of a place as it is called from the workspace on, and its line."""
    name = span.source.name
    if span.source.path is not None:
        try:
            name = span.source.path.resolve().relative_to(found.root.resolve()).as_posix()
        except ValueError:
            name = Path(span.source.path).name
    return name, span.line


def needing_leave(found: Iterable[Change]) -> list[Change]:
    """Those that fail a check unless a file allows them."""
    return [one for one in found if one.needs_leave]
