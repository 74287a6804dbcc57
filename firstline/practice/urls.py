from django.urls import path

from firstline.practice import views

app_name = "practice"
urlpatterns = [
    path("practice/", views.index, name="index"),
    path("practice/<int:pk>/", views.case, name="case"),
]
