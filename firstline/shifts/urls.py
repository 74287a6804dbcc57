from django.urls import path

from firstline.shifts import views

app_name = "shifts"
urlpatterns = [
    path("shift/", views.shift, name="shift"),
    path("shift/hand-over/", views.hand_over, name="hand_over"),
    path("shift/away/", views.away, name="away"),
    path("shift/hours/", views.hours, name="hours"),
    path("conversations/<int:pk>/hand-over/", views.panel, name="panel"),
]
