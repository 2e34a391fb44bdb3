from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from doctors.selectors import portraits_of
from doctors.selectors.cards import PORTRAIT
from doctors.tests.factories import DoctorFactory, DoctorPageFactory, photo_shown_before

pytestmark = pytest.mark.django_db


def test_each_doctor_with_a_picture_in_two_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    pages = [DoctorPageFactory.create(photo=photo_shown_before(PORTRAIT)) for _ in range(3)]
    without = DoctorPageFactory.create(), DoctorFactory.create()
    ids = [*(page.doctor_id for page in pages), without[0].doctor_id, without[1].pk]
    with django_assert_num_queries(2):
        found = portraits_of(ids)
    assert set(found) == {page.doctor_id for page in pages}
    assert all(address.startswith("/media/") for address in found.values())


def test_a_page_that_editors_took_down_keeps_its_picture_in_lists() -> None:
    page = DoctorPageFactory.create(photo=photo_shown_before(PORTRAIT), live=False)
    assert page.doctor_id in portraits_of([page.doctor_id])
