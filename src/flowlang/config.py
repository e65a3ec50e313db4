"""`flow.toml`: what it may say, read and checked.  An unknown key is an error with a guess."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from flowlang.calendar import zone
from flowlang.check.names import Config
from flowlang.delivery.settings import BadSetting, DeliverySettings, page, read_table
from flowlang.rules.severities import Severities
from flowlang.source import did_you_mean
from flowlang.speech import joined, tr, why
from flowlang.syntax import keywords


class ConfigError(Exception):
    """`flow.toml` cannot be used; the message says where and why, for a person."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that `flow.toml` says, with its defaults."""

    language: str = "en"
    timezone: str = "UTC"
    random_seed: int = 0
    sender: str = ""
    reply_to: str = ""
    unsubscribe_url: str = ""
    regime: str = "opt-in"
    channels: dict[str, dict[str, str]] = field(default_factory=dict)
    store_url: str = "sqlite:///.flow/state.db"
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    missed: str = "catch up"
    rules: Severities = field(default_factory=Severities)

    def config(self) -> Config:
        """What of it the language needs to know."""
        found = zone(self.timezone)
        assert found is not None
        return Config(
            self.language,
            found,
            self.random_seed,
            cast(Literal["opt-in", "opt-out"], self.regime),
            {name: channel.get("address", name) for name, channel in self.channels.items()},
            self.sender,
            self.reply_to,
            self.unsubscribe_url,
            cast(Literal["catch up", "skip"], self.missed),
        )


_TOP = ("language", "timezone", "random_seed")
_SECTIONS: dict[str, tuple[str, ...]] = {
    "sender": ("from", "reply_to", "unsubscribe_url"),
    "consent": ("regime",),
    "store": ("url",),
    "schedule": ("missed",),
}
_APART = ("channels", "delivery", "rules")
"""Sections that are more than texts."""
_CHOICES = {
    "consent.regime": ("opt-in", "opt-out"),
    "schedule.missed": ("catch up", "skip"),
}
_CHANNEL = ("webhook", "address")
_PAGE = re.compile(r"https?://[^\s/?#{}<>\"\\]+(?:/[^\s?#{}<>\"\\]*)?", re.IGNORECASE)

_WITH_PASSWORD = re.compile(
    r"[^:/]+://(?:[^:/@]*:[^@]+@|[^?]*\?(?:.*&)?(?:password|sslpassword|oauth_client_secret)=[^&])",
    re.DOTALL,
)
"""An address with a password, as SQLAlchemy reads it, or in a parameter of libpq."""


