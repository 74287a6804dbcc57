"""Which slice answers at which address, on the desk's own host."""

from django.urls import include, path

from firstline.config import live_view, settings_index

urlpatterns = [
    path("", include("firstline.conversations.urls")),
    path("settings/", settings_index.index, name="settings_index"),
    path("", include("firstline.sla.urls")),
    path("", include("firstline.notifications.urls")),
    path("", include("firstline.automation.urls")),
    path("", include("firstline.shifts.urls")),
    path("", include("firstline.paging.urls")),
    path("", include("firstline.practice.urls")),
    path("", include("firstline.answers.urls")),
    path("", include("firstline.upstream.urls")),
    path("", include("firstline.translation.urls")),
    path("", include("firstline.intake.urls")),
    path("", include("firstline.ledger.urls")),
    path("", include("firstline.search.urls")),
    path("", include("firstline.inboxes.urls")),
    path("", include("firstline.operations.urls")),
    path("", include("firstline.moderation.urls")),
    path("", include("firstline.privacy.urls")),
    path("", include("firstline.handles.urls")),
    path("", include("firstline.surveys.urls")),
    path("", include("firstline.thanks.urls")),
    path("", include("firstline.quality.urls")),
    path("", include("firstline.incidents.urls")),
    path("status/", include("firstline.incidents.urls_public")),
    path("", include("firstline.escalations.urls")),
    path("gaps/", include("firstline.gaps.urls")),
    path("savings/", include("firstline.savings.urls")),
    path("upkeep/", include("firstline.upkeep.urls")),
    path("articles/", include("firstline.knowledge.urls")),
    path("help/", include("firstline.helpcenter.urls")),
    path("ask/", include("firstline.ask.urls")),
    path("accounts/", include("firstline.accounts.urls")),
    path("events/", include(([path("", live_view.stream, name="stream")], "events"))),
]
