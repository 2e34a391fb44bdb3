"""Generated doctors, patients and appointments in any number, for measuring. Rows are written in batches, and most of
them copied (`copies`): 100,000 doctors and a million appointments take minutes.

They carry no history rows, revisions or audit events: nobody did anything. Doctors are verified by cases of their own,
have live pages with portraits, weekly hours and free times in search. Wagtail's own indexes do not know their pages
until `manage.py update_index` and `manage.py rebuild_references_index` are run.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Min
from wagtail.models import Page

from accounts.models import Gender, Patient, User
from accounts.roles import Role
from booking.models import Appointment, AvailabilityRule
from booking.services import listing_refill
from booking.states import Status
from common import clock
from doctors.models import Doctor, DoctorIndexPage, DoctorPage, Listing, Location, Specialty, VisitType
from doctors.services import facets_fold
from doctors.states import Modality, VerificationStatus
from medconsult.demo import content, copies
from medconsult.demo.content import shapes
from medconsult.demo.people import Cast
from medconsult.demo.progress import Progress
from verification.models import VerificationCase
from verification.states import Status as CaseStatus

BATCH = 1000
BATCH_COPIED = 20_000
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
    for start in range(there, min(total, copies.ORIGINALS), BATCH):
        numbers = range(start, min(start + BATCH, total, copies.ORIGINALS))
        with transaction.atomic():
            now = clock.now()
            made = Doctor.objects.bulk_create([_doctor(number, chance, now) for number in numbers])
            _work(made, _places(made, chance), chance)
            _cases(made, people, now)
            _pages(made, chance)
            Listing.objects.bulk_create([Listing(doctor=one, gender=one.gender, next_available_at=now) for one in made])
        progress.show("Doctors", numbers.stop, total)
    _tidy()
    _renew_listing(progress)
    for start in range(max(there, copies.ORIGINALS), total, BATCH_COPIED):
        stop = min(start + BATCH_COPIED, total)
        copies.copy_doctors(start, stop, made_up=MADE_UP, now=clock.now())
        progress.show("Doctors", stop, total)
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
        [_page(one, path, index) for one, path in zip(made, copies.paths_below(index), strict=False)]
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
    """Have `total` generated appointments in the past: one for each doctor at each time of a day, day by day back from
    the earliest that there is. Raises `ValueError` without generated doctors and patients."""
    known = Appointment.objects.filter(reference__startswith=REFERENCE)
    there, earliest = known.count(), known.aggregate(start=Min("start"))["start"]
    before = datetime.combine((earliest or clock.now()).date(), time(), UTC)
    if there < total:
        like = known.first() or _first_visit(before - timedelta(days=1) + timedelta(hours=9))
        # The first of all is the first of its turn.
        for since in range(0 if there else 1, total - there, BATCH_COPIED):
            until = min(since + BATCH_COPIED, total - there)
            copies.copy_visits(like, since=since, until=until, known=there, before=before, made_up=MADE_UP)
            progress.show("Appointments", there + until, total)
    _tidy()


def _first_visit(start: datetime) -> Appointment:
    patient = Patient.objects.filter(user__email__startswith=MADE_UP).order_by("pk").first()
    visit_types = VisitType.objects.filter(doctor__slug__startswith=MADE_UP, position=0)
    visit_type = visit_types.select_related("doctor").order_by("pk").first()
    if patient is None or visit_type is None:
        raise ValueError("Appointments need generated doctors and patients: give --doctors and --patients too.")
    end = start + timedelta(minutes=MINUTES)
    visit = Appointment(
        reference=f"{REFERENCE}{0:09}",
        doctor=visit_type.doctor,
        patient=patient,
        location=visit_type.doctor.locations.earliest("pk"),
        visit_type=visit_type,
        booked_by=patient.user,
        status=Status.BOOKED,
        start=start,
        end=end,
        blocked=(start, end),
        modality=Modality.IN_PERSON,
        price_minor=0,
        currency="gbp",
        amount_due_minor=0,
        created_at=start - timedelta(days=7),
    )
    # No history row: nobody did anything.
    return Appointment.objects.bulk_create([visit])[0]


def _tidy() -> None:
    """What beat and autovacuum would do too late for whoever measures next: the counts of the filters, the planner's
    statistics, and (which takes to be outside a transaction) the visibility map and the indexes' pending entries."""
    facets_fold()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
