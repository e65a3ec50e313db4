"""Which way a letter goes: by the webhook of its channel, else by the delivery of the workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flowlang.contact import Letter
from flowlang.delivery import open_delivery
from flowlang.delivery.delivery import Delivery, Outcome
from flowlang.delivery.kinds.webhook import Nowhere, Webhook
from flowlang.delivery.settings import Setup


def open_routes(setup: Setup, webhooks: Mapping[str, str]) -> Delivery:
    """The ways out of a workspace; `webhooks` are the addresses of channels that have one.

    The outbox keeps everything, webhooks or not.  Raises BadSetting.
    """
    main = open_delivery(setup)
    if setup.settings.kind == "outbox":
        return main
    return Routes(
        main, {channel: Webhook.of(setup, url) for channel, url in sorted(webhooks.items())}
    )


class Routes(Delivery):
    """Shows each letter its way."""

    def __init__(self, main: Delivery, by_channel: Mapping[str, Delivery]) -> None:
        self._main = main
        self._by_channel = by_channel
        self._nowhere = Nowhere()
        self.place = main.place
        self.at_once = main.at_once

    def way(self, channel: str) -> Delivery:
        own = self._by_channel.get(channel)
        if own is not None:
            return own
        return self._main if self._main.carries(channel) else self._nowhere

    def carries(self, channel: str) -> bool:
        return channel in self._by_channel or self._main.carries(channel)

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        return [one for letter in letters for one in self.way(letter.channel).hand_over([letter])]

    def rest(self) -> None:
        for one in (self._main, *self._by_channel.values()):
            one.rest()
