"""However many addresses a host has, to connect takes no longer than was given for it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from flowlang.delivery.connecting import connect

HOST = "127.0.0.1", "127.0.0.2", "127.0.0.3"


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Of a host whose addresses all swallow what comes: their queues are full."""
    with ExitStack() as kept:
        number = 0
        for address in HOST:
            full = kept.enter_context(socket.socket())
            full.bind((address, number))
            number = full.getsockname()[1]
            full.listen(0)
            for _ in range(4):
                waits = kept.enter_context(socket.socket())
                waits.setblocking(False)
                waits.connect_ex((address, number))
        named = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, number)) for one in HOST]
        real = socket.getaddrinfo

        def found(name: str, *args: object, **options: object) -> object:
            return named if name == "many.example" else real(name, *args, **options)  # type: ignore[arg-type] # passed on

        monkeypatch.setattr(socket, "getaddrinfo", found)
        yield number


def test_a_host_none_of_whose_addresses_answers_takes_its_time_once(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []
    one_of_them = socket.create_connection

    def noted(address: tuple[str, int], timeout: float) -> socket.socket:
        given.append(timeout)
        return one_of_them(address, timeout)

    monkeypatch.setattr(socket, "create_connection", noted)
    with pytest.raises(TimeoutError):
        connect("many.example", port, 0.3)
    assert len(given) == len(HOST)
    assert sum(given) <= 0.3


def test_one_address_that_answers_is_enough(port: int) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.4", port))
        listening.listen()
        named = [*socket.getaddrinfo("many.example", port)]
        named.append((*named[0][:4], ("127.0.0.4", port)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", lambda *_, **__: named)
            with connect("many.example", port, 1) as found:
                assert found.getpeername()[0] == "127.0.0.4"
