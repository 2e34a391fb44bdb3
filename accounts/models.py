from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractUser, Permission
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from simple_history.models import HistoricalRecords

from accounts.access_needs import AccessNeeds, needs_kept
from accounts.guides import GuideDismissal as GuideDismissal  # noqa: PLC0414  # a file of its own, for this one is long
from accounts.managers import UserManager
from accounts.outside_identity import OutsideIdentity as OutsideIdentity  # noqa: PLC0414  # as above
from accounts.outside_identity import OutsideTokens as OutsideTokens  # noqa: PLC0414  # as above
from accounts.states import LIVE, READING, EndReason, InvitationState
from accounts.tokens import ApiToken as ApiToken  # noqa: PLC0414
from accounts.validators import (
    nhs_number_for_people,
    phone_for_people,
    validate_birth_date,
    validate_nhs_number,
    validate_phone,
)
from common.fields import EncryptedTextField
from common.models import PublicIdModel
from common.permissions import concerns_guarded

# The rows are of the app `doctors`, which stands above this one.
WORKS_HERE = models.Q(doctor__isnull=False) | models.Q(memberships__isnull=False)
NAMELESS = "An account without a name"


class User(PublicIdModel, AbstractUser):
    """An account; the email address is its name. Clinical facts about a person belong to `Patient`."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("email address", unique=True)
    # While a record is open to them in an emergency, on whichever device: every page says so.
    emergency_until = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case")]

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        # One person, one account: the same address in other capitals must meet the unique index.
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @property
    def shown_name(self) -> str:
        """What everybody may read of whoever acted: the name, and never the address that somebody signs in with."""
        return self.get_full_name() or NAMELESS

    # Lists leave out what cannot be there. Whoever was not loaded for a request may be both: see `AccountBackend`.
    may_be_patient = True
    may_be_carer = True

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's answer, except that to be a superuser opens nothing of a guarded model (architecture.md).

        Of those an object is opened by its owners and grants, a screen (`obj` None) by a permission really given.
        """
        if not (self.is_superuser and concerns_guarded(perm, obj)):
            return super().has_perm(perm, obj)
        if obj is None:
            return self.is_active and self._was_given(perm)
        return any(backend.has_perm(self, perm, obj) for backend in get_backends() if hasattr(backend, "has_perm"))

    def _was_given(self, perm: str) -> bool:
        app_label, _, codename = perm.rpartition(".")
        given = models.Q(group__user=self) | models.Q(user=self)
        return Permission.objects.filter(given, content_type__app_label=app_label, codename=codename).exists()

    @cached_property
    def role_names(self) -> frozenset[str]:
        """The names of this person's groups, asked once for each user object."""
        return frozenset(self.groups.values_list("name", flat=True))

    @cached_property
    def works_here(self) -> bool:
        """Whether the account is a doctor's, or of somebody at a place's desk, whatever roles it has at the moment."""
        return User.objects.filter(WORKS_HERE, pk=self.pk).exists()

    @cached_property
    def has_two_step(self) -> bool:
        """Whether an authenticator app or a passkey stands beside the password."""
        return Authenticator.objects.filter(user=self).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


class AccountSession(PublicIdModel):
    """A place where somebody is signed in. It is ended by deleting this row, whatever a cache still holds of it.

    The browser's session has its public id; rows come with the account (`accounts.backends`), without a question.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="account_sessions")
    started_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=80)
    # Whether it was opened, or has proved since, by more than the password.
    second_step = models.BooleanField(default=False)

    class Meta:
        ordering = ["-last_used_at"]

    def __str__(self) -> str:
        return self.device


class Gender(models.TextChoices):
    """FHIR R4 AdministrativeGender."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Prefer not to say"


class NhsNumberStatus(models.TextChoices):
    """How sure it is that an NHS number is this person's (after the NHS Personal Demographics Service)."""

    STATED = "stated", "Given by you"
    TRACED = "traced", "Found by the NHS"
    VERIFIED = "verified", "Confirmed by the NHS"


