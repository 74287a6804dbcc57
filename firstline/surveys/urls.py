from django.urls import path

from firstline.surveys import views

app_name = "surveys"
urlpatterns = [
    path("surveys/", views.results, name="results"),
    path("surveys/answers.csv", views.results_csv, name="csv"),
    path("settings/surveys/", views.settings_page, name="settings"),
    path("survey/<str:token>/", views.rate, name="rate"),
]
