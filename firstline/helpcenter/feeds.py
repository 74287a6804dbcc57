"""What machines read of the help centre: its changes and its addresses."""

from itertools import groupby

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from firstline.helpcenter import queries

HOUR = 3600


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """The newest publications as Atom (RFC 4287)."""
    with translation.override("en"):  # one feed for everybody: it is kept by caches
        return _cached(_feed())


def _feed() -> HttpResponse:
    front = settings.BASE_URL + reverse("helpcenter:front")
    feed = Atom1Feed(
        title=_("%(desk)s help: what is new") % {"desk": settings.DESK_NAME},
        link=front,
        description="",
        feed_url=settings.BASE_URL + reverse("helpcenter:changes"),
    )
    for revision in queries.changes():
        link = settings.BASE_URL + reverse("helpcenter:article", args=[revision.text.article.slug])
        feed.add_item(
            title=revision.title,
            link=link,
            description=queries.beginning(revision.body),
            unique_id=f"{link}#{revision.text.language}-{revision.number}",
            updateddate=revision.created_at,
            pubdate=revision.created_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public address with its languages (sitemaps.org)."""
    texts = [list(group) for _pk, group in groupby(queries.everything(), key=lambda text: text.article_id)]
    context = {"articles": texts, "shelves": queries.shelves()}
    return _cached(render(request, "helpcenter/sitemap.xml", context, content_type="application/xml"))


def _cached(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=HOUR)
    return response