def read_settings(path: Path) -> Settings:
    """The settings of a workspace; the defaults without a `flow.toml`.  Raises ConfigError."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    try:
        raw = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ConfigError(tr("{path}: this is not UTF-8 text", path=path)) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(tr("{path}: {why}", path=path, why=error)) from None
    try:
        return _settings(raw, path.parent)
    except ConfigError as error:
        raise ConfigError(tr("{path}: {why}", path=path, why=why(error))) from None


def language_of(path: Path) -> str:
    """The language that a `flow.toml` names, also where it cannot be read otherwise; empty where it
    names none.
    """
    try:
        found = _LANGUAGE.search(path.read_text(encoding="utf-8-sig", errors="replace"))
    except OSError:
        return ""
    return found[1] if found is not None and found[1] in keywords.languages() else ""


_LANGUAGE = re.compile(r"""^\s*language\s*=\s*["']([a-zA-Z-]+)["']""", re.MULTILINE)


def _settings(raw: dict[str, Any], folder: Path) -> Settings:
    for key in raw:
        if key not in (*_TOP, *_SECTIONS, *_APART):
            _unknown(key, (*_TOP, *_SECTIONS, *_APART))
    flat: dict[str, str] = {}
    for section, known in _SECTIONS.items():
        table = _table(raw, section)
        for key, value in table.items():
            if key not in known:
                _unknown(f"{section}.{key}", tuple(f"{section}.{one}" for one in known))
            flat[f"{section}.{key}"] = _text(f"{section}.{key}", value)
    for key, choices in _CHOICES.items():
        if key in flat and flat[key] not in choices:
            raise ConfigError(
                tr(
                    '{key} = "{value}": expected {choices}',
                    key=key,
                    value=flat[key],
                    choices=_one_of(choices),
                )
            )
    return Settings(
        language=_language(raw),
        timezone=_timezone(raw),
        random_seed=_seed(raw),
        sender=_mailbox(flat, "sender.from"),
        reply_to=_mailbox(flat, "sender.reply_to"),
        unsubscribe_url=_page(flat, "sender.unsubscribe_url"),
        regime=flat.get("consent.regime", "opt-in"),
        channels=_channels(raw),
        store_url=_store(flat),
        delivery=_delivery(raw),
        missed=flat.get("schedule.missed", "catch up"),
        rules=_rules(raw, folder),
    )


def _unknown(key: str, known: tuple[str, ...]) -> None:
    raise ConfigError(tr("unknown key `{key}`; {hint}", key=key, hint=did_you_mean(key, known)))


def _one_of(choices: tuple[str, ...]) -> str:
    return joined((f'"{choice}"' for choice in choices), tr(" or "))


def _table(raw: dict[str, Any], key: str) -> dict[str, Any]:
    value = raw.get(key, {})
    if not isinstance(value, dict):
        raise ConfigError(tr("`{key}` is a section: write `[{key}]`", key=key))
    return value


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ConfigError(tr("`{key}` is a text in quotes, not {value!r}", key=key, value=value))
    return value


def _mailbox(flat: dict[str, str], key: str) -> str:
    """An address that mail can come from, empty where none is given."""
    from flowlang.addresses import mailbox  # only a file that names one

    address = flat.get(key, "")
    if address and mailbox(address) is None:
        from flowlang.intake.problem import shown

        raise ConfigError(
            tr(
                '{key} = "{address}": expected one plain e-mail address, such as "Shop'
                ' <news@example.com>"',
                key=key,
                address=shown(address),
            )
        )
    return address


def _page(flat: dict[str, str], key: str) -> str:
    """The address of a page, to which a path can be added; empty where none is given."""
    url = flat.get(key, "")
    if url and not _PAGE.fullmatch(url):
        raise ConfigError(
            tr(
                '{key} = "{url}": expected the address of a page without ? and #, such as'
                ' "https://shop.example.com/u"',
                key=key,
                url=url,
            )
        )
    return url


def _store(flat: dict[str, str]) -> str:
    """The address of the store.  One with a password is not shown, and not taken: it is a secret as
    those of `[delivery]` are.
    """
    url = flat.get("store.url", "sqlite:///.flow/state.db")
    if _WITH_PASSWORD.match(url):
        raise ConfigError(
            tr(
                "`store.url` has a password in it, which does not belong in flow.toml, which others"
                " read: put the address into the environment, as FLOW_STORE, or the password alone,"
                " as PGPASSWORD"
            )
        )
    return url


def _language(raw: dict[str, Any]) -> str:
    code = _text("language", raw.get("language", "en"))
    if code not in keywords.languages():
        raise ConfigError(
            tr(
                'language = "{code}": expected {choices}',
                code=code,
                choices=_one_of(keywords.languages()),
            )
        )
    return code


def _timezone(raw: dict[str, Any]) -> str:
    name = _text("timezone", raw.get("timezone", "UTC"))
    if zone(name) is None:
        raise ConfigError(
            tr('timezone = "{name}": there is no such zone; "Europe/Berlin" is one', name=name)
        )
    return name


def _seed(raw: dict[str, Any]) -> int:
    seed = raw.get("random_seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise ConfigError(tr("`random_seed` is a whole number, not {seed!r}", seed=seed))
    return seed


def _channels(raw: dict[str, Any]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, table in _table(raw, "channels").items():
        if not isinstance(table, dict):
            raise ConfigError(
                tr("`channels.{name}` is a section: write `[channels.{name}]`", name=name)
            )
        for key in table:
            if key not in _CHANNEL:
                _unknown(
                    f"channels.{name}.{key}", tuple(f"channels.{name}.{one}" for one in _CHANNEL)
                )
        found[name] = {key: _text(f"channels.{name}.{key}", value) for key, value in table.items()}
        if "webhook" in found[name]:
            try:
                page(found[name]["webhook"])
            except BadSetting as bad:
                shown = found[name]["webhook"]
                raise ConfigError(
                    tr(
                        'channels.{name}.webhook = "{url}": {why}',
                        name=name,
                        url=shown,
                        why=why(bad),
                    )
                ) from None
    return found


def _delivery(raw: dict[str, Any]) -> DeliverySettings:
    try:
        return read_table(_table(raw, "delivery"))
    except BadSetting as bad:
        raise ConfigError(why(bad)) from None


def _rules(raw: dict[str, Any], folder: Path) -> Severities:
    table = _table(raw, "rules")
    if not table:
        return Severities()
    from flowlang.rules import settings  # it knows all rules by name: only where one is named

    try:
        return settings.read(table, folder)
    except settings.BadRules as error:
        raise ConfigError(why(error)) from None
