"""For those who run the server: metrics, the description of the API, and its page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from flowlang.program.program import Program
from flowlang.source import Findings
from flowlang.stores.rows import Changes
from flowlang.web.service import FOLLOWS, Unreadable
from flowlang.workspace import Workspace
from tests.cli.calling import flow
from tests.web.client import SETTINGS, SHOP, Client, asking
from tests.web.site import compiled
from tests.web.test_serve import serving as running

Samples = dict[tuple[str, ...], float]


def metrics(client: Client) -> Samples:
    """By name and labels."""
    answer = client.raw("GET", "/metrics")
    assert (answer.status, answer.headers["content-type"]) == (
        200, "text/plain; version=0.0.4; charset=utf-8",
    )  # fmt: skip
    return {
        (one.name, *one.labels.values()): one.value
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
    }


def test_the_metrics_count_what_the_store_holds(tmp_path: Path) -> None:
    seconds = [0.0]
    with asking(tmp_path, clock=lambda: seconds[0]) as client:
        site = client.site
        for contact in ("c1", "c2"):
            client.post("/events", {"type": "tag", "contact": contact, "tag": "offer"})
        site.run()
        client.post("/coupons/early-bird", {"codes": ["A1", "A2"]}, 200)
        client.post("/events", {"type": "tag", "contact": "c2", "tag": "x"})
        found = metrics(client)
        assert found["flow_contacts",] == 2
        assert found["flow_messages_halted", "Offer"] == 1
        assert found["flow_arrivals_pending",] == 1
        assert found["flow_coupons_left", "early-bird"] == 2
        assert found["flow_runs", "Offer", "halted"] == 1
        assert found["flow_runs", "Offer", "finished"] == 1
        assert found["flow_due_lag_seconds",] == 0

        client.post("/events", {"type": "resume", "message": "Offer"})
        site.run()
        assert metrics(client) == found  # kept for a few seconds
        seconds[0] += 5
        found = metrics(client)
        assert found["flow_messages_sent", "Offer"] == 0  # nothing was handed over yet
        assert found["flow_messages_queued", "Offer"] == 1
        assert found["flow_letters", "queued"] == 1
        assert found["flow_coupons_used", "early-bird"] == 1
        assert found["flow_messages_halted", "Offer"] == 0


def test_what_is_declared_has_its_metrics_before_anything_has_happened(tmp_path: Path) -> None:
    with asking(tmp_path) as client:
        found = metrics(client)
    names = {
        ("flow_arrivals_pending",), ("flow_arrivals_scheduled",), ("flow_letters", "queued"),
        ("flow_messages_sent", "Offer"), ("flow_messages_queued", "Offer"),
        ("flow_messages_unknown", "Offer"), ("flow_messages_failed", "Offer"),
        ("flow_messages_halted", "Offer"), ("flow_coupons_left", "early-bird"),
        ("flow_coupons_used", "early-bird"), ("flow_runs", "Offer", "waiting"),
        ("flow_runs", "Thanks", "finished"),
    }  # fmt: skip
    assert {name: found[name] for name in names} == dict.fromkeys(names, 0)


def test_what_has_come_in_for_a_later_time_is_not_what_the_engine_has_yet_to_do(
    client: Client,
) -> None:
    tag = {"type": "tag", "contact": "c1", "tag": "x"}
    later = client.site.now.replace(year=client.site.now.year + 1).isoformat()
    client.post("/events", [tag, tag, tag | {"at": later}])
    found = metrics(client)
    assert (found["flow_arrivals_pending",], found["flow_arrivals_scheduled",]) == (2, 1)
    assert found["flow_due_lag_seconds",] == 0


def test_the_lag_says_for_how_long_the_engine_has_not_done_its_work(client: Client) -> None:
    client.post("/events", {"type": "tag", "contact": "c2", "tag": "x"})
    late = client.site.now
    client.site.now = late.replace(hour=late.hour + 1)
    assert metrics(client)["flow_due_lag_seconds",] == 3_600


def test_metrics_are_open_only_where_one_says_so(tmp_path: Path) -> None:
    with asking(tmp_path, open_metrics=True) as client:
        assert client.site.get("/metrics").status == 200
        assert client.site.get("/api/v1/coupons").status == 401


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--open-metrics", "--host", "0.0.0.0", "--port", "0"], "--open-metrics would show them"),  # noqa: S104 - it is refused
        (["--rate", "0"], "--rate"),
        (["--max-body", "0"], "--max-body"),
    ],
)
def test_what_would_not_be_safe_is_refused(tmp_path: Path, args: list[str], said: str) -> None:
    (tmp_path / "flow.toml").write_text("")
    (tmp_path / "a.flow").write_text('campaign "A"\n  start when tagged "a"\n  tag "b"\n')
    done = flow("serve", *args, cwd=tmp_path, FLOW_STORE="")
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1"])
def test_links_may_not_lie_where_the_api_is(tmp_path: Path, path: str) -> None:
    (tmp_path / "flow.toml").write_text(f'[sender]\nunsubscribe_url = "https://x.example{path}"\n')
    (tmp_path / "a.flow").write_text('campaign "A"\n  start when tagged "a"\n  tag "b"\n')
    done = flow("serve", "--port", "0", cwd=tmp_path, FLOW_STORE="")
    assert done.returncode == 2
    assert "take another one, such as /u" in done.stderr


def test_the_program_serves_the_api_beside_the_links(tmp_path: Path) -> None:
    (tmp_path / "flow.toml").write_text("")
    (tmp_path / "a.flow").write_text('campaign "A"\n  start when tagged "a"\n  tag "b"\n')
    with running(tmp_path) as server:
        from urllib.request import urlopen

        with urlopen(f"{server}/health") as answer:  # noqa: S310 - of this machine
            assert json.load(answer) == {"live": True, "ready": True}


def test_what_is_applied_is_served_a_second_later(tmp_path: Path) -> None:
    seconds, broken = [0.0], [True]

    def load(expressions: object) -> tuple[Workspace, Program]:
        if broken[0]:
            raise Unreadable("it is from another time")
        return Workspace(Path(), SETTINGS, Findings()), compiled(SHOP + "\nevent refund\n")

    refund = {"type": "event", "contact": "c1", "name": "refund"}
    with asking(tmp_path, load=load, clock=lambda: seconds[0]) as client:
        client.post("/events", refund, 409)
        for number, status in enumerate((409, 202), 1):
            client.site.store.save(Changes(program=f'{{"number": {number}}}'))
            client.post("/events", refund, 409)
            seconds[0] += FOLLOWS
            client.post("/events", refund, status)
            broken[0] = False
        assert client.site.told == [
            "the version that was applied cannot be served: it is from another time"
        ]


def test_the_description_is_complete(client: Client) -> None:
    found = json.loads(client.site.get("/api/openapi.json").text)
    assert found["openapi"].startswith("3.1")
    schemas = found["components"]["schemas"]
    for name in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(found)):
        assert name in schemas
    names = [one["operationId"] for path in found["paths"].values() for one in path.values()]
    assert "resume_process" in names
    assert len(set(names)) == len(names)
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            told = operation["responses"].keys()
            assert operation["description"], (method, path)
            assert "500" in told
            if operation.get("x-scope"):
                assert {"401", "403", "429", "503"} <= told, (method, path)
                assert operation["security"] == [{"token": []}]
            for media in operation.get("requestBody", {}).get("content", {}).values():
                assert "example" in media or "examples" in media or "schema" in media
    kinds = [one["properties"]["type"]["const"] for one in schemas["Event"]["oneOf"]]
    assert "import coupons" in kinds


def test_its_page_loads_nothing_and_runs_nothing(client: Client) -> None:
    page = client.site.get("/api/docs")
    assert page.status == 200
    assert "POST /api/v1/events" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.findall(r"<script|<img|<link|<iframe|src=", page.text)
    assert re.findall(r'href="([^"]+)"', page.text) == ["/api/openapi.json"]
