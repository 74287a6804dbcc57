from django.urls import path

from firstline.answers import beside, catalogue_pages, public_pages, settings_pages, views

app_name = "answers"
urlpatterns = [
    path("conversations/<int:pk>/diagnosis/", views.diagnosis, name="diagnosis"),
    path("conversations/<int:pk>/suggestion/", views.suggestion, name="suggestion"),
    path("suggestions/<int:pk>/insert/", views.insert, name="insert"),
    path("suggestions/<int:pk>/dismiss/", views.dismiss, name="dismiss"),
    path("suggestions/<int:pk>/draft/", views.draft, name="draft"),
    path("conversations/<int:pk>/ask/", views.ask, name="ask"),
    path("conversations/<int:pk>/beside/", beside.panel, name="beside"),
    path("conversations/<int:pk>/sort/", beside.accept, name="sort"),
    path("conversations/<int:pk>/sort/change/", beside.change, name="change_sorting"),
    path("conversations/<int:pk>/sort/<slug:kind>/", beside.correct, name="correct_sorting"),
    path("answered/<str:token>/", public_pages.helped, name="helped"),
    path("settings/answers/", settings_pages.report, name="report"),
    path("settings/answers/usage.csv", settings_pages.usage, name="usage"),
    path("settings/answers/precision/", settings_pages.set_precision, name="set_precision"),
    path("settings/failures/", catalogue_pages.listing, name="catalogue"),
    path("settings/failures/new/", catalogue_pages.edit, name="new_entry"),
    path("settings/failures/<slug:signature_id>/", catalogue_pages.edit, name="entry"),
    path("settings/failures/<slug:signature_id>/drop/", catalogue_pages.drop, name="drop_entry"),
    path("settings/answers/replay/", settings_pages.replay, name="replay"),
    path("settings/answers/replay/start/", settings_pages.start, name="start_replay"),
    path("settings/answers/policy/", settings_pages.decide, name="decide"),
]
