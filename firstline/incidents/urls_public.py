from django.urls import path

from firstline.incidents.views import public

app_name = "status"
urlpatterns = [
    path("", public.page, name="page"),
    path("history/", public.history, name="history"),
    path("status.json", public.as_json, name="json"),
    path("changes.atom", public.atom, name="atom"),
    path("<int:pk>/", public.incident, name="incident"),
]
