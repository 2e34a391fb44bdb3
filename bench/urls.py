from __future__ import annotations

from django.urls import include, path

from bench import floors

urlpatterns = [
    path("bench/f/", floors.floor_f),
    path("bench/l/", floors.floor_l),
    path("", include("medconsult.urls")),
]
