from django.urls import path

from firstline.inboxes.views import first_run, outbox

app_name = "inboxes"
urlpatterns = [
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<int:pk>/", outbox.mail, name="mail"),
    path("outbox/<int:pk>/raw/", outbox.raw, name="raw"),
    path("welcome/", first_run.first_run, name="first_run"),
    path("welcome/listening/", first_run.listening, name="listening"),
    path("welcome/leave/", first_run.leave, name="leave"),
]
