from django.urls import path

from firstline.privacy import views

app_name = "privacy"
urlpatterns = [
    path("secrets/<int:pk>/revoke/", views.revoke, name="revoke"),
    path("conversations/<int:pk>/in-public/", views.in_public, name="in_public"),
    path("messages/<int:pk>/hide-there/", views.hide_there, name="hide_there"),
    path("messages/<int:pk>/advise-there/", views.advise_there, name="advise_there"),
]
