from django.urls import path

from firstline.privacy import views

app_name = "privacy"
urlpatterns = [path("secrets/<int:pk>/revoke/", views.revoke, name="revoke")]
