"""Taking a leaked GitHub token out of the world: without an account of ours, and for good (P-14).

https://docs.github.com/rest/credentials/revoke (2026-11): unauthenticated only, at most 60 requests an hour.
"""

from __future__ import annotations

from firstline.channels.base import ChannelError
from firstline.channels.github import client


def revoke(token: str, url: str = "") -> bool:
    """Have GitHub revoke a token; its owner is told by mail. False when GitHub does not know such a token. Raises
    ChannelError.
    """
    try:
        client.request(
            client.anonymous(url or client.API), "POST", "/credentials/revoke", json={"credentials": [token]}
        )
    except ChannelError as error:
        response = getattr(error.__cause__, "response", None)
        if getattr(response, "status_code", 0) == 422:
            return False
        raise
    return True
