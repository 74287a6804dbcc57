"""How often one address may ask for what costs computing time. Counted in the process's cache; nothing is stored."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from firstline.core import clock

WINDOW_SECONDS = 60


def exceeded(request: HttpRequest, what: str, limit: int) -> bool:
    """Count one use of `what` by the request's address; True once there are more than `limit` within the minute."""
    minute = int(clock.now().timestamp()) // WINDOW_SECONDS
    key = f"throttle:{what}:{address(request)}:{minute}"
    if cache.add(key, 1, timeout=2 * WINDOW_SECONDS):
        return limit < 1
    try:
        return cache.incr(key) > limit
    except ValueError:  # it expired between the two calls
        return False


def address(request: HttpRequest) -> str:
    """The caller's address; behind a proxy of ours, what the proxy saw."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if forwarded and getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        return str(forwarded).rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
