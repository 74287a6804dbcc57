"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest


def desk(request: HttpRequest) -> dict[str, object]:
    """The desk's name and addresses."""
    return {
        "desk_name": settings.DESK_NAME,
        "base_url": settings.BASE_URL,
        "content_url": settings.CONTENT_URL,
        "support_address": settings.SUPPORT_ADDRESS,
    }
