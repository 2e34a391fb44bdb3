from __future__ import annotations

from django.apps import AppConfig


class DoctorsConfig(AppConfig):
    name = "doctors"
