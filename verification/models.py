from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from common.models import PublicIdModel
from common.uploads.models import Upload
from doctors.models import Doctor
from verification.states import DECIDED, OPEN, REFUSED, ItemKind, ItemStatus, ReasonCode, RegisterResult, Status


class VerificationCase(PublicIdModel):
    """One round of checking one doctor (FHIR R4 VerificationResult); only verification's services write `status`.

    A doctor's verification stands where their latest case stands. `decided_by` and `decided_at` tell of the last
    decision (a suspension replaces the approval's; history keeps both). `previous` is the case that it reopens.
    `assignee` is the officer who has claimed it. `due_at` is when the decision is promised; while the case waits on
    the doctor (`paused_at`) its clock stands, and continuing moves `due_at` by as long. Where two officers decide,
    `first_approved_by` is the one who has.
    """

    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="verification_cases")
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="next", editable=False
    )
    status = models.CharField("stage", max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    first_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_approved_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason_code = models.CharField(max_length=20, choices=ReasonCode, blank=True)
    reason = models.TextField(blank=True)
    note = models.TextField(blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["-id"]
        permissions = [("decide_verificationcase", "Can decide verification cases")]
        indexes = [models.Index(fields=["status", "submitted_at"], name="case_queue_idx")]
        constraints = [
            models.UniqueConstraint(fields=["doctor"], condition=Q(status__in=sorted(OPEN)), name="case_one_open"),
            models.UniqueConstraint(fields=["doctor"], condition=Q(status=Status.VERIFIED), name="case_one_verified"),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | Q(submitted_at__isnull=False), name="case_submitted_says_when"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(DECIDED)) | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="case_decided_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(REFUSED)) | ~(Q(reason_code="") | Q(reason="")),
                name="case_refused_says_why",
            ),
            models.CheckConstraint(
                condition=Q(assignee__isnull=True, claimed_at__isnull=True)
                | Q(assignee__isnull=False, claimed_at__isnull=False),
                name="case_claimed_says_when",
            ),
            models.CheckConstraint(
                condition=Q(first_approved_by__isnull=True, first_approved_at__isnull=True)
                | Q(first_approved_by__isnull=False, first_approved_at__isnull=False),
                name="case_first_approved_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"Verification of {self.doctor.name}"


class ChecklistItem(PublicIdModel):
    """One thing that is checked in a case; only verification's services write `status`.

    The doctor's side: `answer` in words, `stated_expires_on`, files (`Evidence`). The officer's: `source`,
    `checked_on`, `checked_by`, `note` (for colleagues), `expires_on` (the credential's last day, in the clinic's
    zone) and `request`, what the doctor is asked for once more. While a renewal waits, what was accepted before stays
    valid.
    """

    case = models.ForeignKey(VerificationCase, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=20, choices=ItemKind)
    status = models.CharField(max_length=10, choices=ItemStatus, default=ItemStatus.EMPTY, editable=False)
    answer = models.TextField(blank=True)
    stated_expires_on = models.DateField(null=True, blank=True)
    provided_at = models.DateTimeField(null=True, blank=True)
    request = models.TextField(blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    expires_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["expires_on"], name="item_expires_idx")]
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="item_one_of_a_kind"),
            models.CheckConstraint(
                condition=~Q(status=ItemStatus.ACCEPTED)
                | Q(checked_on__isnull=False, checked_by__isnull=False) & ~Q(source=""),
                name="item_accepted_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(status=ItemStatus.ASKED) | ~Q(request=""), name="item_asked_says_for_what"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Evidence(Upload):
    """A file that a doctor gives as proof of one item. Taking it back hides it from the case, and keeps the record."""

    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, related_name="evidence")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(Upload.Meta):
        verbose_name_plural = "evidence"


class RegisterCheck(PublicIdModel):
    """One look into a professional register: the result, the subject's number and the time, and no more of it."""

    case = models.ForeignKey(VerificationCase, on_delete=models.PROTECT, related_name="register_checks")
    provider = models.CharField(max_length=40)
    subject = models.CharField("GMC number", max_length=8)
    result = models.CharField(max_length=20, choices=RegisterResult)
    has_licence = models.BooleanField(null=True)
    has_conditions = models.BooleanField(null=True)
    on_specialist_register = models.BooleanField(null=True)
    on_gp_register = models.BooleanField(null=True)
    retrieved_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.get_result_display()


@register_setting(icon="circle-check")
class VerificationSettings(BaseGenericSetting):
    """What an installation decides about verification; `audited` stand in the audit log with their values."""

    audited = ("second_person", "target_days")

    second_person = models.BooleanField(
        "a second person approves",
        default=False,
        help_text="With one officer alone an administrator is the second.",
    )
    target_days = models.PositiveSmallIntegerField(
        "days to a decision",
        default=5,
        help_text="What doctors are promised. Time that a case waits on its doctor does not count.",
    )

    class Meta:
        verbose_name = "verification settings"
