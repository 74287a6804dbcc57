from django.urls import path

from firstline.savings import views

app_name = "savings"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/expected/", views.expected, name="expected"),
    path("<int:pk>/hold-out/", views.hold_out, name="hold_out"),
]
