from django.urls import path

from firstline.automation import views

app_name = "automation"
urlpatterns = [
    path("settings/rules/", views.index, name="index"),
    path("settings/rules/new/", views.edit, name="new"),
    path("settings/rules/<int:pk>/", views.show, name="rule"),
    path("settings/rules/<int:pk>/edit/", views.edit, name="edit"),
    path("settings/rules/<int:pk>/try/", views.attempt, name="try"),
    path("settings/rules/<int:pk>/switch/", views.switch, name="switch"),
    path("settings/rules/<int:pk>/delete/", views.delete, name="delete"),
]
