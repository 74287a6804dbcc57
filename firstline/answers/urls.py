from django.urls import path

from firstline.answers import views

app_name = "answers"
urlpatterns = [
    path("conversations/<int:pk>/diagnosis/", views.diagnosis, name="diagnosis"),
    path("conversations/<int:pk>/suggestion/", views.suggestion, name="suggestion"),
    path("suggestions/<int:pk>/insert/", views.insert, name="insert"),
    path("suggestions/<int:pk>/dismiss/", views.dismiss, name="dismiss"),
]
