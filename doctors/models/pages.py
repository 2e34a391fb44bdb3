from __future__ import annotations

from django.db import models
from wagtail.models import Page


class DoctorIndexPage(Page):
    max_count = 1
    subpage_types = ["doctors.DoctorPage"]


class DoctorPage(Page):
    """A doctor's public profile; public only while it is live and its doctor is listed."""

    doctor = models.OneToOneField("doctors.Doctor", on_delete=models.PROTECT, related_name="page")

    parent_page_types = ["doctors.DoctorIndexPage"]
    subpage_types: list[str] = []
