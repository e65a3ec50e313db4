"""A DRAFT → A TEST, in the canonical layout, with expectations of what came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flowlang.calendar import minute
from flowlang.contact import Contact
from flowlang.coverage.drafts import Draft
from flowlang.coverage.staging import Outcome, world_lines
from flowlang.coverage.values import quoted, written
from flowlang.coverage.ways import Key, Way
from flowlang.engine.play import Play
from flowlang.engine.world import SentOut
from flowlang.program.program import Campaign, Program
from flowlang.source import Findings, Source
from flowlang.steps.goal import MET, NOT_MET
from flowlang.steps.race import OTHERWISE, AwaitFirst
from flowlang.steps.send import HALTED, NOT_SENT, SENT, TEXT_INSTEAD
from flowlang.steps.split import TakeBest, TakeShare
from flowlang.steps.until import IN_TIME, MISSED, NOT_SET, PAST, TIMED_OUT
from flowlang.syntax.format import FormatError, format_source
from flowlang.syntax.keywords import Keywords
from flowlang.syntax.parser import parse

_MOST = 8
"""Expectations in a test: more hide what it shows."""
_LONGEST = 60
"""Characters of a statement that a name repeats."""
_LONGEST_NOTICE = 160
"""Characters of a notice that an expectation repeats: a sentence loses nothing that it says."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A test for a way that no test walks."""

    name: str
    way: Way
    lines: tuple[str, ...]
    """In English; the first line of a contact's below `given contact` is deeper."""

    @property
    def text(self) -> str:
        """The test in English."""
        return "\n".join([f"test {quoted(self.name)}", *(f"  {line}" for line in self.lines)])


def suggestion(outcome: Outcome, way: Way, program: Program, words: Keywords) -> Suggestion:
    """The test that a draft makes for a way."""
    return Suggestion(_name(way, program, words), way, tuple(_lines(outcome, way.key, program)))


def in_language(suggestions: Iterable[Suggestion], language: str, default: str) -> str:
    """The tests as a file in a language, laid out like all files.

    Where a name of the program is a word of that language, the tests stay in English.
    """
    body = "\n\n".join(one.text for one in suggestions)
    parsed = parse(Source("", f"# language: en\n{body}\n"), Findings(), default)
    try:
        return format_source(parsed, language, default)
    except FormatError:
        return format_source(parsed, "en", default)


# ------------------------------------------------------------------ names


def _name(way: Way, program: Program, words: Keywords) -> str:
    """What a test shows, in the words of a language."""
    key, campaign = way.key, program.by_name[way.key.campaign]
    sentence: str = key.kind
    if key.kind == "step":
        chosen = isinstance(campaign.instructions[key.at], (TakeShare, TakeBest, AwaitFirst))
        sentence = "branch" if chosen else _SENTENCES.get(key.label, "step")
        if chosen and key.label == OTHERWISE:
            sentence = "timed-out"
    automations = [one for one in program.automations if one.campaign is campaign]
    name = next((one.name for one in automations), campaign.group_send or campaign.name)
    return words.say(
        f"walks-{sentence}", campaign=name, step=_short(way.statement), branch=key.label
    )


def _short(statement: str) -> str:
    """A statement as part of a name, which stands in quotes itself."""
    text = statement.replace('"', "'")
    return text if len(text) <= _LONGEST else f"{_whole_words(text)} ..."


def _whole_words(text: str, longest: int = _LONGEST) -> str:
    """The beginning of a text, cut between two words; within one where it is the only one."""
    if len(text) <= longest:
        return text
    return text[: longest + 1].rpartition(" ")[0].rstrip() or text[:longest]


_SENTENCES = {
    "yes": "yes", "no": "no", "once more": "once-more", "no more": "no-more", "done": "done",
    "refused": "refused", IN_TIME: "in-time", TIMED_OUT: "timed-out", MISSED: "missed",
    PAST: "past", NOT_SET: "not-set", SENT: "sent", NOT_SENT: "not-sent", HALTED: "halted",
    TEXT_INSTEAD: "text-instead", MET: "met", NOT_MET: "not-met",
}  # fmt: skip
"""By outcome: what is said of it."""


# ------------------------------------------------------------------ lines


def _lines(outcome: Outcome, key: Key, program: Program) -> Iterator[str]:
    draft = outcome.draft
    yield f"given contact {quoted(draft.name)}" if draft.name else "given contact"
    yield from (f"  {line}" for _, text in draft.given for line in text.split("\n"))
    yield from world_lines(draft)
    if not outcome.lines or outcome.lines[0].at > draft.start:
        yield f"at {_clock(draft.start, program)}"
    for number, line in enumerate(outcome.lines, start=1):
        if line.act.what or number == len(outcome.lines):
            yield f"at {_clock(line.at, program)} {line.act.what}".rstrip()
        if line.refused:
            yield f"expect refused {quoted(line.refused)}"
    yield from dict.fromkeys(_expectations(outcome, key, program))


