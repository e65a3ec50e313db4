"""What `[delivery]` and the environment may say, and in what words the rest is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flowlang.config import ConfigError, Settings, read_settings
from flowlang.delivery import all_kinds, open_delivery
from flowlang.delivery.kinds.outbox import Outbox
from flowlang.delivery.kinds.smtp import Smtp
from flowlang.delivery.kinds.webhook import Webhook
from flowlang.delivery.routes import open_routes
from flowlang.delivery.settings import (
    _KEYS,
    PREFIX,
    SECRETS,
    BadSetting,
    DeliverySettings,
    Rate,
    Setup,
    with_environment,
)

PAGE = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text(encoding="utf-8")
FULL = """
[delivery]
kind = "smtp"
duplicates = "allow"
give_up_after = "3 days"
rate_per_domain = "100 per minute"
timeout = 10
host = "smtp.example.com"
port = 2525
tls = "implicit"
letters_per_connection = 20
url = "https://hooks.example.com/mail"
"""


def settings_of(folder: Path, toml: str) -> Settings:
    (folder / "flow.toml").write_text(toml, encoding="utf-8")
    return read_settings(folder / "flow.toml")


def setup(settings: DeliverySettings) -> Setup:
    return Setup(settings, Path("outbox"), lambda: datetime.now(UTC))


def test_the_kinds_are_the_modules_of_the_folder() -> None:
    assert all_kinds()[:3] == ["outbox", "smtp", "webhook"]


def test_nothing_said_is_the_outbox() -> None:
    assert isinstance(open_delivery(setup(DeliverySettings())), Outbox)


def test_everything_can_be_said_in_the_file(tmp_path: Path) -> None:
    found = settings_of(tmp_path, FULL).delivery
    assert found == DeliverySettings(
        kind="smtp",
        duplicates="allow",
        give_up_after=timedelta(days=3),
        rate_per_domain=Rate(100, timedelta(minutes=1)),
        timeout=10,
        host="smtp.example.com",
        port=2525,
        tls="implicit",
        letters_per_connection=20,
        url="https://hooks.example.com/mail",
    )


def test_everything_can_be_said_in_the_environment(tmp_path: Path) -> None:
    variables = {
        "FLOW_DELIVERY_KIND": "smtp",
        "FLOW_DELIVERY_DUPLICATES": "allow",
        "FLOW_DELIVERY_GIVE_UP_AFTER": "3 days",
        "FLOW_DELIVERY_RATE_PER_DOMAIN": "100 per minute",
        "FLOW_DELIVERY_TIMEOUT": "10",
        "FLOW_DELIVERY_HOST": "smtp.example.com",
        "FLOW_DELIVERY_PORT": "2525",
        "FLOW_DELIVERY_TLS": "implicit",
        "FLOW_DELIVERY_LETTERS_PER_CONNECTION": "20",
        "FLOW_DELIVERY_URL": "https://hooks.example.com/mail",
        "OTHER": "x",
        "FLOW_DELIVERY_PASSWORD": "",
    }
    found = with_environment(DeliverySettings(), variables)
    assert found == settings_of(tmp_path, FULL).delivery


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    found = with_environment(settings_of(tmp_path, FULL).delivery, {"FLOW_DELIVERY_KIND": "outbox"})
    assert (found.kind, found.host) == ("outbox", "smtp.example.com")


def test_secrets_come_from_the_environment_and_are_never_shown() -> None:
    secrets = {"USER": "shop", "PASSWORD": "pa55word", "SECRET": "a secret of some length"}
    found = with_environment(
        DeliverySettings(), {f"FLOW_DELIVERY_{name}": value for name, value in secrets.items()}
    )
    assert (found.user, found.password, found.secret) == tuple(secrets.values())
    assert "pa55word" not in repr(found)
    assert "some length" not in repr(found)


@pytest.mark.parametrize("key", ["user", "password", "secret"])
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        settings_of(tmp_path, f'[delivery]\n{key} = "pa55word"\n')
    assert f"`delivery.{key}` does not belong in flow.toml" in str(refused.value)
    assert f"FLOW_DELIVERY_{key.upper()}" in str(refused.value)
    assert "pa55word" not in str(refused.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('hots = "x"', "unknown key `delivery.hots`; did you mean `delivery.host`?"),
        ('kind = "smpt"', 'delivery.kind = "smpt": there is no such delivery; did you mean `smtp`'),
        ("kind = 3", "delivery.kind = 3: expected a text"),
        ('duplicates = "maybe"', 'expected "avoid" or "allow"'),
        ("port = 0", "expected a whole number from 1 to 65,535"),
        ("port = true", "expected a whole number"),
        ('port = "25x"', "expected a whole number"),
        ("timeout = 31", "expected seconds, from 0.1 to 30"),
        ("timeout = nan", "expected seconds"),
        ('tls = "ssl"', 'expected "starttls" or "implicit" or "none"'),
        ('give_up_after = "soon"', 'expected a time such as "2 days"'),
        ('give_up_after = "0 days"', "expected a time"),
        ('rate_per_domain = "0 per minute"', 'expected a rate such as "100 per minute"'),
        ("rate_per_domain = 100", "expected a rate"),
        ('host = "smtp.example.com:25"', "expected the name of a mail server"),
        ('host = "a b"', "expected the name of a mail server"),
        ('url = "http://hooks.example.com/"', "http is for this machine alone; write https"),
        ('url = "https://u:p@hooks.example.com/"', "no user and no password in it"),
        ('url = "ftp://hooks.example.com/"', "expected an address such as"),
        ('url = "https://hooks.example.com/a b"', "expected an address such as"),
        ('url = "https://[::1"', "expected an address such as"),
        ('url = "https://hooks.example.com:99999/"', "expected an address such as"),
        ("[delivery.nowhere]\nx = 1", "`[delivery.nowhere]`"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        settings_of(tmp_path, f"[delivery]\n{line}\n")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"KIND": "smpt"}, 'FLOW_DELIVERY_KIND = "smpt": there is no such delivery'),
        ({"PORT": "x"}, 'FLOW_DELIVERY_PORT = "x": expected a whole number'),
        ({"PASWORD": "x"}, "unknown variable FLOW_DELIVERY_PASWORD; did you mean"),
        ({"SECRET": "short"}, "FLOW_DELIVERY_SECRET is too short"),
        ({"KIND": "smtp"}, "needs the mail server"),
        ({"KIND": "smtp", "HOST": "h", "USER": "u"}, "go together"),
        ({"KIND": "smtp", "HOST": "h", "USER": "ü", "PASSWORD": "x"}, "ASCII only"),
        (
            {"KIND": "smtp", "HOST": "h.example", "TLS": "none", "USER": "u", "PASSWORD": "x"},
            "no password is sent to h.example in the clear",
        ),
        (
            {"KIND": "webhook", "URL": "https://h.example/", "SECRET": "whsec_!!!!!!!!!!!!"},
            "no base64",
        ),
    ],
)
def test_an_environment_that_cannot_be_used_is_refused_in_one_line(
    variables: dict[str, str], said: str
) -> None:
    given = {f"FLOW_DELIVERY_{name}": value for name, value in variables.items()}
    with pytest.raises(BadSetting) as refused:
        open_delivery(setup(with_environment(DeliverySettings(), given)))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "said", "tls", "port"),
    [
        ("smtp.example.com", "", "starttls", 587),
        ("smtp.example.com", "implicit", "implicit", 465),
        ("smtp.example.com", "none", "none", 587),
        ("localhost", "", "none", 587),
        ("127.0.0.1", "", "none", 587),
        ("::1", "starttls", "starttls", 587),
    ],
)
def test_the_connection_is_encrypted_unless_it_stays_on_this_machine_or_is_said(
    host: str, said: str, tls: str, port: int
) -> None:
    found = open_delivery(setup(DeliverySettings("smtp", host=host, tls=said)))  # type: ignore[arg-type] # one of them
    assert isinstance(found, Smtp)
    assert (found.tls, found.port, found.place) == (tls, port, f"{host}:{port}")


@pytest.mark.parametrize("name", [*_KEYS, *(f"{PREFIX}{name.upper()}" for name in SECRETS)])
def test_every_key_and_secret_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE


# ------------------------------------------------------------------ channels


HOOKS = {"push": "https://push.example.com/send"}


def test_a_channel_with_a_webhook_goes_by_it_and_mail_by_the_rest() -> None:
    routes = open_routes(setup(DeliverySettings("smtp", host="smtp.example.com")), HOOKS)
    assert [routes.carries(one) for one in ("email", "push", "sms")] == [True, True, False]


def test_a_webhook_for_everything_carries_everything() -> None:
    settings = DeliverySettings("webhook", url="https://all.example.com/")
    assert open_routes(setup(settings), HOOKS).carries("sms")
    assert isinstance(open_delivery(setup(settings)), Webhook)


def test_webhooks_of_channels_alone_carry_no_mail() -> None:
    routes = open_routes(setup(DeliverySettings("webhook")), HOOKS)
    assert (routes.carries("push"), routes.carries("email")) == (True, False)


def test_the_outbox_keeps_everything_also_what_has_a_webhook() -> None:
    assert isinstance(open_routes(setup(DeliverySettings()), HOOKS), Outbox)


def test_the_webhook_of_a_channel_has_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"channels\.push\.webhook .*write https"):
        settings_of(tmp_path, '[channels.push]\nwebhook = "http://push.example.com/"\n')
