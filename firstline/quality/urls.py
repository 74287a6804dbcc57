from django.urls import path

from firstline.quality import views

app_name = "quality"
urlpatterns = [
    path("quality/", views.index, name="index"),
    path("quality/draw/", views.draw, name="draw"),
    path("quality/mine/", views.mine, name="mine"),
    path("quality/<int:pk>/", views.sample, name="sample"),
    path("quality/<int:pk>/seen/", views.seen, name="seen"),
    path("quality/<int:pk>/put-back/", views.put_back, name="put_back"),
    path("settings/quality/", views.settings_page, name="settings"),
]
