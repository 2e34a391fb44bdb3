from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage, Filter
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page

from accounts.models import Gender
from common import clock
from doctors.models import Doctor, DoctorIndexPage, DoctorPage, FreeTime, Location, SearchWord, Specialty, VisitType
from doctors.states import Modality, VerificationStatus


class SpecialtyFactory(DjangoModelFactory[Specialty]):
    class Meta:
        model = Specialty
        django_get_or_create = ("slug",)

    name = factory.Sequence(lambda n: f"Specialty {n}")
    slug = factory.Sequence(lambda n: f"specialty-{n}")


class SearchWordFactory(DjangoModelFactory[SearchWord]):
    class Meta:
        model = SearchWord
        skip_postgeneration_save = True

    word = factory.Sequence(lambda n: f"ailment {n}")

    @factory.post_generation
    def specialties(self: SearchWord, create: bool, given: list[Specialty] | None, **_: Any) -> None:  # noqa: FBT001
        if create:
            self.specialties.add(*[SpecialtyFactory()] if given is None else given)


class LocationFactory(DjangoModelFactory[Location]):
    class Meta:
        model = Location
        django_get_or_create = ("slug",)

    name = factory.Sequence(lambda n: f"Clinic {n}")
    slug = factory.Sequence(lambda n: f"clinic-{n}")
    street = "1 Harbour Street"
    town = "Bristol"
    postcode = "BS1 4QA"
    phone = "0117 496 0000"
    zone = "Europe/London"


class DoctorFactory(DjangoModelFactory[Doctor]):
    """A doctor with one specialty and one location; `listed=True` makes a verified one. No visit types, no page."""

    class Meta:
        model = Doctor
        skip_postgeneration_save = True

    class Params:
        listed = factory.Trait(
            verification_status=VerificationStatus.VERIFIED, verified_at=factory.LazyFunction(clock.now)
        )

    given_name = "Amara"
    family_name = factory.Sequence(lambda n: f"Okafor{n}")
    slug = factory.Sequence(lambda n: f"amara-okafor-{n}")
    gmc_number = factory.Sequence(lambda n: f"{7000000 + n}")
    gender = Gender.FEMALE
    languages = factory.LazyFunction(lambda: ["en"])

    @factory.post_generation
    def specialties(self: Doctor, create: bool, given: list[Specialty] | None, **_: Any) -> None:  # noqa: FBT001
        if create:
            self.specialties.add(*[SpecialtyFactory()] if given is None else given)

    @factory.post_generation
    def locations(self: Doctor, create: bool, given: list[Location] | None, **_: Any) -> None:  # noqa: FBT001
        if create:
            self.locations.add(*[LocationFactory()] if given is None else given)


class VisitTypeFactory(DjangoModelFactory[VisitType]):
    class Meta:
        model = VisitType

    doctor = factory.SubFactory(DoctorFactory, listed=True)
    name = "Consultation"
    minutes = 30
    price_minor = 4500
    modality = Modality.IN_PERSON
    minimum_notice = 0
    horizon_days = 60


def free_times(doctor: Doctor, starts: Iterable[datetime], *, location: Location | None = None) -> list[FreeTime]:
    """Times of the doctor's first visit type, or of one that is gone, at the first place; bookable until they start."""
    visit_type = doctor.visit_types.first()
    place = location or doctor.locations.first()
    type_id, location_id = visit_type.public_id if visit_type else uuid4(), place.pk if place else 0
    return [FreeTime(start, type_id, location_id, start) for start in starts]


def doctor_index_page() -> DoctorIndexPage:
    """The one index page; made under the site's root page where no migration has."""
    existing = DoctorIndexPage.objects.first()
    if existing:
        return existing
    parent = Page.objects.filter(depth=2).first() or Page.objects.get(depth=1)
    return parent.add_child(instance=DoctorIndexPage(title="Find a doctor", slug="doctors", live=True))


class DoctorPageFactory(DjangoModelFactory[DoctorPage]):
    """A page under the index: live by default; `live=False` for a draft."""

    class Meta:
        model = DoctorPage

    doctor = factory.SubFactory(DoctorFactory, listed=True)
    biography = "<p>Looks after hearts.</p>"
    live = True

    @classmethod
    def _create(cls, model_class: type[DoctorPage], *args: Any, **kwargs: Any) -> DoctorPage:
        return doctor_index_page().add_child(instance=model_class(*args, **kwargs))


def photo_shown_before(*specs: str) -> AbstractImage:
    """A picture in the image library whose renditions for `specs` exist, so that tests make none."""
    image: AbstractImage = get_image_model().objects.create(title="Photo", file=get_test_image_file(size=(24, 28)))
    for spec in specs:
        key = Filter(spec=spec).get_cache_key(image)
        image.renditions.create(filter_spec=spec, focal_point_key=key, file=image.file, width=24, height=28)
    return image