class Patient(PublicIdModel):
    """A person who is cared for (FHIR R4 Patient). `user` is empty for somebody who has no account of their own."""

    user = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="patient")
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    birth_date = models.DateField("date of birth", validators=[validate_birth_date])
    gender = models.CharField(max_length=10, choices=Gender, default=Gender.UNKNOWN)
    phone = models.CharField("phone number", max_length=20, validators=[validate_phone])
    nhs_number = models.CharField("NHS number", max_length=10, blank=True, validators=[validate_nhs_number])
    nhs_number_status = models.CharField(max_length=10, choices=NhsNumberStatus, blank=True)
    nhs_number_status_at = models.DateTimeField(null=True, blank=True)
    # What `accounts.access_needs` writes: what the person needs in order to come, asked once.
    access_needs = EncryptedTextField(blank=True, default="", db_default="", editable=False)
    # As on a letter, a line each; the law wants it on prescriptions (Human Medicines Regulations 2012, regulation 217).
    address = EncryptedTextField(blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords(excluded_fields=["nhs_number", "access_needs", "address"])

    class Meta:
        ordering = ["family_name", "given_name"]
        constraints = [
            # Of numbers that the NHS has confirmed: what somebody only states must neither tell whether another has
            # stated it nor keep its owner from it. Who share a stated one are flagged (accounts.services.nhs).
            models.UniqueConstraint(
                fields=["nhs_number"],
                condition=models.Q(
                    user__isnull=False, nhs_number_status__in=[NhsNumberStatus.TRACED, NhsNumberStatus.VERIFIED]
                ),
                name="patient_nhs_number_once",
            ),
            models.CheckConstraint(
                condition=models.Q(nhs_number="", nhs_number_status="", nhs_number_status_at__isnull=True)
                | ~models.Q(nhs_number="")
                & ~models.Q(nhs_number_status="")
                & models.Q(nhs_number_status_at__isnull=False),
                name="patient_nhs_number_has_status",
            ),
        ]
        indexes = [
            models.Index(fields=["nhs_number"], name="patient_nhs_number_idx", condition=~models.Q(nhs_number=""))
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def written_phone(self) -> str:
        """The number as people write it: 07700 900123."""
        return phone_for_people(self.phone)

    @property
    def written_nhs_number(self) -> str:
        """The number as people write it: 943 476 5919; empty where none is known."""
        return nhs_number_for_people(self.nhs_number)

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def needs(self) -> AccessNeeds:
        """What they have said that they need in order to come; nothing where that cannot be read any more."""
        return needs_kept(self) or AccessNeeds()


class Invitation(PublicIdModel):
    """Something that a patient opens to whoever proves to have an email address (the base of what can be opened).

    `user` is who accepted it. Until then nothing tells whether anybody has an account with that address.
    `expires_at` empty means until it is taken back; it holds by being asked for, so no worker has to end anything.
    """

    email = models.EmailField()
    state = models.CharField(max_length=10, choices=InvitationState, default=InvitationState.INVITED)
    end_reason = models.CharField(max_length=10, choices=EndReason, blank=True)
    invited_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="%(class)s_email_lower_case"),
            models.CheckConstraint(
                condition=~models.Q(state=InvitationState.ACCEPTED)
                | models.Q(user__isnull=False, accepted_at__isnull=False),
                name="%(class)s_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(state=InvitationState.ENDED, ended_at__isnull=False) & ~models.Q(end_reason="")
                | ~models.Q(state=InvitationState.ENDED) & models.Q(ended_at__isnull=True, end_reason=""),
                name="%(class)s_ended_says_why",
            ),
        ]


_READS_SOMETHING = models.Q(*[(one.value, True) for one in sorted(READING)], _connector=models.Q.OR)


