from django.urls import path

from firstline.translation import views

app_name = "translation"
urlpatterns = [
    path("conversations/<int:pk>/translation/", views.panel, name="panel"),
    path("conversations/<int:pk>/translate/", views.translate, name="translate"),
    path("conversations/<int:pk>/translate-draft/", views.draft, name="draft"),
    path("settings/languages/", views.own, name="own"),
    path("settings/languages/inboxes/", views.inboxes, name="inboxes"),
    path("settings/languages/try/", views.try_out, name="try"),
]
