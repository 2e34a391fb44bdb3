"""What the clinic asks of whoever books: agreed to before anything is measured, as by anybody on a second visit."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction

from accounts.models import Patient
from accounts.selectors import consents_open
from accounts.services import consents_give
from common import clock


@transaction.atomic
def agree(patients: Iterable[Patient]) -> None:
    """In the name of the patients, who come with their accounts; again changes nothing."""
    for patient in patients:
        assert patient.user is not None
        questions = consents_open([patient])
        consents_give(
            actor=patient.user,
            patient=patient,
            open_ids=[question.pk for question in questions],
            agreed=[question.agreement for question in questions],
            source=uuid.uuid4(),
            now=clock.now(),
        )
