"""What stands in the cells that are no fields: several names in one, and consent."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from contextlib import suppress

from flowlang.check.names import MAX_NAME
from flowlang.intake.problem import shown
from flowlang.kinds import BadValue, composed
from flowlang.source import did_you_mean
from flowlang.speech import tr

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
"""Characters that no name may hold."""

_CONSENT = re.compile(
    r"(?P<no>no|not|kein|keine|keine[ns]?)?\s*(?:marketing|werbung)\s+(?:by|per)\s+(?P<channel>\S.*)",
    re.IGNORECASE,
)


def names(raw: object) -> tuple[str, ...]:
    """The names of tags or groups in a cell or a JSON list, each once, in order.

    In text they are separated by `;`, or, where there is none, by `|` or `,`; names that hold such
    a mark stand in a JSON list.  Raises BadValue.
    """
    found: dict[str, None] = {}
    for name in _parts(raw):
        if len(name) > MAX_NAME:
            raise BadValue(
                tr('"{text}" is longer than {most} characters', text=shown(name), most=MAX_NAME)
            )
        found[name] = None
    return tuple(found)


def consent(raw: object, channels: Collection[str]) -> dict[str, bool]:
    """Consent by channel: True where it is granted, False where it is refused.

    Text such as `marketing by email; no marketing by sms`, a list of such texts, or an object of
    channels and yes/no.  Raises BadValue: what cannot be read with certainty is never taken.
    """
    found: dict[str, bool] = {}
    if isinstance(raw, dict):
        for channel, granted in raw.items():
            if not isinstance(granted, bool):
                raise BadValue(tr("expected true or false for `{text}`", text=shown(channel)))
            found[_channel(channel, channels)] = granted
        return found
    for part in _parts(raw):
        said = _CONSENT.fullmatch(part)
        channel = _channel(said["channel"] if said else part, channels)
        granted = not (said and said["no"])
        if found.setdefault(channel, granted) != granted:
            raise BadValue(
                tr("marketing by {channel} is both granted and refused", channel=channel)
            )
    return found


def _channel(word: str, channels: Collection[str]) -> str:
    word = composed(word)
    for channel in channels:
        if channel.casefold() == word.casefold():
            return channel
    hint = did_you_mean(word, sorted(channels), "channel")
    raise BadValue(
        tr(
            'expected consent such as `marketing by email`, got "{text}" ({hint})',
            text=shown(word),
            hint=hint,
        )
    )


def _parts(raw: object) -> list[str]:
    if raw is None:
        return []
    if isinstance(raw, str) and raw.startswith('["'):
        with suppress(ValueError, RecursionError):
            raw = json.loads(raw)
    if isinstance(raw, str):
        separator = next((mark for mark in ";|," if mark in raw), ";")
        return [part for piece in composed(raw).split(separator) if (part := piece.strip())]
    if isinstance(raw, list) and all(isinstance(part, str) for part in raw):
        return [part for piece in raw if (part := composed(piece).strip())]
    raise BadValue(tr("expected a list of texts"))
