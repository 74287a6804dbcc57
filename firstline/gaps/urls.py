from django.urls import path

from firstline.gaps import views

app_name = "gaps"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/write/", views.write, name="write"),
    path("<int:pk>/attach/", views.attach, name="attach"),
    path("<int:pk>/dismiss/", views.dismiss, name="dismiss"),
]
