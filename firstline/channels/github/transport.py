"""githubkit's requests leave by the desk's one way out (S-19), redirects included, each checked like the first."""

from __future__ import annotations

import httpx

from firstline.core import egress

BYTES = 25 * 1024 * 1024
"""A page holds a hundred comments of at most 65,000 characters."""
OURS = {"host", "content-length", "connection", "accept-encoding", "transfer-encoding"}
"""Headers that whoever makes the connection writes."""
READ = {"content-encoding", "content-length", "transfer-encoding"}
"""Headers that mean nothing once the body has been read."""


class Egress(httpx.BaseTransport):
    """What httpx asks to have sent, sent by `core.egress`."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.ConnectError when nothing was sent, httpx.ReadError when the answer did not come."""
        headers = {name: value for name, value in request.headers.items() if name not in OURS}
        body = request.read()
        try:
            answer = egress.fetch(
                str(request.url), method=request.method, body=body or None, headers=headers, limit=BYTES,
                from_settings=True, follow=False,
            )  # fmt: skip
        except egress.EgressRefused as error:
            kind = httpx.ReadError if error.sent else httpx.ConnectError
            raise kind(str(error), request=request) from error
        kept = {name: value for name, value in answer.headers.items() if name not in READ}
        return httpx.Response(answer.status, headers=kept, content=answer.body, request=request)
