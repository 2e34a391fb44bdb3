from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet

from doctors.states import VerificationStatus

if TYPE_CHECKING:
    from doctors.models import Doctor  # noqa: F401


class DoctorQuerySet(QuerySet["Doctor"]):
    def listed(self) -> Self:
        """Doctors whom patients may see and book: verified and active."""
        return self.filter(verification_status=VerificationStatus.VERIFIED, is_active=True)
