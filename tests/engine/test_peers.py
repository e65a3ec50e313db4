"""Numbers that workers lower beside each other: none comes to its end unseen."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from flowlang.engine.beside import SHARE, Alone, Peers

WORKERS = 5


@dataclass
class Stretch:
    """What a worker knows since its stretch began, and what it has taken without being seen."""

    peers: Peers
    read: int | None = None
    taken: int = 0


@given(
    st.integers(0, (WORKERS + 1) * SHARE),
    st.lists(
        st.tuples(
            st.integers(0, WORKERS - 1),
            st.sampled_from(["join", "read", "take", "commit"]),
            st.integers(1, 2 * SHARE),
        ),
        max_size=80,
    ),
)
def test_whatever_order_workers_come_in_none_lowers_a_number_past_its_end(
    left: int, happened: list[tuple[int, str, int]]
) -> None:
    at_work: dict[int, Stretch] = {}
    for who, what, amount in happened:
        one = at_work.get(who)
        if what == "join" and one is None:
            at_work[who] = Stretch(Peers(len(at_work) + 1))
        elif what == "read" and one is not None and one.read is None:
            one.read = left
        elif what == "take" and one is not None and one.read is not None:
            try:
                for _ in range(amount):
                    one.peers.lower("codes", one.read - one.taken)
                    one.taken += 1
            except Alone:
                del at_work[who]  # nothing of it was saved
        elif what == "commit" and one is not None:
            left -= one.taken
            del at_work[who]
        taken = sum(other.taken for other in at_work.values())
        assert not taken or left - taken > 0


def test_of_a_number_that_is_far_from_its_end_each_may_take_a_share() -> None:
    peers = Peers(2)
    for taken in range(SHARE):
        peers.lower("codes", 2 * SHARE + 1 - taken)
