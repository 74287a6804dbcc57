from django.urls import path

from firstline.accounts import views

app_name = "accounts"
urlpatterns = [
    path("enter/<path:token>/", views.enter, name="enter"),
    path("me/", views.me, name="me"),
    path("shortcuts/", views.shortcuts, name="shortcuts"),
    path("people/", views.people, name="people"),
    path("people/add/", views.add_person, name="add_person"),
    path("people/<int:pk>/", views.access, name="access"),
    path("people/<int:pk>/link/", views.new_link, name="new_link"),
    path("people/<int:pk>/deactivate/", views.deactivate, name="deactivate"),
    path("people/<int:pk>/reactivate/", views.reactivate, name="reactivate"),
]
