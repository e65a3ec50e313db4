"""The pages behind the links in letters: GET shows a button, POST does it (RFC 8058, S5.1).

GET alone changes nothing, for programs that scan mail open every link.  A POST is the wish itself:
a mail provider sends it without cookies and takes no redirect for an answer, and the button of the
page sends it too.  Whoever has the link may follow it; there is nothing else to ask for.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flowlang.engine.following import follow, look
from flowlang.links import STAND_IN_URL, Unsubscribe, read
from flowlang.web import pages
from flowlang.web.service import Service

_STATUS = {"open": 200, "done": 200, "deleted": 410, "unknown": 404, "obsolete": 410}


def routes(service: Service) -> list[Route]:
    """At the path of `unsubscribe_url`, and at the root for a proxy that takes the path away."""
    config = service.program.config

    def answer(request: Request) -> Response:
        link = read(config.link_key, request.path_params["token"])
        if link is None:
            return pages.notice("no link", config.language, 404)
        service.follow()
        act = follow if request.method == "POST" else look
        found = act(service.store, service.states, link, service.now())
        status = _STATUS[found.standing]
        if act is follow and found.standing == "deleted" and isinstance(link, Unsubscribe):
            status = 200  # the wish has come true: nothing is sent to who was deleted
        language = found.language or config.language
        return pages.of_link(link, found.standing, language, config.sender, status)

    path = unquote(urlsplit(config.unsubscribe_url or STAND_IN_URL).path).rstrip("/")
    return [
        Route(f"{base}/{{token}}", answer, methods=["GET", "POST"])
        for base in dict.fromkeys((path, ""))
    ]
