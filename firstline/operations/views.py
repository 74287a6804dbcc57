from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from firstline.operations import queries


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 when web, worker, intake and database are alive, else 503 naming the one that is not."""
    found = queries.health()
    return JsonResponse({"status": "ok" if found.ok else "failing", **asdict(found)}, status=200 if found.ok else 503)
