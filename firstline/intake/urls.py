from django.urls import path

from firstline.intake import hooks, views

app_name = "intake"
urlpatterns = [
    path("hooks/<slug:name>/", hooks.hook, name="hook"),
    path("messages/<int:message_id>/original/", views.original, name="original"),
    path("quarantine/", views.quarantine, name="quarantine"),
    path("quarantine/<int:item_id>/", views.quarantined, name="quarantined"),
    path("quarantine/<int:item_id>/release/", views.release, name="release"),
]