def _clock(moment: datetime, program: Program) -> str:
    return minute(moment, program.config.timezone)


def _expectations(outcome: Outcome, key: Key, program: Program) -> Iterator[str]:
    """What came out, first where the way is, at most a handful."""
    play, contact = outcome.play, outcome.contact
    campaign = play.program.by_name[key.campaign]
    by = {campaign.name} | {
        one.name for one in play.program.by_name.values() if one.group_send and one is campaign
    }
    told: list[str] = []
    told += _messages(play, by, key, program)
    told += _standing(contact, campaign, program)
    told += _changed(outcome, program)
    told += _world(outcome, program)
    if not told:
        told += _anything(outcome, key, program)
    yield from list(dict.fromkeys(told))[:_MOST]


def _messages(play: Play, campaigns: set[str], key: Key, program: Program) -> Iterator[str]:
    """What was sent and skipped, that of the campaign first."""
    own = [one for one in play.world.sent if one.campaign in campaigns]
    others = [one for one in play.world.sent if one.campaign not in campaigns]
    counts = Counter(one.message for one in play.world.sent)
    for one in [*own, *others]:
        times = f" times {counts[one.message]}" if counts[one.message] > 1 else ""
        at = (
            "" if times or one.at.second or one.at.microsecond else f" at {_clock(one.at, program)}"
        )
        yield f"expect sent {quoted(one.message)}{at}{times}"
    if key.label == TEXT_INSTEAD and own:
        yield from _text_in(own[-1], program)
    for skipped in play.world.skipped:
        yield f"expect skipped {quoted(skipped.message)} because {quoted(skipped.because)}"


def _text_in(sent: SentOut, program: Program) -> Iterator[str]:
    """Where the text stands that was shown in place of a code."""
    lists = program.messages[sent.message].lists
    for text in (program.names.coupons[name].text for name in sorted(lists)):
        for part in ("subject", "body"):
            if text and text in getattr(sent, part):
                yield f"expect {part} {quoted(sent.message)} contains {quoted(text)}"
                return


def _standing(contact: Contact, campaign: Campaign, program: Program) -> Iterator[str]:
    """Where the contact stands in the campaign."""
    for run in contact.runs.values():
        name = quoted(run.campaign)
        if run.campaign != campaign.name or campaign.group_send:
            continue
        if run.round > 1:
            yield f"expect round {run.round} in {name}"
        if run.status == "waiting":
            due = run.due
            exact = due is not None and not due.second and not due.microsecond
            until = f" until {_clock(due, program)}" if due is not None and exact else ""
            yield f"expect waiting{until} in {name}"
        elif run.status != "running":
            yield f"expect {run.status} in {name}"


def _changed(outcome: Outcome, program: Program) -> Iterator[str]:
    """What is otherwise with the contact than it was given, and than the test has made it."""
    draft, contact, names = outcome.draft, outcome.contact, program.names
    if contact.deleted:
        return
    said = _said(draft)
    for tag in contact.tags:
        if f'tag "{tag}"' not in said:
            yield f"expect tagged {quoted(tag)}"
    for line in said:
        word, _, rest = line.partition(" ")
        if word == "tag" and rest.startswith('"') and rest[1:-1] not in contact.tags:
            yield f"expect not tagged {rest}"
    for group in sorted(contact.groups):
        if f'group "{group}"' not in said and f'join group "{group}"' not in said:
            yield f"expect in group {quoted(group)}"
    for name, value in contact.fields.items():
        if (
            name in names.fields
            and name not in ("email", "created")
            and not isinstance(value, list)
        ):
            shown = written(value, names)
            if shown and f"{name} {shown}" not in said and f"set {name} to {shown}" not in said:
                yield f"expect {name} = {shown}"


def _said(draft: Draft) -> list[str]:
    """The lines by which a draft itself gives or changes things."""
    return [line for _, line in draft.given] + [str(act.what) for act in draft.acts if act.what]


def _world(outcome: Outcome, program: Program) -> Iterator[str]:
    """What others were told, and what was called."""
    world = outcome.play.world
    for notice in world.notices:
        text = quoted(_whole_words(notice.text.split("\n")[0].rstrip(), _LONGEST_NOTICE))
        who = "inbox" if notice.who == "inbox" else quoted(notice.who)
        yield f"expect notified {who} contains {text}"
    for _, url, _ in world.called:
        times = sum(1 for _, other, _ in world.called if other == url)
        yield f"expect called {quoted(url)} times {times}"


def _anything(outcome: Outcome, key: Key, program: Program) -> Iterator[str]:
    """Where nothing else shows: the codes that are left, or that nothing was sent."""
    for name, pool in outcome.play.world.pools.items():
        yield f"expect coupons left {quoted(name)} = {pool.left}"
    for name in program.messages:
        yield f"expect not sent {quoted(name)}"
