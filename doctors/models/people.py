from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.text import slugify
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from simple_history.models import HistoricalRecords

from accounts.models import Gender
from common.models import PublicIdModel
from doctors.history import ChildHistory
from doctors.languages import language_names
from doctors.querysets import NAME_WORDS, DoctorQuerySet
from doctors.states import PROVED, BankHolidays, Modality, VatRate, VerificationStatus

# Where the doctors' index page stands; each doctor's page stands below it under the doctor's slug.
DOCTORS_PATH = "/doctors/"
# What `Listing.next_available_at` holds for a doctor without free times: such rows sort last and page like the others.
NO_TIME = datetime(9999, 12, 31, tzinfo=UTC)
# So many next times a listing keeps; one that is full may have more behind them.
KEPT_TIMES = 6

NUMBER_PROVED_ONCE = "doctor_gmc_number_proved_once"


def validate_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError("Enter a time zone such as Europe/London.")


class Specialty(models.Model):
    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    description = models.CharField(max_length=250, blank=True, help_text="One plain sentence for patients.")
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "specialties"

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A place where doctors see patients (FHIR R4 Location); its zone is the zone of every time shown there."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    street = models.CharField(max_length=200)
    town = models.CharField(max_length=80)
    postcode = models.CharField(max_length=10)
    phone = models.CharField(max_length=20)
    access = models.TextField(blank=True, help_text="Step-free access, parking, public transport.")
    zone = models.CharField(max_length=40, default="Europe/London", validators=[validate_zone])
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    bank_holidays = models.CharField(
        "closed on the bank holidays of",
        max_length=3,
        choices=BankHolidays,
        default=BankHolidays.NONE,
        blank=True,
        help_text="Nobody can book a visit here on those days, a substitute day included. Leave empty to stay open.",
    )
    # Since when its doctors' listings wait to be written anew: `doctors.services.listings_follow_place` says so, and
    # booking's worker empties it.
    listings_stale_since = models.DateTimeField(null=True, blank=True, editable=False)
    history = HistoricalRecords(excluded_fields=["listings_stale_since"])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Half a position leads nobody anywhere, and one out of range is a slip."""
        if (self.latitude is None) != (self.longitude is None):
            missing = "latitude" if self.latitude is None else "longitude"
            raise ValidationError({missing: "Enter both, or neither."})
        for name, most in (("latitude", 90), ("longitude", 180)):
            if (degrees := getattr(self, name)) is not None and abs(degrees) > most:
                raise ValidationError({name: f"Enter decimal degrees from -{most} to {most}, such as 51.52260."})

    @property
    def time_zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.zone)

    @property
    def address(self) -> str:
        return f"{self.street}, {self.town} {self.postcode}"


class Limits(NamedTuple):
    """How a kind of visit may be booked, in minutes and days: the stricter of its own numbers and its doctor's.

    `doctor_cap` counts the doctor's visits of all kinds on a day, `daily_cap` those of this kind; None is without end.
    """

    buffer_before: int
    buffer_after: int
    minimum_notice: int
    horizon_days: int
    daily_cap: int | None
    doctor_cap: int | None


class Doctor(PublicIdModel, ClusterableModel):
    """A practitioner with a public profile (FHIR R4 Practitioner).

    `verification_status` is a projection that only `doctors.services` writes, on behalf of the case that owns it.
    `slug` is made from the name once and kept, so that links to a doctor last. The five limits are the doctor's own
    for all their visits, empty for none; what holds for one kind of visit is `VisitType.limits`.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="doctor"
    )
    title = models.CharField(max_length=20, default="Dr", blank=True)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=120, unique=True, editable=False)
    # The GMC has no check digit, so the form of a number is all that can be checked here (domain.md, Verification).
    # Whoever applies may claim any number; one number is proved for one doctor (see the constraint).
    gmc_number = models.CharField(
        "GMC number",
        max_length=8,
        validators=[RegexValidator(r"^C?\d{7}$", "A GMC number has seven digits, sometimes with a C in front.")],
    )
    gender = models.CharField(max_length=10, choices=Gender, default=Gender.UNKNOWN)
    languages = ArrayField(models.CharField(max_length=5), default=list, help_text="ISO 639-1 codes.")
    specialties = models.ManyToManyField(Specialty, related_name="doctors")
    locations = models.ManyToManyField(Location, related_name="doctors")
    is_active = models.BooleanField("takes part", default=True)
    verification_status = models.CharField(
        max_length=10, choices=VerificationStatus, default=VerificationStatus.DRAFT, editable=False
    )
    verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Beside the status, for a suspension outlasts it: while a new case waits they are pending, and still shut out.
    is_barred = models.BooleanField("may not work here", default=False, editable=False)
    buffer_before = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    buffer_after = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    minimum_notice = models.PositiveIntegerField(null=True, blank=True, editable=False)
    horizon_days = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    daily_cap = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords()

    objects = DoctorQuerySet.as_manager()

    class Meta:
        ordering = ["family_name", "given_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["gmc_number"],
                condition=models.Q(verification_status__in=sorted(PROVED)),
                name=NUMBER_PROVED_ONCE,
            )
        ]
        indexes = [
            models.Index(fields=["gmc_number"], name="doctor_gmc_number_idx"),
            models.Index(fields=["verification_status", "is_active"], name="doctor_listed_idx"),
            GinIndex(NAME_WORDS, name="doctor_name_words_idx", fastupdate=False),
            GinIndex(fields=["given_name"], opclasses=["gin_trgm_ops"], name="doctor_given_name_idx"),
            GinIndex(fields=["family_name"], opclasses=["gin_trgm_ops"], name="doctor_family_name_idx"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = self._free_slug()
        super().save(*args, **kwargs)

    def _free_slug(self) -> str:
        wanted = slugify(f"{self.given_name} {self.family_name}")[:100] or "doctor"
        taken = Doctor.objects.filter(slug=wanted).exists()
        return f"{wanted}-{self.public_id.hex[:6]}" if taken else wanted

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.title, self.given_name, self.family_name) if part)

    @property
    def is_listed(self) -> bool:
        """Whether patients may see and book this doctor; the rule of `Doctor.objects.listed()` for one row."""
        return self.is_active and self.verification_status == VerificationStatus.VERIFIED

    @property
    def page_url(self) -> str:
        return f"{DOCTORS_PATH}{self.slug}/"

    @property
    def language_names(self) -> list[str]:
        return language_names(self.languages)


