"""Generated doctors, patients and appointments in any number, for measuring. Rows are written in batches.

They carry no history rows, revisions or audit events: nobody did anything. Doctors are verified by cases of their own,
have live pages with portraits, weekly hours and free times in search. Wagtail's own indexes do not know their pages
until `manage.py update_index` and `manage.py rebuild_references_index` are run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, islice

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Max, Min
from wagtail.models import Page

from accounts.models import Gender, Patient, User
from accounts.roles import Role
from booking.models import Appointment, AvailabilityRule
from booking.services import listing_refill
from booking.states import Status
from common import clock
from doctors.models import Doctor, DoctorIndexPage, DoctorPage, Listing, Location, Specialty, VisitType
from doctors.states import Modality, VerificationStatus
from medconsult.demo import content
from medconsult.demo.content import shapes
from medconsult.demo.people import Cast
from medconsult.demo.progress import Progress
from verification.models import VerificationCase
from verification.states import Status as CaseStatus

BATCH = 1000
MADE_UP = "generated-"
# Booking's references hold no zero.
REFERENCE = "G0"
PEOPLE: list[shapes.Doctor | shapes.Patient] = [*content.DOCTORS, *content.PATIENTS]
GIVEN = {gender: [one.given_name for one in PEOPLE if one.gender == gender] for gender in (Gender.FEMALE, Gender.MALE)}
FAMILY = [one.family_name for one in PEOPLE]
OPEN_SINCE_DAYS = 400
MINUTES = 20


def doctors(total: int, people: Cast, progress: Progress) -> None:
    """Have `total` generated doctors; those that there are already count. Free times that have passed are renewed."""
    chance = random.Random(27)  # noqa: S311 - sample data, the same on every machine
    there = Doctor.objects.filter(slug__startswith=MADE_UP).count()
    for start in range(there, total, BATCH):
        numbers = range(start, min(start + BATCH, total))
        with transaction.atomic():
            now = clock.now()
            made = Doctor.objects.bulk_create([_doctor(number, chance, now) for number in numbers])
            _work(made, _places(made, chance), chance)
            _cases(made, people, now)
            _pages(made, chance)
            Listing.objects.bulk_create([Listing(doctor=one, next_available_at=now) for one in made])
        progress.show("Doctors", numbers.stop, total)
    _tidy()
    _renew_listing(progress)
    _tidy()


def _doctor(number: int, chance: random.Random, now: datetime) -> Doctor:
    gender = chance.choice([Gender.FEMALE, Gender.MALE])
    return Doctor(
        given_name=chance.choice(GIVEN[gender]),
        family_name=_family_name(chance),
        slug=f"{MADE_UP}{number}",
        gmc_number=f"{8_000_000 + number}",
        gender=gender,
        languages=["en", *chance.sample(["fr", "de", "pl", "ur", "cy", "bn"], chance.choice([0, 0, 1, 2]))],
        verification_status=VerificationStatus.VERIFIED,
        verified_at=now,
    )


def _family_name(chance: random.Random) -> str:
    """One in two has a double name, so that there are rare names as well as common ones."""
    return "-".join(chance.sample(FAMILY, chance.choice([1, 2])))


def _places(made: list[Doctor], chance: random.Random) -> dict[int, int]:
    """Gives each doctor a specialty and a location; the location's key by the doctor's."""
    specialties = list(Specialty.objects.values_list("pk", flat=True))
    locations = list(Location.objects.values_list("pk", flat=True))
    of_specialty, of_location = Doctor.specialties.through, Doctor.locations.through
    of_specialty.objects.bulk_create(
        [of_specialty(doctor_id=one.pk, specialty_id=chance.choice(specialties)) for one in made]
    )
    chosen = {one.pk: chance.choice(locations) for one in made}
    of_location.objects.bulk_create([of_location(doctor_id=pk, location_id=place) for pk, place in chosen.items()])
    return chosen


def _work(made: list[Doctor], places: dict[int, int], chance: random.Random) -> None:
    """A visit in person and one by video, on working days; a third of the doctors are away for up to four weeks."""
    VisitType.objects.bulk_create(
        [
            VisitType(doctor=one, name=name, minutes=MINUTES, price_minor=price, modality=modality, position=position)
            for one in made
            for position, (name, price, modality) in enumerate(
                [
                    ("Consultation", chance.choice([0, 4500, 8000]), Modality.IN_PERSON),
                    ("Video consultation", 4000, Modality.VIDEO),
                ]
            )
        ]
    )
    today = clock.now().date()
    rules = []
    for one in made:
        since = chance.choice([-OPEN_SINCE_DAYS, -OPEN_SINCE_DAYS, chance.randrange(28)])
        opens = time(chance.choice([8, 9, 10]), chance.choice([0, 20, 40]))
        rules += [
            AvailabilityRule(
                doctor=one,
                location_id=places[one.pk],
                weekday=weekday,
                start_time=opens,
                end_time=time(17),
                valid_from=today + timedelta(days=since),
            )
            for weekday in sorted(chance.sample(range(5), 4))
        ]
    AvailabilityRule.objects.bulk_create(rules)


def _cases(made: list[Doctor], people: Cast, now: datetime) -> None:
    VerificationCase.objects.bulk_create(
        [
            VerificationCase(
                doctor=one,
                status=CaseStatus.VERIFIED,
                created_at=now,
                submitted_at=now,
                decided_at=now,
                decided_by=people.verifier,
            )
            for one in made
        ]
    )


def _pages(made: list[Doctor], chance: random.Random) -> None:
    """Live pages below the index, with the portraits of the demo's doctors."""
    index = DoctorIndexPage.objects.get()
    parents = Page.objects.bulk_create(
        [_page(one, path, index) for one, path in zip(made, _paths_below(index), strict=False)]
    )
    portraits = {gender: _portraits(gender) for gender in GIVEN}
    # Page and DoctorPage are two tables, which bulk_create refuses: the second half is written by what it stands on.
    DoctorPage._base_manager._insert(  # noqa: SLF001
        [
            DoctorPage(
                page_ptr_id=parent.pk,
                doctor=one,
                photo_id=chance.choice(portraits[Gender(one.gender)]),
                biography=f"<p>{one.name} sees patients in person and by video.</p>",
            )
            for parent, one in zip(parents, made, strict=True)
        ],
        fields=DoctorPage._meta.local_concrete_fields,
        using=connection.alias,
    )
    Page.objects.filter(pk=index.pk).update(numchild=Page.objects.child_of(index).count())


