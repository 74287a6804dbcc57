from django.urls import path

from firstline.paging import views

app_name = "paging"
urlpatterns = [
    path("on-call/", views.index, name="index"),
    path("on-call/stand-in/", views.stand_in, name="stand_in"),
    path("on-call/stand-in/<int:pk>/take-back/", views.take_back, name="take_back"),
    path("on-call/pages/<int:pk>/", views.page, name="page"),
    path("on-call/pages/<int:pk>/answer/", views.answer, name="answer"),
    path("settings/on-call/", views.settings_page, name="settings"),
    path("settings/on-call/pager/", views.keep_pager, name="keep_pager"),
    path("settings/on-call/pager/<int:pk>/try/", views.try_pager, name="try_pager"),
]
