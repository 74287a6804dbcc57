from django.urls import path

from firstline.ask import views, views_inbox, views_own

app_name = "ask"

urlpatterns = [
    path("", views.front, name="front"),
    path("embed.js", views.embed_script, name="embed_script"),
    path("to/<slug:name>/", views.choose, name="choose"),
    path("to/<slug:name>/<slug:case>/", views.ask, name="ask"),
    path("to/<slug:name>/<slug:case>/answers/", views.answers, name="answers"),
    path("receipt/<str:token>/", views_own.receipt, name="receipt"),
    path("confirm/<str:token>/", views_own.confirm, name="confirm"),
    path("inbox/<int:pk>/", views_inbox.inbox, name="inbox"),
    path("mine/", views_own.mine, name="mine"),
    path("mine/<str:token>/", views_own.look, name="look"),
]
