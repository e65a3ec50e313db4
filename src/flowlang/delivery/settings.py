"""`[delivery]` of flow.toml, and the environment variables that stand in for its keys.

Each key has a variable, `FLOW_DELIVERY_` and the key in capitals.  Secrets stand in the environment
only: a file that is under version control is no place for them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from flowlang.calendar import parse_duration
from flowlang.delivery import all_kinds, own_kinds
from flowlang.source import did_you_mean
from flowlang.speech import joined, tr, why

PREFIX = "FLOW_DELIVERY_"
SECRETS = ("user", "password", "secret")
SHORTEST_SECRET = 16
"""Characters of a secret that signs, so that it cannot be guessed."""

Tls = Literal["", "starttls", "implicit", "none"]


class BadSetting(ValueError):
    """A setting cannot be used; the message names it and says why, for a person."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many letters to one domain in any time of this length, and never more."""

    count: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """All that is said about delivery, with its defaults."""

    kind: str = "outbox"
    duplicates: str = "avoid"
    give_up_after: timedelta = timedelta(days=2)
    rate_per_domain: Rate | None = None
    timeout: float = 30.0
    """Seconds until an answer has to come."""
    host: str = ""
    port: int = 0
    """0 is that of the way the connection is encrypted: 465 for `implicit`, else 587."""
    tls: Tls = ""
    """Empty: `starttls`, but to this machine itself `none`."""
    letters_per_connection: int = 100
    url: str = ""
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By kind, what a delivery of another package is told: `[delivery.NAME]`."""
    user: str = ""
    password: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    others: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Variables that are for a delivery of another package, in small letters, without PREFIX."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a delivery is made of."""

    settings: DeliverySettings
    outbox: Path
    """The folder for letters that stay on this machine."""
    clock: Callable[[], datetime]
    """The time, with its zone."""

    @property
    def options(self) -> Mapping[str, Any]:
        """What `[delivery.NAME]` says to a delivery of another package, as TOML has it; none of
        it is checked.
        """
        return self.settings.options.get(self.settings.kind, {})


# ------------------------------------------------------------------ what the keys may say


def _text(raw: object) -> str:
    if not isinstance(raw, str) or not raw.isprintable():
        raise BadSetting(tr("expected a text in quotes"))
    return raw


def _choice(*choices: str) -> Callable[[object], str]:
    def read(raw: object) -> str:
        if raw not in choices:
            listed = joined((f'"{one}"' for one in choices), tr(" or "))
            raise BadSetting(tr("expected {choices}", choices=listed))
        return str(raw)

    return read


def _number(lowest: int, highest: int) -> Callable[[object], int]:
    def read(raw: object) -> int:
        number = int(raw) if isinstance(raw, str) and re.fullmatch("[0-9]{1,9}", raw) else raw
        if type(number) is not int or not lowest <= number <= highest:
            raise BadSetting(
                tr(
                    "expected a whole number from {lowest:,} to {highest:,}",
                    lowest=lowest,
                    highest=highest,
                )
            )
        return number

    return read


def _seconds(raw: object) -> float:
    try:
        number = float(raw) if isinstance(raw, str | int | float) else 0
    except ValueError:
        number = 0
    if isinstance(raw, bool) or not 0.1 <= number <= 30:
        raise BadSetting(tr("expected seconds, from 0.1 to 30"))
    return number


def _span(raw: object) -> timedelta:
    found = parse_duration(raw) if isinstance(raw, str) else None
    if found is None or found.is_zero:
        raise BadSetting(tr('expected a time such as "2 days"'))
    return timedelta(seconds=found.approximate_seconds)


_RATE = re.compile(r"(?P<count>[1-9][0-9]{0,6}) per (?P<unit>second|minute|hour|day)", re.ASCII)
_UNITS = {
    "second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}  # fmt: skip


def _rate(raw: object) -> Rate:
    found = _RATE.fullmatch(raw) if isinstance(raw, str) else None
    if found is None:
        raise BadSetting(tr('expected a rate such as "100 per minute"'))
    return Rate(int(found["count"]), _UNITS[found["unit"]])


_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}")


def _host(raw: object) -> str:
    if not isinstance(raw, str) or not _HOST.fullmatch(raw):
        raise BadSetting(tr('expected the name of a mail server, such as "smtp.example.com"'))
    return raw


