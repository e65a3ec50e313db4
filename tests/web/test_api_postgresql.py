"""The API over PostgreSQL answers as it does over a file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.web.client import asking

PURCHASE = {"type": "event", "contact": "c2", "name": "purchase", "data": {"total": 99}}


def test_events_contacts_codes_and_processes(tmp_path: Path, postgresql_url: str) -> None:
    with asking(tmp_path, url=postgresql_url) as client:
        with ThreadPoolExecutor(8) as pool:
            batch = [[PURCHASE | {"id": str(number % 20)}] for number in range(60)]
            answers = list(pool.map(lambda one: client.post("/events", one), batch))
        assert sum(one["refused"] for one in answers) == 0
        assert client.site.waiting() == 20
        client.post("/events", {"type": "tag", "contact": "c1", "tag": "offer"})
        client.site.run()
        [halted] = client.get("/processes?status=halted")["processes"]
        client.post("/coupons/early-bird", {"codes": ["A1"]}, 200)
        client.post(f"/processes/{halted['number']}/resume")
        client.post("/contacts", [{"id": "c3", "score": 70}])
        client.site.run()
        assert client.get(f"/processes/{halted['number']}")["done"] == 1
        page = client.get("/contacts?where=score%20%3E%2060")
        assert [one["id"] for one in page["contacts"]] == ["c3"]
        assert 'flow_coupons_used{list="early-bird"} 1.0' in client.raw("GET", "/metrics").text
        assert client.post("/events", {"type": "tag", "contact": "c1", "tag": "a\0"}, 409)
        client.get("/contacts/%00", 422)
        assert client.site.get("/health").status == 200
