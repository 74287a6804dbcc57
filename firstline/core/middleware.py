"""Which host serves what, and the headers that every answer carries."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "microphone", "geolocation", "payment", "usb", "display-capture", "browsing-topics")
)


class OriginMiddleware(MiddlewareMixin):
    """Serve the content host's few routes on the content host alone, and the desk's nowhere else (ground.md G8)."""

    def process_request(self, request: HttpRequest) -> None:
        """Choose the route table by the Host header, which ALLOWED_HOSTS has yet to check."""
        content = urlsplit(settings.CONTENT_URL).netloc
        if content and request.META.get("HTTP_HOST", "") == content:
            request.urlconf = settings.CONTENT_URLCONF  # type: ignore[attr-defined]  # read by Django's handler


class HeadersMiddleware(MiddlewareMixin):
    """Headers that Django and django-csp do not set."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add Permissions-Policy, Cross-Origin-Resource-Policy, and no-store for pages of signed-in people."""
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response
