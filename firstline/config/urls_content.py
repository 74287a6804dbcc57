"""The few routes of the content host: files and mail HTML, away from the desk's cookies (ground.md G8)."""

from django.urls import include, path

urlpatterns = [path("", include("firstline.conversations.urls_content"))]
