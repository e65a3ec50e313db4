"""What `flow.toml` says is judged when it is read, by every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import flow, workspace


@pytest.mark.parametrize("key", ["from", "reply_to"])
@pytest.mark.parametrize(
    "address", ["kein Absender", "a@example.com, b@example.com", "Shop <news>", "a@b\\r\\nBcc: c@d"]
)
def test_a_sender_that_no_mail_can_have_is_refused(tmp_path: Path, key: str, address: str) -> None:
    shop = workspace(tmp_path / "shop")
    (shop / "flow.toml").write_text(f'[sender]\n{key} = "{address}"\n')
    done = flow("check", cwd=shop)
    assert done.returncode == 2
    assert f'sender.{key} = "' in done.stderr
    assert 'expected one plain e-mail address, such as "Shop <news@example.com>"' in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_sender_may_have_a_name_and_an_umlaut(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop")
    (shop / "flow.toml").write_text(
        '[sender]\nfrom = "Käthe Groß <k@münchen.example>"\nreply_to = "k@example.com"\n'
    )
    done = flow("check", cwd=shop)
    assert (done.returncode, done.stderr) == (0, "Nothing found in 1 file.\n")
