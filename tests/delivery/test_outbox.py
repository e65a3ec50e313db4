from __future__ import annotations

import json
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from flowlang.delivery.kinds.outbox import Outbox
from tests import mounting
from tests.delivery.contract import LETTER, Arrived, DeliveryContract, Place


class OutboxPlace:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def delivery(self) -> Outbox:
        return Outbox(self.folder)

    def arrived(self) -> list[Arrived]:
        return [read_back(file) for file in sorted(self.folder.glob("*.eml"))]


def read_back(file: Path) -> Arrived:
    mail = message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=default)
    body = mail.get_body(("plain",))
    assert body is not None
    return Arrived(mail["Message-ID"], mail["To"], mail["Subject"], body.get_content())


class TestOutbox(DeliveryContract):
    def place(self, folder: Path) -> Place:
        return OutboxPlace(folder)


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_the_same_letter_twice_is_one_file_with_the_same_bytes(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.hand_over([LETTER])
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    outbox.hand_over([LETTER])
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == before
    assert len(before) == 1


def test_a_file_name_tells_when_and_which_message(tmp_path: Path) -> None:
    Outbox(tmp_path).hand_over([LETTER])
    (name,) = files(tmp_path)
    assert name.startswith("2026-12-01T190000Z-offer-")
    assert name.endswith(".eml")


def test_no_message_or_id_makes_a_path_out_of_the_folder(tmp_path: Path) -> None:
    evil = replace(LETTER, id="../../etc/passwd", message="../../../tmp/x\x00")
    folder = tmp_path / "outbox"
    assert Outbox(folder).hand_over([evil])[0].status == "delivered"
    assert files(tmp_path) == ["outbox"]
    assert len(files(folder)) == 1


def test_a_letter_for_another_channel_is_a_json_file_that_holds_all_of_it(tmp_path: Path) -> None:
    sms = replace(LETTER, channel="sms", address="+49 170 1", html="")
    Outbox(tmp_path).hand_over([sms])
    (name,) = files(tmp_path)
    data = json.loads((tmp_path / name).read_text())
    assert data["address"] == "+49 170 1"
    assert data["text"] == LETTER.text
    assert data["at"] == "2026-12-01T19:00:00+00:00"


def test_a_folder_that_cannot_be_made_takes_nothing_now_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (outcome,) = Outbox(tmp_path / "file" / "outbox").hand_over([LETTER])
    assert outcome.status == "down"
    assert outcome.reason == "the outbox cannot be written: Not a directory"


def test_a_full_disk_is_said_in_words(tmp_path: Path) -> None:
    done = mounting.run("tests.delivery.full_outbox", tmp_path)
    assert done.returncode == 0, done.stderr


def test_no_half_written_file_stays_behind(tmp_path: Path) -> None:
    Outbox(tmp_path).hand_over([replace(LETTER, id=str(number)) for number in range(5)])
    assert all(name.endswith(".eml") for name in files(tmp_path))


@pytest.mark.parametrize(
    ("message", "name"),
    [("Läuft ab", "-laeuft-ab-"), ("Déjà vu", "-deja-vu-"), ("", "-report-"), ("目", "-message-")],
)
def test_a_file_is_named_by_its_message(tmp_path: Path, message: str, name: str) -> None:
    assert name in Outbox(tmp_path).file_of(replace(LETTER, message=message)).name
