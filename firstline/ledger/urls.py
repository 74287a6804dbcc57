from django.urls import path

from firstline.ledger import sample_pages, views

app_name = "ledger"
urlpatterns = [
    path("settings/ledger/", views.page, name="page"),
    path("settings/ledger/check/", views.check, name="check"),
    path("settings/ledger/state/", views.state, name="state"),
    path("settings/ledger/sample/", sample_pages.sample, name="sample"),
    path("settings/ledger/sample/<int:pk>/", sample_pages.sampled, name="sampled"),
    path("settings/ledger/sample/<int:pk>/judge/", sample_pages.judge, name="judge"),
]