def page(raw: object) -> str:
    """The address of a webhook: encrypted, or on this machine.  Raises BadSetting."""
    bad = BadSetting(tr('expected an address such as "https://hooks.example.com/mail"'))
    if not isinstance(raw, str) or not raw.isascii() or re.search(r'[\x00-\x20\x7f<>"\\#]', raw):
        raise bad
    try:
        parts = urlsplit(raw)
        _ = parts.port
    except ValueError:
        raise bad from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise bad
    if parts.username is not None or parts.password is not None:
        raise BadSetting(
            tr("no user and no password in it: sign by {prefix}SECRET instead", prefix=PREFIX)
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise BadSetting(tr("http is for this machine alone; write https"))
    return raw


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_KEYS: dict[str, Callable[[object], Any]] = {
    "kind": _text,
    "duplicates": _choice("avoid", "allow"),
    "give_up_after": _span,
    "rate_per_domain": _rate,
    "timeout": _seconds,
    "host": _host,
    "port": _number(1, 65_535),
    "tls": _choice("starttls", "implicit", "none"),
    "letters_per_connection": _number(1, 100_000),
    "url": page,
}
"""By key, what reads it: a value of TOML, or the text of a variable."""


# ------------------------------------------------------------------ where they stand


def read_table(table: Mapping[str, Any]) -> DeliverySettings:
    """The settings of a `[delivery]` section.  Raises BadSetting."""
    found: dict[str, Any] = {}
    options: dict[str, Mapping[str, Any]] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            options[key] = value
        elif key in SECRETS:
            raise BadSetting(
                tr(
                    "`delivery.{key}` does not belong in flow.toml, which others read: put it into"
                    " the environment, as {variable}",
                    key=key,
                    variable=f"{PREFIX}{key.upper()}",
                )
            )
        elif key not in _KEYS:
            known = tuple(f"delivery.{one}" for one in _KEYS)
            raise BadSetting(
                tr(
                    "unknown key `delivery.{key}`; {hint}",
                    key=key,
                    hint=did_you_mean(f"delivery.{key}", known),
                )
            )
        else:
            found[key] = _read(f"delivery.{key}", key, value)
    settings = DeliverySettings(**found, options=options)
    _check_kind(settings, "delivery.kind")
    for name in options:
        if name not in all_kinds():
            raise BadSetting(
                tr("`[delivery.{name}]`: {hint}", name=name, hint=did_you_mean(name, all_kinds()))
            )
    return settings


def with_environment(
    settings: DeliverySettings, environment: Mapping[str, str]
) -> DeliverySettings:
    """The settings with what the environment says in place of them.  Raises BadSetting."""
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and value
    }
    found: dict[str, Any] = {}
    for key, value in given.items():
        name = f"{PREFIX}{key.upper()}"
        if key in SECRETS:
            found[key] = value
        elif key in _KEYS:
            found[key] = _read(name, key, value)
    others = {key: value for key, value in given.items() if key not in found}
    settings = replace(settings, **found, others=others)
    _check_kind(settings, f"{PREFIX}KIND")
    if others and settings.kind in own_kinds():
        name, known = next(iter(others)), (*_KEYS, *SECRETS)
        hint = did_you_mean(f"{PREFIX}{name.upper()}", [f"{PREFIX}{one.upper()}" for one in known])
        raise BadSetting(
            tr("unknown variable {variable}; {hint}", variable=f"{PREFIX}{name.upper()}", hint=hint)
        )
    if settings.secret and len(settings.secret) < SHORTEST_SECRET:
        raise BadSetting(
            tr(
                "{prefix}SECRET is too short: {count} characters at least",
                prefix=PREFIX,
                count=SHORTEST_SECRET,
            )
        )
    return settings


def _check_kind(settings: DeliverySettings, name: str) -> None:
    if settings.kind not in own_kinds() and settings.kind not in (known := all_kinds()):
        hint = did_you_mean(settings.kind, known)
        raise BadSetting(
            tr(
                '{name} = "{kind}": there is no such delivery; {hint}',
                name=name,
                kind=settings.kind,
                hint=hint,
            )
        )


def _read(name: str, key: str, value: object) -> Any:
    try:
        return _KEYS[key](value)
    except BadSetting as bad:
        shown = f'"{value}"' if isinstance(value, str) else repr(value)
        raise BadSetting(
            tr("{name} = {shown}: {why}", name=name, shown=shown, why=why(bad))
        ) from None
