from __future__ import annotations

from django.conf import settings
from django.db import models

from common.models import PublicIdModel
from doctors.models.people import Doctor
from doctors.states import OPEN_PROPOSALS, ProposalStatus

ONE_OPEN_PROPOSAL = "proposal_one_open_a_doctor"


class PageProposal(PublicIdModel):
    """What a doctor would like their public page to say; `doctors.services` alone writes it.

    `content` holds the fields that are to change, `base` what the page said of them when the doctor wrote, both in the
    form of `doctors.profile`. `version` counts what the doctor has sent, so that nobody decides about words that
    they have not seen. `comment` is the moderator's, for the doctor.
    """

    doctor = models.ForeignKey(Doctor, on_delete=models.CASCADE, related_name="proposals")
    status = models.CharField(max_length=10, choices=ProposalStatus, default=ProposalStatus.WAITING)
    content = models.JSONField()
    base = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    comment = models.TextField(max_length=1000, blank=True)
    sent_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sent_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["doctor"], condition=models.Q(status__in=sorted(OPEN_PROPOSALS)), name=ONE_OPEN_PROPOSAL
            ),
            models.CheckConstraint(
                condition=models.Q(status=ProposalStatus.WAITING) | models.Q(decided_at__isnull=False),
                name="proposal_says_when_it_was_decided",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=[ProposalStatus.ASKED, ProposalStatus.REJECTED]) | ~models.Q(comment=""),
                name="proposal_says_why",
            ),
        ]
        indexes = [models.Index(fields=["status", "sent_at"], name="proposal_queue_idx")]

    def __str__(self) -> str:
        return f"Proposal for {self.doctor}"
