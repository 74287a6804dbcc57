from django.urls import path

from firstline.incidents.views import desk, settings, telling

app_name = "incidents"
urlpatterns = [
    path("incidents/", desk.index, name="index"),
    path("incidents/rail/", desk.rail, name="rail"),
    path("incidents/declare/", desk.declare, name="declare"),
    path("incidents/<int:pk>/", desk.incident, name="incident"),
    path("incidents/<int:pk>/confirm/", desk.confirm, name="confirm"),
    path("incidents/<int:pk>/dismiss/", desk.dismiss, name="dismiss"),
    path("incidents/<int:pk>/update/", desk.update, name="update"),
    path("incidents/<int:pk>/attach/", desk.attach, name="attach"),
    path("incidents/<int:pk>/detach/<int:conversation>/", desk.detach, name="detach"),
    path("incidents/<int:pk>/facts/", desk.facts, name="facts"),
    path("incidents/<int:pk>/lessons/", desk.lessons, name="lessons"),
    path("incidents/<int:pk>/tell/", telling.tell, name="tell"),
    path("incidents/<int:pk>/take-back/<int:telling_pk>/", telling.take_back, name="take_back"),
    path("conversations/<int:pk>/incident/", desk.panel, name="panel"),
    path("settings/status/", settings.index, name="settings"),
    path("settings/status/components/", settings.component, name="add_component"),
    path("settings/status/components/<int:pk>/", settings.component, name="component"),
    path("settings/status/components/<int:pk>/drop/", settings.drop_component, name="drop_component"),
    path("settings/status/monitors/", settings.monitor, name="monitor"),
    path("settings/status/monitors/<int:pk>/drop/", settings.drop_monitor, name="drop_monitor"),
    path("incidents/alarms/<slug:name>/", settings.alarm, name="alarm"),
]