class VisitType(PublicIdModel):
    """What is booked (FHIR R4 HealthcareService). Times are minutes; amounts are in minor units of `currency`.

    `deposit_minor` is due when it is booked and paid online; empty for the whole price, which includes the VAT.
    """

    doctor = ParentalKey(Doctor, on_delete=models.CASCADE, related_name="visit_types")
    name = models.CharField(max_length=80)
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(5)])
    buffer_before = models.PositiveSmallIntegerField("minutes kept free before", default=0)
    buffer_after = models.PositiveSmallIntegerField("minutes kept free after", default=0)
    price_minor = models.PositiveIntegerField("price in pence", default=0)
    deposit_minor = models.PositiveIntegerField(
        "to pay when booking, in pence",
        null=True,
        blank=True,
        help_text="When paid online: empty for the whole price, 0 for nothing. The clinic takes the rest.",
    )
    vat_rate_percent = models.PositiveSmallIntegerField(
        "VAT in the price", choices=VatRate, default=VatRate.EXEMPT, db_default=VatRate.EXEMPT
    )
    currency = models.CharField(max_length=3, default="gbp", editable=False)
    modality = models.CharField(max_length=10, choices=Modality, default=Modality.IN_PERSON)
    minimum_notice = models.PositiveIntegerField("shortest notice in minutes", default=120)
    horizon_days = models.PositiveSmallIntegerField("how many days ahead it can be booked", default=60)
    daily_cap = models.PositiveSmallIntegerField(
        "at most so many a day",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Once so many of them are booked on a day, no more are offered then. Without end if empty.",
    )
    needs_approval = models.BooleanField("the doctor approves each request", default=False)
    is_active = models.BooleanField("can be booked", default=True)
    position = models.PositiveSmallIntegerField(default=0)
    history = ChildHistory()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(deposit_minor__isnull=True) | models.Q(deposit_minor__lte=models.F("price_minor")),
                name="visit_type_deposit_within_price",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.minutes} minutes"

    def clean(self) -> None:
        if self.deposit_minor is not None and self.deposit_minor > (self.price_minor or 0):
            raise ValidationError({"deposit_minor": "This is more than the price."})

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    def limits(self, doctor: Doctor) -> Limits:
        """What holds for this kind of visit; `doctor` is its own, whom the caller has at hand."""
        return Limits(
            buffer_before=max(self.buffer_before, doctor.buffer_before or 0),
            buffer_after=max(self.buffer_after, doctor.buffer_after or 0),
            minimum_notice=max(self.minimum_notice, doctor.minimum_notice or 0),
            horizon_days=min(self.horizon_days, doctor.horizon_days or self.horizon_days),
            daily_cap=self.daily_cap,
            doctor_cap=doctor.daily_cap,
        )


