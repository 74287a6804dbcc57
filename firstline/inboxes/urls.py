from django.urls import path

from firstline.inboxes.views import consent, first_run, links, outbox, settings_pages, stopping

app_name = "inboxes"
urlpatterns = [
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<int:pk>/", outbox.mail, name="mail"),
    path("outbox/<int:pk>/raw/", outbox.raw, name="raw"),
    path("welcome/", first_run.first_run, name="first_run"),
    path("welcome/listening/", first_run.listening, name="listening"),
    path("welcome/leave/", first_run.leave, name="leave"),
    path("settings/inboxes/", settings_pages.inboxes, name="inboxes"),
    path("settings/inboxes/add/<slug:channel>/", settings_pages.add, name="add"),
    path("settings/inboxes/one/<slug:name>/", settings_pages.inbox, name="inbox"),
    path("settings/inboxes/one/<slug:name>/edit/", settings_pages.edit, name="edit"),
    path("settings/inboxes/one/<slug:name>/state/", settings_pages.state, name="state"),
    path("settings/inboxes/one/<slug:name>/dns/", settings_pages.dns, name="dns"),
    path("settings/inboxes/one/<slug:name>/test/", settings_pages.test, name="test"),
    path("settings/inboxes/one/<slug:name>/switch/", settings_pages.switch, name="switch"),
    path("settings/inboxes/one/<slug:name>/connect/", consent.ask, name="connect"),
    path("settings/inboxes/links/", links.links, name="links"),
    path("settings/inboxes/links/<int:pk>/shut/", links.shut, name="shut"),
    path("settings/connected/", consent.back, name="consent_back"),
    path("not-me/<str:token>/", stopping.not_me, name="not_me"),
]
