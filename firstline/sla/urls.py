from django.urls import path

from firstline.sla import views

app_name = "sla"
urlpatterns = [
    path("settings/clocks/", views.settings_page, name="settings"),
    path("settings/clocks/hours/", views.save_calendar, name="save_calendar"),
    path("settings/clocks/promises/", views.save_targets, name="save_targets"),
    path("conversations/<int:pk>/clock/", views.panel, name="panel"),
    path("conversations/<int:pk>/clock/pause/", views.pause, name="pause"),
    path("conversations/<int:pk>/clock/resume/", views.resume, name="resume"),
]
