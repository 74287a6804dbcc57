from django.urls import path

from firstline.notifications import views, views_push

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.index, name="index"),
    path("notifications/bell/", views.bell, name="bell"),
    path("notifications/read/", views.read_all, name="read_all"),
    path("notifications/<int:pk>/", views.open_one, name="open"),
    path("settings/notifications/", views.settings_page, name="settings"),
    path("settings/notifications/push/", views_push.subscribe, name="subscribe"),
    path("settings/notifications/push/try/", views_push.try_out, name="try_out"),
    path("settings/notifications/push/<int:pk>/forget/", views_push.forget, name="forget"),
    path("manifest.webmanifest", views_push.manifest, name="manifest"),
    path("sw.js", views_push.service_worker, name="service_worker"),
    path("offline/", views_push.offline, name="offline"),
]
