from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from medconsult.demo import bulk, clinic, content, diary, landing, library, pages, people, verification, welsh
from medconsult.demo.progress import Progress
from medconsult.settings.env import is_loopback

# Where nobody says how many patients there shall be.
VISITS_EACH = 50


class Command(BaseCommand):
    """Fills the database with the demo's people, pages and appointments. Repeatable: what is there stays."""

    help = "Sample data for the demo; with numbers, large sets of generated doctors, patients and appointments."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--doctors", type=int, default=0, help="how many generated doctors there shall be")
        parser.add_argument(
            "--patients", type=int, default=0, help="how many generated patients there shall be (one for 50 visits)"
        )
        parser.add_argument("--appointments", type=int, default=0, help="how many generated visits there shall be")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not (settings.DEVELOPMENT_PAGES or is_loopback(settings.BASE_URL)):
            raise CommandError(f"Everybody knows the password of the sample accounts, so not at {settings.BASE_URL}.")
        progress = Progress(self.stdout)
        cast = people.cast()
        clinic.places()
        clinic.consents()
        people.reception()
        people.carers(cast)
        for sample in progress.over(content.DOCTORS, "Doctors"):
            clinic.doctor(sample, cast)
        clinic.proposal(cast)
        verification.newcomer()
        pages.standard_pages(cast)
        library.library(cast)
        landing.landing_pages(cast)
        pages.front_page(cast)
        pages.site_settings()
        welsh.welsh_pages(cast)
        pages.put_first()
        diary.diary(cast)
        pages.payments()
        if options["doctors"]:
            bulk.doctors(options["doctors"], cast, progress)
        visits = options["appointments"]
        if patients := options["patients"] or visits // VISITS_EACH:
            bulk.patients(patients, progress)
        if visits:
            bulk.appointments(visits, progress)
