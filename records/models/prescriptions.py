from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.models import Patient
from booking.models import Appointment
from common import clock
from common.fields import EncryptedTextField
from common.models import PublicIdModel
from common.permissions import GroupGrantBase, UserGrantBase
from doctors.models import Doctor
from records.states import STANDING, PrescriptionStatus

# What is read by itself, where it is shown: one changed byte of it must not close what stands beside it.
PRESCRIPTION_TEXTS = ("draft", "reason", "replaces__draft", "replaces__reason")


class Prescription(PublicIdModel):
    """What a doctor prescribes to one patient (FHIR R4 MedicationRequest, one for all items); only records' services
    write `status`.

    The signed text stands in its `signature`, which nobody edits; until then `draft` is what the doctor is writing, and
    each save raises `draft_version`. It may be dispensed to the end of `valid_until` on the clinic's calendar: ask
    `status_at`, not `status`, for nobody need have written down that this day is over. `reason` is why it was held or
    ended. A replacement names what it `replaces`.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="prescriptions")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="prescriptions")
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="prescriptions", null=True, blank=True
    )
    status = models.CharField(
        max_length=20, choices=PrescriptionStatus, default=PrescriptionStatus.DRAFT, editable=False
    )
    draft = EncryptedTextField(blank=True, default="")
    draft_version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="replacements", null=True, blank=True, editable=False
    )
    reason = EncryptedTextField(blank=True, default="")
    changed_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["draft", "reason"])

    class Meta:
        ordering = ["-created_at"]
        permissions = [("sign_prescription", "Can sign a prescription")]
        indexes = [
            models.Index(fields=["patient", "-signed_at", "-id"], name="rx_patient_signed_idx"),
            models.Index(fields=["doctor", "-created_at", "-id"], name="rx_doctor_created_idx"),
            models.Index(fields=["valid_until"], name="rx_standing_idx", condition=Q(status__in=sorted(STANDING))),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["replaces"],
                condition=~Q(status=PrescriptionStatus.ENTERED_IN_ERROR),
                name="rx_replaced_once",
            ),
            models.CheckConstraint(
                condition=Q(status=PrescriptionStatus.DRAFT, signed_at__isnull=True, valid_until__isnull=True)
                | Q(status=PrescriptionStatus.ENTERED_IN_ERROR)
                | ~Q(status__in=[PrescriptionStatus.DRAFT, PrescriptionStatus.ENTERED_IN_ERROR])
                & Q(signed_at__isnull=False, valid_until__isnull=False),
                name="rx_signed_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"Prescription {self.public_id}"

    @property
    def is_draft(self) -> bool:
        return self.status == PrescriptionStatus.DRAFT

    @property
    def is_signed(self) -> bool:
        """Whether somebody has signed it, whatever became of it since."""
        return self.signed_at is not None

    def status_at(self, now: datetime) -> PrescriptionStatus:
        """What it is by then: expired once its last day is over, whether or not a worker has written that down."""
        status = PrescriptionStatus(self.status)
        is_over = self.valid_until is not None and clock.clinic_day(now) > self.valid_until
        return PrescriptionStatus.EXPIRED if status in STANDING and is_over else status

    @property
    def is_standing_now(self) -> bool:
        """Whether something may still be dispensed from it, now or once it is resumed."""
        return self.status_now in STANDING

    @property
    def status_now(self) -> PrescriptionStatus:
        """`status_at` this moment, for pages."""
        return self.status_at(clock.now())


class PrescriptionSignature(PublicIdModel):
    """A prescription as somebody signed it: kept as it is for ever (a trigger refuses every change but another key).

    `payload` is canonical JSON: `items`, the particulars of `prescriber` and `patient`, the `date`, the verification
    `code`, and a random `salt`, so that `digest`, which covers all columns, tells nobody what stands there.
    `code_digest` finds it by the code: that has 77 random bits, so its bare SHA-256 gives nothing away.
    """

    prescription = models.OneToOneField(Prescription, on_delete=models.PROTECT, related_name="signature")
    payload = EncryptedTextField()
    digest = models.CharField(max_length=64)
    code_digest = models.CharField(max_length=64, unique=True)
    draft_version = models.PositiveIntegerField()
    signed_at = models.DateTimeField()
    valid_until = models.DateField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"Signature of prescription {self.prescription_id}"


class PrescriptionUserGrant(UserGrantBase):
    """A person's right on one prescription that is not theirs by ownership."""

    content_object = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="user_grants")

    class Meta(UserGrantBase.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "permission", "content_object"], name="rx_grant_once")]


class PrescriptionGroupGrant(GroupGrantBase):
    """Demanded by django-guardian beside the user's table; the database refuses every row of it."""

    content_object = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="group_grants")

    class Meta(GroupGrantBase.Meta):
        pass