class FreeTime(NamedTuple):
    """When a doctor is free, with whom one books that time: the visit type's public id and the place's key.

    `until` is the last instant to book it, which the visit type's notice decides.
    """

    start: datetime
    visit_type_id: UUID
    location_id: int
    until: datetime


class Listing(models.Model):
    """The next free times of a listed doctor, one row for each location and modality and for "any" of either.

    A projection that booking keeps true through `doctors.services.listings_replace`; search reads this alone.
    `location` empty means any location, `modality` empty any modality, so that every combination of filters
    picks one row a doctor. Rows exist for listed doctors only. `next_available_at` is the first of `next_times`
    (instants, in order), `NO_TIME` where there is none; booking refreshes rows whose `next_available_at` has
    passed, so setting it to now asks for that. Beside each of `next_times` stands what `FreeTime` says of it; all
    are of one visit type. The other columns are the doctor's facts that search filters by and shows: `price_from` is
    what that visit type costs, in minor units of pounds; without a time the doctor's cheapest visit there, and empty
    where nothing can be booked.
    """

    doctor = models.ForeignKey(Doctor, on_delete=models.CASCADE, related_name="listings")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    modality = models.CharField(max_length=10, choices=Modality, blank=True)
    next_available_at = models.DateTimeField(default=NO_TIME)
    next_times = ArrayField(models.DateTimeField(), default=list)
    next_type_ids = ArrayField(models.UUIDField(), default=list)
    next_location_ids = ArrayField(models.BigIntegerField(), default=list)
    next_until = ArrayField(models.DateTimeField(), default=list)
    specialty_ids = ArrayField(models.BigIntegerField(), default=list)
    location_ids = ArrayField(models.BigIntegerField(), default=list)
    languages = ArrayField(models.CharField(max_length=5), default=list)
    gender = models.CharField(max_length=10, choices=Gender, blank=True, db_default="")
    price_from = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["doctor", "location", "modality"], name="listing_one_per_filter", nulls_distinct=False
            )
        ]
        indexes = [
            models.Index(fields=["location", "modality", "next_available_at", "doctor"], name="listing_soonest_idx"),
            GinIndex(fields=["specialty_ids"], name="listing_specialties_idx"),
            GinIndex(fields=["languages"], name="listing_languages_idx"),
        ]

    @property
    def free_times(self) -> list[FreeTime]:
        columns = (self.next_times, self.next_type_ids, self.next_location_ids, self.next_until)
        # A version of before, still at work beside this one, writes the times alone.
        return [FreeTime(*known) for known in zip(*columns, strict=False)]


class FacetCount(models.Model):
    """How many listed doctors a combination of filters leaves: the sum of `doctors` over the rows of a `key`.

    A key says place, kind of visit, specialty, language and gender, each empty for any (`doctors_facet_keys`, in SQL of
    a migration, makes them). Triggers on the listing add a row for each difference in the transaction that makes it,
    and wait for nobody; `doctors.services.facets_fold` sums them up. Nothing else writes here.
    """

    key = models.CharField(max_length=120)
    doctors = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["key"], include=["doctors"], name="facet_count_key_idx")]


class CalendarStamp(models.Model):
    """Another value each time that something changes a doctor's free times; the row without a doctor is everybody's.

    Triggers of the database write it with the change itself (booking's migrations), so that no service can forget to,
    and whoever has computed free times can tell whether they still hold.
    """

    doctor = models.ForeignKey(
        Doctor, on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    stamp = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["doctor"], name="calendar_stamp_once", nulls_distinct=False)]
