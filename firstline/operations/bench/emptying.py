"""The desk's own web process with nothing but an empty view: the floor of the `helpcenter` row.

python -m firstline.operations.bench.emptying
"""

import os
import sys

from django.http import HttpRequest, HttpResponse
from django.urls import path


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing, behind all that stands before every view."""
    return HttpResponse()


urlpatterns = [path("", empty)]

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstline.config.settings")
    from django.conf import settings

    from firstline.operations.web import run_web

    settings.ROOT_URLCONF = "firstline.operations.bench.emptying"
    sys.exit(run_web())
