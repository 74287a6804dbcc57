"""Whole pages, kept for whoever reads them next. What differs between two readers of the same page, the nonce of its
scripts and the token of its forms, is put in anew each time.
"""

import secrets
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token

SECONDS = 3600
TOKEN = f"token-{secrets.token_hex(16)}"
"""Give a page this as its `csrf_token`. Random for each process, so that no text can hold it."""
_NONCE = f"nonce-{secrets.token_hex(16)}"


def kept(request: HttpRequest, key: str, write: Callable[[], HttpResponse]) -> HttpResponse:
    """The page kept under `key`, which has to name everything that it shows; else what `write` makes, then kept."""
    page = cache.get(f"help-whole:{key}:{TOKEN}")
    if not isinstance(page, str):
        nonce = str(request.csp_nonce)  # type: ignore[attr-defined]  # set by django-csp
        page = write().content.decode().replace(nonce, _NONCE)
        cache.set(f"help-whole:{key}:{TOKEN}", page, SECONDS)
    own = page.replace(_NONCE, str(request.csp_nonce))  # type: ignore[attr-defined]  # as above
    return HttpResponse(own.replace(TOKEN, get_token(request)))
