from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.models import Patient
from booking.models import Appointment
from common.fields import EncryptedTextField
from common.models import PublicIdModel
from common.permissions import GroupGrantBase, UserGrantBase
from doctors.models import Doctor
from records.states import SIGNED, NoteStatus

# What is read by itself, where it is shown: nobody else may see what somebody is writing, and one changed byte of
# either must not close the note.
NOTE_TEXTS = ("draft", "error_reason")


class VisitNote(PublicIdModel):
    """What a doctor writes about one visit (FHIR R4 Composition); only records' services write `status`.

    The signed text stands in its `versions`, which nobody edits. `draft` is what the doctor is writing: the note before
    it is signed, an amendment afterwards; it is open while `draft_saved_at` says when it was saved, and each save
    raises `draft_version`. The patient may read what is signed from `released_at` on. What was entered in error waits
    for `error_second` to agree, from `error_asked_at` to `corrected_at`.
    """

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="notes")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="visit_notes")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="visit_notes")
    status = models.CharField(max_length=20, choices=NoteStatus, default=NoteStatus.PRELIMINARY, editable=False)
    draft = EncryptedTextField(blank=True, default="")
    draft_version = models.PositiveIntegerField(default=0)
    draft_saved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    version_count = models.PositiveSmallIntegerField(default=0)
    signed_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    error_reason = EncryptedTextField(blank=True, default="")
    error_asked_at = models.DateTimeField(null=True, blank=True)
    error_second = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    corrected_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["draft", "error_reason"])

    class Meta:
        ordering = ["-created_at"]
        permissions = [
            ("sign_visitnote", "Can sign a visit note"),
            ("second_visitnote", "Can agree that a visit note was entered in error"),
        ]
        indexes = [
            models.Index(fields=["patient", "-signed_at", "-id"], name="note_patient_signed_idx"),
            models.Index(fields=["doctor", "-created_at"], name="note_doctor_created_idx"),
            models.Index(
                fields=["doctor", "draft_saved_at"], name="note_open_idx", condition=Q(draft_saved_at__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"], condition=~Q(status=NoteStatus.ENTERED_IN_ERROR), name="note_one_an_appointment"
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(SIGNED), version_count__gt=0)
                & Q(signed_at__isnull=False, released_at__isnull=False)
                | Q(status=NoteStatus.PRELIMINARY, version_count=0, signed_at__isnull=True, released_at__isnull=True)
                | Q(status=NoteStatus.ENTERED_IN_ERROR),
                name="note_signed_says_when",
            ),
            models.CheckConstraint(
                condition=Q(status=NoteStatus.ENTERED_IN_ERROR, corrected_at__isnull=False, draft_saved_at__isnull=True)
                | ~Q(status=NoteStatus.ENTERED_IN_ERROR) & Q(corrected_at__isnull=True),
                name="note_in_error_says_when",
            ),
            # What was signed is taken back by two.
            models.CheckConstraint(
                condition=~Q(status=NoteStatus.ENTERED_IN_ERROR) | Q(version_count=0) | Q(error_second__isnull=False),
                name="note_in_error_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"Visit note {self.public_id}"

    @property
    def is_signed(self) -> bool:
        return self.status in SIGNED

    @property
    def can_be_written(self) -> bool:
        """Whether it may be changed: not what was entered in error, nor while a colleague is asked about that."""
        return self.status != NoteStatus.ENTERED_IN_ERROR and self.error_asked_at is None

    @property
    def has_draft(self) -> bool:
        """Whether something is being written: a note that nobody has signed, or an amendment."""
        return self.draft_saved_at is not None


class NoteVersion(PublicIdModel):
    """A note as somebody signed it: kept as it is for ever (a trigger refuses every change but another key).

    `payload` is canonical JSON: `sections`, `summary`, the `reason` of an amendment, and a random `salt`, so that
    `digest` tells nobody what stands there. `digest` covers all columns and the digest of the version before. It was
    signed from the draft of the version `draft_version`.
    """

    note = models.ForeignKey(VisitNote, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    payload = EncryptedTextField()
    digest = models.CharField(max_length=64)
    draft_version = models.PositiveIntegerField()
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signer_name = models.CharField(max_length=200)
    signer_gmc_number = models.CharField(max_length=8)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["note", "number"], name="note_version_once")]

    def __str__(self) -> str:
        return f"Version {self.number} of visit note {self.note_id}"


class VisitNoteUserGrant(UserGrantBase):
    """A person's right on one visit note that is not theirs by ownership."""

    content_object = models.ForeignKey(VisitNote, on_delete=models.CASCADE, related_name="user_grants")

    class Meta(UserGrantBase.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "permission", "content_object"], name="note_grant_once")]


class VisitNoteGroupGrant(GroupGrantBase):
    """Demanded by django-guardian beside the user's table; the database refuses every row of it."""

    content_object = models.ForeignKey(VisitNote, on_delete=models.CASCADE, related_name="group_grants")

    class Meta(GroupGrantBase.Meta):
        pass