def _page(doctor: Doctor, path: str, index: DoctorIndexPage) -> Page:
    return Page(
        title=doctor.name,
        draft_title=doctor.name,
        slug=doctor.slug,
        path=path,
        depth=index.depth + 1,
        url_path=f"{index.url_path}{doctor.slug}/",
        content_type=DoctorPage(locale_id=index.locale_id).cached_content_type,
        locale_id=index.locale_id,
        live=True,
        first_published_at=doctor.verified_at,
        last_published_at=doctor.verified_at,
    )


def _paths_below(index: DoctorIndexPage) -> Iterator[str]:
    """Treebeard's paths of new last children."""
    last = Page.objects.child_of(index).aggregate(path=Max("path"))["path"]
    step = Page._str2int(last[-Page.steplen :]) if last else 0  # noqa: SLF001
    return (Page._get_path(index.path, index.depth + 1, number) for number in count(step + 1))  # noqa: SLF001


def _portraits(gender: str) -> list[int | None]:
    pictured = DoctorPage.objects.filter(doctor__gender=gender).exclude(photo=None)
    return list(pictured.order_by("photo").values_list("photo", flat=True).distinct()) or [None]


def _renew_listing(progress: Progress) -> None:
    """Free times in search wherever they have passed, by booking's own service."""
    now = clock.now()
    passed = Listing.objects.filter(next_available_at__lte=now, location=None, modality="")
    total = passed.count()
    while left := passed.count():
        progress.show("Free times", total - left, total)
        listing_refill(now=now, batch=BATCH)
    if total:
        progress.show("Free times", total, total)


