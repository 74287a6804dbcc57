from django.urls import path

from firstline.conversations import content_views

app_name = "content"

urlpatterns = [
    path("file/<str:token>/", content_views.file, name="file"),
    path("shared/<str:token>/", content_views.shared, name="shared"),
    path("mail/<str:token>/", content_views.mail, name="mail"),
    path("picture/<str:token>/", content_views.picture, name="picture"),
]
