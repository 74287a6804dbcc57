from django.urls import path

from firstline.handles import views, views_beside

app_name = "handles"

urlpatterns = [
    path("contacts/", views.contacts, name="contacts"),
    path("contacts/<int:pk>/", views.contact, name="contact"),
    path("contacts/<int:pk>/same/", views.same, name="same"),
    path("contacts/<int:pk>/other/", views.not_the_same, name="not_the_same"),
    path("contacts/<int:pk>/organization/", views.set_organization, name="set_organization"),
    path("contacts/merges/<int:pk>/undo/", views.unmerge, name="unmerge"),
    path("contacts/organizations/<int:pk>/", views.organization, name="organization"),
    path("conversations/<int:pk>/elsewhere/", views_beside.panel, name="panel"),
    path("conversations/<int:pk>/elsewhere/notice/", views_beside.notice, name="notice"),
    path("conversations/<int:pk>/elsewhere/<int:pair>/<slug:verb>/", views_beside.settle, name="settle"),
]
