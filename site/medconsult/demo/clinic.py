"""The demo's clinics and doctors, their hours and how far their verification has come."""

from __future__ import annotations

from datetime import timedelta

from django.utils.html import format_html_join

from accounts.models import ConsentQuestion
from booking.models import AvailabilityRule
from common import clock
from doctors.models import Doctor, Location, PageProposal, SearchWord, Specialty, VisitType
from doctors.profile import content_of, html_of
from doctors.services import doctor_profile_page_create, page_hold_back, proposal_send
from doctors.states import BankHolidays
from medconsult.demo import content, verification
from medconsult.demo.content import shapes
from medconsult.demo.people import Cast
from medconsult.demo.pictures import image_of

OPEN_SINCE_DAYS = 90


def places() -> None:
    for sample in content.SPECIALTIES:
        Specialty.objects.get_or_create(
            slug=sample.slug, defaults={"name": sample.name, "description": sample.description}
        )
    _search_words()
    for place in content.LOCATIONS:
        Location.objects.get_or_create(
            slug=place.slug,
            defaults={
                "name": place.name,
                "street": place.street,
                "town": place.town,
                "postcode": place.postcode,
                "phone": place.phone,
                "access": place.access,
                "zone": place.zone,
                "bank_holidays": BankHolidays(place.bank_holidays),
                "latitude": place.latitude,
                "longitude": place.longitude,
            },
        )


def consents() -> None:
    """What is there already stays as administrators have left it."""
    for position, sample in enumerate(content.CONSENTS):
        words = {"statement": sample.statement, "more": sample.more, "read_at": sample.read_at}
        ConsentQuestion.objects.get_or_create(
            code=sample.code, defaults={**words, "is_required": sample.is_required, "position": position}
        )


def _search_words() -> None:
    """Words that are there already stay as editors have left them."""
    specialties = dict(Specialty.objects.values_list("slug", "pk"))
    known = set(SearchWord.objects.values_list("word", flat=True))
    for slug, words in content.SEARCH_WORDS.items():
        for word in words:
            if word.casefold() not in known:
                SearchWord.objects.get_or_create(word=word.casefold())[0].specialties.add(specialties[slug])


def doctor(sample: shapes.Doctor, people: Cast) -> None:
    """One doctor with page, hours and decision; one who is there already stays as they are."""
    if Doctor.objects.filter(gmc_number=sample.gmc_number).exists():
        return
    made = Doctor.objects.create(
        title=sample.title,
        given_name=sample.given_name,
        family_name=sample.family_name,
        slug=sample.slug,
        gmc_number=sample.gmc_number,
        gender=sample.gender,
        languages=list(sample.languages),
    )
    made.specialties.set(Specialty.objects.filter(slug__in=sample.specialties))
    made.locations.set(Location.objects.filter(slug__in=sample.locations))
    made.save()
    _visit_types(made, sample)
    _hours(made, sample)
    _page(made, sample, people)
    verification.decide(made, sample, people)
    if sample is content.DOCTORS[0]:
        verification.link(made, people)


def proposal(people: Cast) -> None:
    """The demo's doctor would like their page to say more, so that a moderator finds something to decide.

    Nothing of a doctor whose page somebody has taken down since the first seeding.
    """
    made = Doctor.objects.get(user=people.doctor)
    if PageProposal.objects.exists() or not made.page.is_public:
        return
    content = content_of(made.page)
    content["biography"] += html_of("I trained in Leeds and Lisbon, and write plainly: you leave with a plan on paper.")
    content["interests"] = [*content["interests"], "Second opinions"]
    proposal_send(actor=people.doctor, doctor_id=made.public_id, content=content, seen=0, now=clock.now())


def _visit_types(made: Doctor, sample: shapes.Doctor) -> None:
    for position, visit in enumerate(sample.visits):
        VisitType.objects.create(
            doctor=made,
            name=visit.name,
            minutes=visit.minutes,
            buffer_before=visit.buffer_before,
            buffer_after=visit.buffer_after,
            price_minor=visit.price,
            deposit_minor=visit.deposit,
            modality=visit.modality,
            minimum_notice=visit.notice,
            horizon_days=visit.horizon_days,
            needs_approval=visit.needs_approval,
            position=position,
        )


def _hours(made: Doctor, sample: shapes.Doctor) -> None:
    ids = dict(Location.objects.values_list("slug", "pk"))
    since = clock.now().date() - timedelta(days=OPEN_SINCE_DAYS)
    for window in sample.windows:
        AvailabilityRule.objects.create(
            doctor=made,
            location_id=ids[window.location],
            weekday=window.weekday,
            start_time=window.start,
            end_time=window.end,
            valid_from=since,
        )


def _page(made: Doctor, sample: shapes.Doctor, people: Cast) -> None:
    page = doctor_profile_page_create(actor=people.admin, doctor_id=made.public_id)
    page.photo = image_of(sample.portrait)
    page.search_description = sample.summary
    page.biography = format_html_join("", "<p>{}</p>", ((paragraph,) for paragraph in sample.biography))
    page.qualifications = [
        ("qualification", {"name": one.name, "institution": one.institution, "year": one.year})
        for one in sample.qualifications
    ]
    page.interests = [("interest", interest) for interest in sample.interests]
    page.questions = [
        ("question", {"question": one.question, "answer": format_html_join("", "<p>{}</p>", [(one.answer,)])})
        for one in sample.questions
    ]
    page_hold_back(actor=people.admin, page=page, revision=page.save_revision(user=people.admin))
