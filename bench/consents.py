"""What the clinic asks of whoever books: agreed to before anything is measured, as by anybody on a second visit."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction

from accounts.models import ConsentQuestion, Patient
from accounts.services import consents_give
from common import clock


@transaction.atomic
def agree(patients: Iterable[Patient]) -> None:
    """In the name of the patients, who come with their accounts."""
    questions = list(ConsentQuestion.objects.filter(is_active=True))
    for patient in patients:
        assert patient.user is not None
        consents_give(
            actor=patient.user,
            patient=patient,
            open_ids=[question.pk for question in questions],
            agreed=[question.agreement for question in questions],
            source=uuid.uuid4(),
            now=clock.now(),
        )
