"""Which slice answers at which address, on the desk's own host."""

from django.urls import include, path

from firstline.config import live_view

urlpatterns = [
    path("", include("firstline.conversations.urls")),
    path("", include("firstline.answers.urls")),
    path("", include("firstline.intake.urls")),
    path("", include("firstline.search.urls")),
    path("", include("firstline.inboxes.urls")),
    path("", include("firstline.operations.urls")),
    path("gaps/", include("firstline.gaps.urls")),
    path("articles/", include("firstline.knowledge.urls")),
    path("help/", include("firstline.helpcenter.urls")),
    path("accounts/", include("firstline.accounts.urls")),
    path("events/", include(([path("", live_view.stream, name="stream")], "events"))),
]
