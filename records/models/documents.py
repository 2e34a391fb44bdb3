from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Patient
from booking.models import Appointment
from common.fields import EncryptedTextField
from common.permissions import GroupGrantBase, UserGrantBase
from common.uploads.models import Upload
from common.uploads.states import UploadState
from doctors.models import Doctor
from records.states import Category, DocumentStatus

TITLE_LENGTH = 120


class Document(Upload):
    """A file in a patient's record (FHIR R4 DocumentReference); only records' services write `status`.

    `doctor` is whoever added it as a doctor; without one the patient did. A newer version names what it `replaces`,
    and takes its place once it is checked. What was filed at the wrong patient stays there as entered in error, and the
    one at the right patient names it as `moved_from`; why stands in `error_reason`.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="documents")
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    category = models.CharField(max_length=10, choices=Category)
    title = models.CharField(max_length=TITLE_LENGTH)
    status = models.CharField(max_length=20, choices=DocumentStatus, default=DocumentStatus.CURRENT, editable=False)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="newer")
    moved_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="moved_to")
    error_reason = EncryptedTextField(blank=True, default="")
    corrected_at = models.DateTimeField(null=True, blank=True)

    class Meta(Upload.Meta):
        ordering = ["-uploaded_at", "-pk"]
        indexes = [
            models.Index(fields=["patient", "-uploaded_at", "-id"], name="document_patient_idx"),
            models.Index(fields=["doctor", "-uploaded_at", "-id"], name="document_doctor_idx"),
            models.Index(fields=["uploaded_by", "-uploaded_at", "-id"], name="document_uploader_idx"),
            models.Index(
                fields=["uploaded_at"], name="document_waiting_idx", condition=Q(state=UploadState.QUARANTINED)
            ),
        ]
        constraints = [
            *Upload.Meta.constraints,
            # One newer version at a time; what was refused or entered in error stands in nobody's way.
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(state__in=[UploadState.CURRENT, UploadState.QUARANTINED])
                & ~Q(status=DocumentStatus.ENTERED_IN_ERROR),
                name="document_replaced_once",
            ),
            models.CheckConstraint(
                condition=Q(status=DocumentStatus.ENTERED_IN_ERROR, corrected_at__isnull=False)
                | ~Q(status=DocumentStatus.ENTERED_IN_ERROR) & Q(corrected_at__isnull=True),
                name="document_in_error_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status=DocumentStatus.SUPERSEDED) | Q(state=UploadState.CURRENT),
                name="document_superseded_was_checked",
            ),
        ]

    def __str__(self) -> str:
        return f"Document {self.public_id}"

    @property
    def other_name(self) -> str:
        """What the file is called, where its title says something else: several may have been sent under one title."""
        is_told = self.title in self.name or self.status == DocumentStatus.ENTERED_IN_ERROR
        return "" if is_told else self.name

    @property
    def is_readable(self) -> bool:
        """Whether its file may be opened by whoever may see it: found clean, and not entered in error."""
        return self.state == UploadState.CURRENT and self.status != DocumentStatus.ENTERED_IN_ERROR


class DocumentUserGrant(UserGrantBase):
    """A person's right on one document that is not theirs by ownership."""

    content_object = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="user_grants")

    class Meta(UserGrantBase.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "permission", "content_object"], name="document_grant_once")
        ]


class DocumentGroupGrant(GroupGrantBase):
    """Demanded by django-guardian beside the user's table; the database refuses every row of it."""

    content_object = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="group_grants")

    class Meta(GroupGrantBase.Meta):
        pass
