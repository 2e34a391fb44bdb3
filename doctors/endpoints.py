"""What the API's views about a doctor's work stand on."""

from __future__ import annotations

from rest_framework.request import Request

from accounts.endpoints import DoctorEndpoint
from doctors.models import Doctor
from doctors.policies import assert_not_barred
from doctors.selectors import doctor_of


class PracticeEndpoint(DoctorEndpoint):
    """As the pages behind `practice_required`: closed to whoever is barred (403)."""

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        assert_not_barred(self.caller)

    @property
    def doctor(self) -> Doctor:
        """Raises `NotFound` for a doctor who has no entry yet."""
        return doctor_of(self.caller)
