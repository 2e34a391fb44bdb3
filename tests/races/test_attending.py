"""What became of a visit against its cancellation, each on a connection of its own: one of the two is true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import NamedTuple

import pytest

from accounts.models import User
from audit.models import Event
from booking.models import Appointment
from booking.services import appointment_arrive, appointment_cancel, appointment_noshow
from booking.states import Status
from booking.tests.factories import bookable_doctor
from booking.tests.services.test_appointment_attend import begun
from booking.tests.steps import at_the_desk_of, user_of
from common import clock
from tests.races.conftest import Together, refusals, winners

EACH = 5
SAID = {Status.ARRIVED: "appointment.arrived", Status.NOSHOW: "appointment.missed"}
SOON = timedelta(minutes=10)
REFUSED = {"illegal_transition", "busy"}


class Contest(NamedTuple):
    """A booked visit, what the desk of its place says of it, and who cancels it meanwhile."""

    visit: Appointment
    says: Callable[..., Appointment]
    becomes: Status
    canceller: User

    def clients(self) -> list[Callable[[], Appointment]]:
        """Five of each, so that the control meets itself too."""
        desk, visit = at_the_desk_of(self.visit.location), self.visit.public_id
        said = partial(self.says, actor=desk, appointment_id=visit)
        cancelled = partial(appointment_cancel, actor=self.canceller, appointment_id=visit)
        return [said, cancelled] * EACH

    def events(self) -> Counter[str]:
        found = Event.objects.filter(object_id=str(self.visit.public_id))
        return Counter(found.values_list("action", flat=True))


def arriving() -> Contest:
    """The patient is at the desk, and their relative at home presses cancel."""
    visit = begun(bookable_doctor(), start=clock.now() + SOON)
    return Contest(visit, appointment_arrive, Status.ARRIVED, user_of(visit.patient))


def missing() -> Contest:
    """The desk gives the patient up, and the doctor cancels the visit."""
    visit = begun(bookable_doctor())
    return Contest(visit, appointment_noshow, Status.NOSHOW, user_of(visit.doctor))


contests = pytest.mark.parametrize("contest", [arriving, missing])


def contested(contest: Callable[[], Contest], rounds: int) -> Iterator[Contest]:
    return (contest() for _ in range(rounds))


@contests
@pytest.mark.usefixtures("no_deadlock")
def test_what_is_said_first_stands(together: Together, rounds: int, contest: Callable[[], Contest]) -> None:
    for one in contested(contest, rounds):
        outcomes = together(one.clients())
        one.visit.refresh_from_db()
        became = Status(one.visit.status)
        assert became in (one.becomes, Status.CANCELLED)
        assert {won.status for won in winners(outcomes)} == {became}
        assert len(refusals(outcomes)) >= EACH
        assert set(refusals(outcomes)) <= REFUSED
        assert one.events() == {SAID.get(became, "appointment.cancelled"): 1}


class TestControl:
    """The same race with its protection taken away. If it fails, the test above proves nothing."""

    @contests
    @pytest.mark.usefixtures("without_locks")
    def test_without_locks_a_visit_is_cancelled_and_kept(
        self, together: Together, rounds: int, contest: Callable[[], Contest]
    ) -> None:
        def is_both(one: Contest) -> bool:
            together(one.clients())
            return one.events().keys() >= {SAID[one.becomes], "appointment.cancelled"}

        assert any(is_both(one) for one in contested(contest, 4 * rounds))
