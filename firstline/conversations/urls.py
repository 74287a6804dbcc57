from django.urls import path

from firstline.conversations.views import changing, files, fragments, pages, sending

app_name = "conversations"

urlpatterns = [
    path("", pages.home, name="home"),
    path("desk/<slug:view>/", pages.list_view, name="list"),
    path("desk/<slug:view>/<int:pk>/", pages.detail, name="detail"),
    path("conversations/counts/", fragments.counts, name="counts"),
    path("conversations/<int:pk>/", pages.permalink, name="permalink"),
    path("conversations/<int:pk>/row/", fragments.row, name="row"),
    path("conversations/<int:pk>/head/", fragments.head, name="head"),
    path("conversations/<int:pk>/timeline/", fragments.timeline, name="timeline"),
    path("conversations/<int:pk>/reply/", sending.reply, name="reply"),
    path("conversations/<int:pk>/note/", sending.note, name="note"),
    path("conversations/<int:pk>/draft/", sending.save_draft, name="draft"),
    path("conversations/<int:pk>/attach/", files.attach, name="attach"),
    path("conversations/<int:pk>/assign/", changing.assign, name="assign"),
    path("conversations/<int:pk>/priority/", changing.priority, name="priority"),
    path("conversations/<int:pk>/status/", changing.status, name="status"),
    path("conversations/<int:pk>/resolve/", changing.resolve, name="resolve"),
    path("conversations/<int:pk>/snooze/", changing.snooze, name="snooze"),
    path("conversations/<int:pk>/wake/", changing.wake, name="wake"),
    path("conversations/<int:pk>/tag/", changing.tag, name="tag"),
    path("conversations/<int:pk>/untag/", changing.untag, name="untag"),
    path("conversations/<int:pk>/read/", changing.read, name="read"),
    path("messages/<int:pk>/undo/", sending.undo, name="undo"),
    path("messages/<int:pk>/retry/", sending.retry, name="retry"),
    path("messages/<int:pk>/as-sent/", files.as_sent, name="as_sent"),
    path("attachments/<int:pk>/", files.download, name="download"),
    path("attachments/<int:pk>/remove/", files.detach, name="detach"),
    path("secrets/<int:pk>/reveal/", files.reveal, name="reveal"),
]
