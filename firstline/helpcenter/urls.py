from django.urls import path, re_path

from firstline.helpcenter import views

app_name = "helpcenter"
urlpatterns = [
    path("", views.front, name="front"),
    path("read/", views.read, name="read"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("<slug:slug>/", views.article, name="article"),
    path("<slug:slug>/helped/", views.vote, name="vote"),
    re_path(r"^(?P<rest>.+)/$", views.missing, name="missing"),
]
