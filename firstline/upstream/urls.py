from django.urls import path

from firstline.upstream.views import beside, inbox, making

app_name = "upstream"
urlpatterns = [
    path("conversations/<int:conversation>/upstream/", beside.panel, name="panel"),
    path("conversations/<int:conversation>/upstream/notice/", beside.notice, name="notice"),
    path("conversations/<int:conversation>/upstream/<int:thread>/act/", beside.act, name="act"),
    path("upstream/inboxes/<int:inbox>/", inbox.panel, name="inbox"),
    path("upstream/inboxes/<slug:name>/look/", inbox.look, name="look"),
    path("upstream/inboxes/<slug:name>/left/", inbox.left, name="left"),
    path("upstream/inboxes/<slug:name>/app/", making.app, name="app"),
    path("upstream/inboxes/<slug:name>/share/", making.share, name="share"),
    path("upstream/inboxes/<slug:name>/check/", making.check, name="check"),
    path("upstream/threads/<int:thread>/take/", inbox.pull_in, name="pull_in"),
    path("upstream/github/made/", making.made, name="made"),
    path("upstream/github/installed/", making.installed, name="installed"),
]