def patients(total: int, progress: Progress) -> None:
    """Have `total` generated patients, with accounts that nobody can sign in to."""
    chance = random.Random(28)  # noqa: S311 - sample data
    role = Group.objects.get(name=Role.PATIENT)
    there = User.objects.filter(email__startswith=MADE_UP).count()
    for start in range(there, total, BATCH):
        numbers = range(start, min(start + BATCH, total))
        with transaction.atomic():
            users = User.objects.bulk_create(
                [User(email=f"{MADE_UP}{number}@demo.example", password="!") for number in numbers]  # noqa: S106
            )
            User.groups.through.objects.bulk_create(
                [User.groups.through(user_id=user.pk, group_id=role.pk) for user in users]
            )
            Patient.objects.bulk_create([_patient(user, chance) for user in users])
        progress.show("Patients", numbers.stop, total)


def _patient(user: User, chance: random.Random) -> Patient:
    gender = chance.choice([Gender.FEMALE, Gender.MALE])
    return Patient(
        user=user,
        given_name=chance.choice(GIVEN[gender]),
        family_name=_family_name(chance),
        birth_date=date(1940, 1, 1) + timedelta(days=chance.randrange(25_000)),
        gender=gender,
        phone="07700 900123",
    )


def appointments(total: int, progress: Progress) -> None:
    """Have `total` generated appointments in the past. Raises `ValueError` without generated doctors and patients."""
    there = Appointment.objects.filter(reference__startswith=REFERENCE).count()
    visits = islice(_visits_before(there), max(total - there, 0))
    while batch := list(islice(visits, BATCH)):
        Appointment.objects.bulk_create(batch)
        there += len(batch)
        progress.show("Appointments", there, total)
    _tidy()


def _visits_before(number: int) -> Iterator[Appointment]:
    """One appointment for each doctor at each time of a day, day by day back from the earliest that there is."""
    patients = list(Patient.objects.filter(user__email__startswith=MADE_UP).values_list("pk", "user_id").order_by("pk"))
    visit_types = VisitType.objects.filter(doctor__slug__startswith=MADE_UP, position=0).order_by("pk")
    staff = list(visit_types.values_list("pk", "doctor_id")[: len(patients)])
    if not staff:
        raise ValueError("Appointments need generated doctors and patients: give --doctors and --patients too.")
    places = dict(Doctor.locations.through.objects.values_list("doctor_id", "location_id"))
    for turn, start in enumerate(_times_before_the_earliest()):
        for position, (visit_type_id, doctor_id) in enumerate(staff):
            # All at one time, so each patient once.
            patient_id, user_id = patients[(position + turn * 7) % len(patients)]
            yield Appointment(
                reference=f"{REFERENCE}{number:09}",
                doctor_id=doctor_id,
                patient_id=patient_id,
                location_id=places[doctor_id],
                visit_type_id=visit_type_id,
                booked_by_id=user_id,
                status=Status.BOOKED,
                start=start,
                end=start + timedelta(minutes=MINUTES),
                blocked=(start, start + timedelta(minutes=MINUTES)),
                modality=Modality.IN_PERSON,
                price_minor=0,
                currency="gbp",
                amount_due_minor=0,
                created_at=start - timedelta(days=7),
            )
            number += 1


def _times_before_the_earliest() -> Iterator[datetime]:
    known = Appointment.objects.filter(reference__startswith=REFERENCE)
    earliest = known.aggregate(start=Min("start"))["start"] or clock.now()
    midnight = datetime.combine(earliest.date(), time(), UTC)
    for days in count(1):
        for turn in range(24):
            yield midnight - timedelta(days=days) + timedelta(hours=9, minutes=MINUTES * turn)


def _tidy() -> None:
    """What autovacuum would do too late for whoever measures next: the planner's statistics, and (which takes to be
    outside a transaction) the visibility map and the trigram indexes' pending entries."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
