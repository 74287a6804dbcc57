from django.urls import path

from firstline.notifications import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.index, name="index"),
    path("notifications/bell/", views.bell, name="bell"),
    path("notifications/read/", views.read_all, name="read_all"),
    path("notifications/<int:pk>/", views.open_one, name="open"),
    path("settings/notifications/", views.settings_page, name="settings"),
]
