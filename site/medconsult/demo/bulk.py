"""Generated doctors, patients and appointments in any number, for measuring. Rows are written in batches.

They carry no history rows and no audit events: nobody did anything. Doctors are verified by cases of their own, have
live pages, weekly hours and free times in search.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, product
from uuid import uuid4

from accounts.models import Gender, Patient, User
from booking.models import Appointment, AvailabilityRule
from booking.services import listing_refill
from booking.states import Status
from common import clock
from django.db import connection, transaction
from django.db.models import Max
from doctors.models import Doctor, DoctorIndexPage, DoctorPage, Listing, Location, Specialty, VisitType
from doctors.states import VerificationStatus
from verification.models import VerificationCase
from wagtail.models import Page

from medconsult.demo.people import Cast
from medconsult.demo.progress import Progress

BATCH = 2000
MADE_UP = "generated-"
GIVEN = ("Ada Ben Cora Dev Elin Femi Gwen Hari Ines Jude Kofi Lena Milo Nadia Omar Petra Quinn Rosa Sami Thea Uma "
         "Vikram Wren Yara Zac").split()  # fmt: skip
FAMILY = ("Abbott Banerjee Clarke Dhillon Evans Farah Greene Hussain Ivanov Jones Khan Lloyd Murray Ndiaye Osei Patel "
          "Quigley Reid Shah Thomas Underhill Vaughan Wong Young Zhang").split()  # fmt: skip


def doctors(total: int, people: Cast, progress: Progress) -> None:
    """Have `total` generated doctors; those that there are already count."""
    chance = random.Random(27)  # noqa: S311 - sample data, the same on every machine
    there = Doctor.objects.filter(slug__startswith=MADE_UP).count()
    index = DoctorIndexPage.objects.get()
    for start in range(there, total, BATCH):
        numbers = range(start, min(start + BATCH, total))
        with transaction.atomic():
            made = Doctor.objects.bulk_create([_doctor(number, chance) for number in numbers])
            _places(made, chance)
            _work(made, chance)
            _cases(made, people)
            _pages(made, index)
        progress.show("Doctors", numbers.stop, total)
    _listing(progress)
    _analyse()


def _doctor(number: int, chance: random.Random) -> Doctor:
    now = clock.now()
    return Doctor(
        given_name=chance.choice(GIVEN),
        family_name=chance.choice(FAMILY),
        slug=f"{MADE_UP}{number}",
        gmc_number=f"{8_000_000 + number}",
        gender=chance.choice([Gender.FEMALE, Gender.MALE]),
        languages=["en", *chance.sample(["fr", "de", "pl", "ur", "cy", "bn"], chance.choice([0, 0, 1, 2]))],
        verification_status=VerificationStatus.VERIFIED,
        verified_at=now,
    )


def _places(made: list[Doctor], chance: random.Random) -> None:
    specialties = list(Specialty.objects.values_list("pk", flat=True))
    locations = list(Location.objects.values_list("pk", flat=True))
    to_specialty, to_location = Doctor.specialties.through, Doctor.locations.through
    to_specialty.objects.bulk_create(
        [to_specialty(doctor_id=one.pk, specialty_id=chance.choice(specialties)) for one in made]
    )
    to_location.objects.bulk_create(
        [to_location(doctor_id=one.pk, location_id=chance.choice(locations)) for one in made]
    )


def _work(made: list[Doctor], chance: random.Random) -> None:
    """A visit in person and one by video; weekdays from nine to five."""
    VisitType.objects.bulk_create(
        VisitType(doctor=one, name=name, minutes=20, price_minor=price, modality=modality, position=position)
        for one in made
        for position, (name, price, modality) in enumerate(
            [("Consultation", chance.choice([0, 4500, 8000]), "in_person"), ("Video consultation", 4000, "video")]
        )
    )
    location_of = dict(
        Doctor.locations.through.objects.filter(doctor__in=made).values_list("doctor_id", "location_id")
    )
    since = clock.now().date() - timedelta(days=400)
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(
            doctor=one,
            location_id=location_of[one.pk],
            weekday=weekday,
            start_time=time(9),
            end_time=time(17),
            valid_from=since,
        )
        for one, weekday in product(made, range(5))
    )


def _cases(made: list[Doctor], people: Cast) -> None:
    now = clock.now()
    VerificationCase.objects.bulk_create(
        VerificationCase(
            doctor=one,
            status=VerificationStatus.VERIFIED,
            created_at=now,
            submitted_at=now,
            decided_at=now,
            decided_by=people.verifier,
        )
        for one in made
    )


def _pages(made: list[Doctor], index: DoctorIndexPage) -> None:
    """Live pages below the index. A page's row has two tables, so the second is filled from the first by SQL."""
    last = Page.objects.child_of(index).aggregate(path=Max("path"))["path"]
    now = clock.now()
    paths = _paths_after(index.path, last)
    model = DoctorPage(locale_id=index.locale_id)
    rows = [
        Page(
            title=one.name,
            draft_title=one.name,
            slug=one.slug,
            path=path,
            depth=index.depth + 1,
            url_path=f"{index.url_path}{one.slug}/",
            content_type=model.cached_content_type,
            locale_id=index.locale_id,
            live=True,
            first_published_at=now,
            last_published_at=now,
        )
        for one, path in zip(made, paths, strict=False)
    ]
    parents = Page.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO doctors_doctorpage (page_ptr_id, doctor_id, biography, qualifications, interests, questions)"
            " VALUES (%s, %s, %s, '[]', '[]', '[]')",
            [(page.pk, one.pk, f"<p>{one.name} sees patients on weekdays.</p>") for page, one in zip(parents, made, strict=True)],
        )
    Page.objects.filter(pk=index.pk).update(numchild=Page.objects.child_of(index).count())


