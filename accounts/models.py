from __future__ import annotations

from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractUser, Permission
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from simple_history.models import HistoricalRecords

from accounts.managers import UserManager
from accounts.validators import phone_for_people, validate_birth_date, validate_phone
from common.models import PublicIdModel
from common.permissions import concerns_guarded


class User(PublicIdModel, AbstractUser):
    """An account; the email address is its name. Clinical facts about a person belong to `Patient`."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("email address", unique=True)

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
    def has_two_step(self) -> bool:
        """Whether an authenticator app or a passkey stands beside the password."""
        return Authenticator.objects.filter(user=self).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


class AccountSession(PublicIdModel):
    """A place where somebody is signed in. It is ended by deleting this row, whatever a cache still holds of it.

    The browser's session carries the public id; the rows come with the account itself (`accounts.backends`), so that
    a request pays nothing for the question.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="account_sessions")
    started_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=80)

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


class Patient(PublicIdModel):
    """A person who is cared for (FHIR R4 Patient). `user` is empty for somebody who has no account of their own."""

    user = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="patient")
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    birth_date = models.DateField("date of birth", validators=[validate_birth_date])
    gender = models.CharField(max_length=10, choices=Gender, default=Gender.UNKNOWN)
    phone = models.CharField("phone number", max_length=20, validators=[validate_phone])
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["family_name", "given_name"]

    def __str__(self) -> str:
        return self.name

    @property
    def written_phone(self) -> str:
        """The number as people write it: 07700 900123."""
        return phone_for_people(self.phone)

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"
