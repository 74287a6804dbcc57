from django.urls import path, re_path

from firstline.helpcenter import feeds, views

app_name = "helpcenter"
urlpatterns = [
    path("", views.front, name="front"),
    path("read/", views.read, name="read"),
    path("typing/", views.typing, name="typing"),
    path("changes.atom", feeds.changes, name="changes"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("<slug:slug>/", views.article, name="article"),
    path("<slug:slug>/helped/", views.vote, name="vote"),
    path("<slug:slug>/why/", views.why, name="why"),
    re_path(r"^(?P<rest>.+)/$", views.missing, name="missing"),
]
