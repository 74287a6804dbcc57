from django.urls import path

from firstline.upstream.views import beside

app_name = "upstream"
urlpatterns = [
    path("conversations/<int:conversation>/upstream/", beside.panel, name="panel"),
    path("conversations/<int:conversation>/upstream/notice/", beside.notice, name="notice"),
    path("conversations/<int:conversation>/upstream/<int:thread>/act/", beside.act, name="act"),
]
