"""What the API answers is what its description says, whatever is sent: schemathesis looks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from flowlang.web.service import Limits
from tests.web.client import asking


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    with asking(tmp_path, limits=Limits(per_second=1e6, burst=10**9)) as client:
        client.post("/events", {"type": "tag", "contact": "c1", "tag": "offer"})
        client.site.run()
        done = subprocess.run(
            [
                sys.executable, "-c", "from schemathesis.cli import schemathesis as run; run()",
                "run", f"http://127.0.0.1:{client.site.port}/api/openapi.json",
                "--header", f"Authorization: Bearer {client.secret}",
                "--max-examples", "5", "--seed", "1", "--generation-deterministic",
                "--no-color",
            ],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "18 selected / 18 total" in done.stdout
        assert client.site.told == []