def _paths_after(parent: str, last: str | None) -> Iterator[str]:
    """Treebeard's paths of new last children: the parent's path and four digits to base 36."""
    number = Page._str2int(last[-Page.steplen :]) if last else 0
    while True:
        number += 1
        yield parent + Page._int2str(number).rjust(Page.steplen, "0")


def _listing(progress: Progress) -> None:
    """Free times in search for whoever has none yet, by booking's own service."""
    now = clock.now()
    missing = Doctor.objects.listed().filter(slug__startswith=MADE_UP, listings=None)
    Listing.objects.bulk_create((Listing(doctor=one, next_available_at=now) for one in missing), batch_size=BATCH)
    total = Listing.objects.filter(next_available_at__lte=now).count()
    done = 0
    while written := listing_refill(now=now, batch=BATCH):
        done += written
        progress.show("Free times", min(done, total), total)


def patients(total: int, progress: Progress) -> None:
    """Have `total` generated patients with accounts that nobody can sign in to."""
    there = User.objects.filter(email__startswith=MADE_UP).count()
    for start in range(there, total, BATCH):
        numbers = range(start, min(start + BATCH, total))
        users = User.objects.bulk_create(
            [User(email=f"{MADE_UP}{number}@demo.example", password="!") for number in numbers]  # noqa: S106
        )
        Patient.objects.bulk_create(
            Patient(
                user=user,
                given_name=GIVEN[user.pk % len(GIVEN)],
                family_name=FAMILY[user.pk // len(GIVEN) % len(FAMILY)],
                birth_date=date(1950 + user.pk % 55, 1 + user.pk % 12, 1 + user.pk % 28),
                phone="+447700900000",
            )
            for user in users
        )
        progress.show("Patients", numbers.stop, total)


def appointments(total: int, progress: Progress) -> None:
    """Have `total` generated appointments, on past working days, each at a time of its own.

    Raises `ValueError` without generated doctors and patients to have them.
    """
    there = Appointment.objects.filter(reference__startswith="G").count()
    wanted = islice(_past_visits(), there, total)
    done = there
    while batch := list(islice(wanted, BATCH)):
        Appointment.objects.bulk_create(batch)
        done += len(batch)
        progress.show("Appointments", done, total)
    _analyse()


def _past_visits() -> Iterator[Appointment]:
    """One visit after another: each slot of the day for each doctor, day by day back from yesterday."""
    staff = list(VisitType.objects.filter(doctor__slug__startswith=MADE_UP, position=0).values_list("pk", "doctor_id"))
    place = dict(Doctor.locations.through.objects.values_list("doctor_id", "location_id"))
    people = list(Patient.objects.filter(user__email__startswith=MADE_UP).values_list("pk", "user_id"))
    if not staff or not people:
        raise ValueError("Give --doctors and --patients too: appointments need both.")
    midnight = datetime.combine(clock.now().date(), time(), UTC)
    for number in range(10**9):
        turn, (visit_type, doctor) = number // len(staff), staff[number % len(staff)]
        patient, user = people[(number * 7 + turn) % len(people)]
        start = midnight - timedelta(days=1 + turn // 24) + timedelta(hours=9, minutes=20 * (turn % 24))
        end = start + timedelta(minutes=20)
        yield Appointment(
            reference=f"G{number:010}",
            doctor_id=doctor,
            patient_id=patient,
            location_id=place[doctor],
            visit_type_id=visit_type,
            booked_by_id=user,
            status=Status.BOOKED,
            start=start,
            end=end,
            blocked=(start, end),
            modality="in_person",
            price_minor=0,
            currency="gbp",
            amount_due_minor=0,
            public_id=uuid4(),
            created_at=start - timedelta(days=7),
        )


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