class Carer(Invitation):
    """Somebody who helps a patient (FHIR R4 RelatedPerson), by what the patient lets them do.

    The patient's appointments are opened by the rule of `accounts.policies.may_act_for`, never by a row for each.
    """

    class Relation(models.TextChoices):
        PARENT = "parent", "Parent"
        PARTNER = "partner", "Partner"
        CHILD = "child", "Son or daughter"
        RELATIVE = "relative", "Other relative"
        FRIEND = "friend", "Friend or neighbour"
        PAID_CARER = "paid-carer", "Paid carer"
        OTHER = "other", "Somebody else"

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="carers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="caring_for")
    relation = models.CharField(max_length=12, choices=Relation)
    can_see = models.BooleanField(default=True)
    can_book = models.BooleanField(default=False)
    can_pay = models.BooleanField(default=False)
    can_read = models.BooleanField(default=False, db_default=False)
    can_read_prescriptions = models.BooleanField(default=False, db_default=False)
    can_read_documents = models.BooleanField(default=False, db_default=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta(Invitation.Meta):
        ordering = ["invited_at"]
        constraints = [
            *Invitation.Meta.constraints,
            models.UniqueConstraint(
                fields=["patient", "email"], condition=models.Q(state__in=sorted(LIVE)), name="carer_once_an_address"
            ),
            models.UniqueConstraint(
                fields=["patient", "user"],
                condition=models.Q(state=InvitationState.ACCEPTED),
                name="carer_once_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(can_book=False) | models.Q(can_see=True), name="carer_who_books_sees"
            ),
            models.CheckConstraint(
                condition=models.Q(can_see=True) | models.Q(can_pay=True) | _READS_SOMETHING,
                name="carer_may_do_something",
            ),
            models.CheckConstraint(
                condition=~_READS_SOMETHING | models.Q(expires_at__isnull=False), name="carer_who_reads_ends"
            ),
        ]
        indexes = [models.Index(fields=["email"], name="carer_invited_idx", condition=models.Q(state="invited"))]

    def __str__(self) -> str:
        return f"{self.get_relation_display()} ({self.get_state_display().lower()})"

    @property
    def reads_record(self) -> bool:
        """Whether a part of the patient's health record is open to them."""
        return any(getattr(self, one.value) for one in READING)

    def has_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


class Agreement(NamedTuple):
    """That somebody agrees to the words which a question had in a version."""

    code: str
    version: int


CONSENT_FIELD = "consent_"


class ConsentQuestion(models.Model):
    """Something that the clinic asks people to agree to when they book; administrators keep its words.

    `version` counts its wordings: other words are the next one (`accounts.services`), asked of all anew."""

    code = models.SlugField(max_length=40, unique=True, help_text="A short name, such as “terms”. It stays.")
    statement = models.CharField("what people tick", max_length=300, help_text="One sentence, such as “I agree to …”.")
    more = models.TextField(
        "more about it", max_length=1000, blank=True, help_text="What agreeing means, and what not."
    )
    read_at = models.CharField(
        "where it can be read",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(r"^(/(?!/)\S*|https://\S+)$", "Start with / for this site, or with https://.")],
        help_text="The page that people say they have read, such as /privacy/. It opens beside the booking.",
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    is_required = models.BooleanField("nobody can book without it", default=False)
    is_active = models.BooleanField("is asked", default=True)
    position = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "consent"

    def __str__(self) -> str:
        return self.statement

    @property
    def agreement(self) -> Agreement:
        """What is to be said to agree to today's words."""
        return Agreement(self.code, self.version)

    @property
    def field_name(self) -> str:
        """Where it stands on forms, and in refusals."""
        return f"{CONSENT_FIELD}{self.code}"


class ConsentRecord(PublicIdModel):
    """That somebody agreed (FHIR R4 Consent): to which words, when, and who said so for which patient.

    `source` is the public id of what they did then, such as the appointment that they booked.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", "Given"
        INACTIVE = "inactive", "Taken back"

    question = models.ForeignKey(ConsentQuestion, on_delete=models.PROTECT, related_name="records")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    source = models.UUIDField()
    version = models.PositiveIntegerField()
    statement = models.CharField(max_length=300)
    more = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "question", "version"],
                condition=models.Q(status="active"),
                name="consent_once_a_version",
            ),
            models.CheckConstraint(
                condition=models.Q(status="active", ended_at__isnull=True)
                | models.Q(status="inactive", ended_at__isnull=False),
                name="consent_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question.code}, version {self.version}"
