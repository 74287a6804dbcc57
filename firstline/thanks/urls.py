from django.urls import path

from firstline.thanks import views

app_name = "thanks"
urlpatterns = [
    path("thanks/", views.wall, name="wall"),
    path("thanks/<int:pk>/hide/", views.hide, name="hide"),
    path("thanks/stop/<str:token>/", views.stop, name="stop"),
    path("conversations/<int:pk>/thanks/", views.panel, name="panel"),
    path("week/", views.week, name="week"),
    path("week/week.md", views.week_markdown, name="week_markdown"),
    path("week/week.csv", views.week_csv, name="week_csv"),
]
