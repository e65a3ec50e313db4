"""HISTORY → ANOTHER LANGUAGE: what a history and a process say, told to a person.

The store keeps them in English, for tests and programs compare their words.  Here they are known
again by their form; names, values and statements in them stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from flowlang.contact import Entry
from flowlang.engine import kept
from flowlang.speech import ENGLISH, Text, in_language, joined, tr
from flowlang.syntax import keywords


def what(word: str, language: str) -> str:
    """What was decided: `sent`, `waiting for restart`."""
    return in_language(kept.WHAT(word), language)


def whose(name: str) -> str:
    """The campaign that an entry belongs to, as `Entry.whose` has it, or the automation."""
    return kept.WHOSE(name)


def because(word: str, reason: str, language: str) -> str:
    """Why, behind the `word` of what was decided."""
    if language == ENGLISH or not reason:
        return reason
    if word == "taken back":
        message, _, why = reason.rpartition(": ")
        return f"{message}: {skipped(why, language)}"
    told = _from_table(reason, kept.KEPT.get(word, ()), language)
    if told is not None:
        return told
    known: Callable[[str], str] | None = kept.BECAUSE.get(word)
    if word.startswith("started"):
        known = kept.STARTED
    return in_language(known(reason), language) if known is not None else reason


class _Because(Text):
    """The reason of an entry, for who does not know yet in which language it will be told."""

    __slots__ = ()

    def in_(self, language: str) -> str:
        return because(self.parts["word"], self.parts["reason"], language)


def decision(entry: Entry) -> Text:
    """A line of a history, without its moment: where, what, and why."""
    where = joined((whose(entry.whose), ""), "  ") if entry.campaign else ""
    step = f"{entry.step}: " if entry.step else ""
    parts = {"where": where, "step": step, "what": kept.WHAT(entry.what)}
    if not entry.because:
        return Text("{where}{step}{what}", parts)
    why = _Because("{reason}", {"word": entry.what, "reason": entry.because})
    return Text("{where}{step}{what} ({because})", {**parts, "because": why})


def process(text: str, language: str) -> str:
    """The type, the status, or why it stands, of a process."""
    if language == ENGLISH or not text:
        return text
    told = _from_table(text, ("told-empty", "told-behind", *kept.REASONS), language)
    if told is not None:
        return told
    known = kept.PROCESS(text)
    return in_language(known if isinstance(known, Text) else refusal(text), language)


def skipped(reason: str, language: str) -> str:
    """For what a send was skipped."""
    told = None if language == ENGLISH else _from_table(reason, kept.REASONS, language)
    return in_language(kept.LEFT_OUT(reason), language) if told is None else told


def refusal(reason: str) -> str:
    """Why an arrival was refused."""
    return kept.REFUSAL(reason)


def letter(reason: str, language: str) -> str:
    """Why a letter has not arrived; what another program has answered stays as it is."""
    told = None if language == ENGLISH else _from_table(reason, kept.REASONS, language)
    return in_language(kept.LETTER(reason), language) if told is None else told


def value(text: str, language: str) -> str:
    """A value as a condition found it: only what is none is said in words."""
    return in_language(kept.VALUE(text), language)


def status(of: str) -> str:
    """Where a run stands."""
    return kept.WHAT(of)


def kind(of: str) -> str:
    """The type or the status of a process."""
    return kept.PROCESS(of)


def stands(of: str, who: str, reason: str) -> str:
    """The status of a process, with who brought it there and why, where that is known."""
    if who and reason:
        return tr("{status} by {who}: {why}", status=kind(of), who=who, why=reason)
    if who:
        return tr("{status} by {who}", status=kind(of), who=who)
    return tr("{status}: {why}", status=kind(of), why=reason) if reason else kind(of)


def way(label: str) -> str:
    """The way that a run takes out of a step: an outcome, or the name of a branch."""
    return kept.WAY(label)


def _from_table(text: str, keys: Iterable[str], language: str) -> str | None:
    """A sentence that the keyword tables have for both; None where it is another one."""
    english, own = keywords.load(ENGLISH), keywords.load(language)
    head, apart, detail = text.partition(": ")
    for key in keys:
        if key not in english.sentences or key not in own.sentences:
            continue
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(english.sentences[key]))
        whole = re.fullmatch(pattern, text, re.DOTALL)
        if whole is not None:
            return own.say(key, **whole.groupdict())
        if apart and re.fullmatch(pattern, head):
            return f"{own.say(key)}{apart}{detail}"
    return None
