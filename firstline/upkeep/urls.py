from django.urls import path

from firstline.upkeep import views

app_name = "upkeep"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.article, name="article"),
    path("<int:pk>/foreseen/", views.foreseen, name="foreseen"),
    path("findings/<int:pk>/wave/", views.wave, name="wave"),
    path("releases/", views.released, name="released"),
]
