"""An outbox on a full disk, a real one: `python -m tests.delivery.full_outbox DIR`."""

from __future__ import annotations

import sys
from pathlib import Path

from flowlang.delivery.kinds.outbox import Outbox
from tests.delivery.contract import LETTER
from tests.mounting import small_disk


def main(place: Path) -> None:
    small_disk(place, "size=4k")
    (place / "filler").write_bytes(bytes(4096))
    (outcome,) = Outbox(place).hand_over([LETTER])
    assert outcome.status == "down", outcome
    assert outcome.reason == "the outbox cannot be written: the disk is full", outcome
    assert [one.name for one in place.iterdir()] == ["filler"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
