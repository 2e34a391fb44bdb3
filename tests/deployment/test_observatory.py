"""What Mozilla's Observatory would say of production's pages, as Nginx and Gunicorn send them."""

from __future__ import annotations

from http import HTTPStatus

import pytest
import requests
from django.test import Client

from accounts.tests.factories import PatientFactory
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from doctors.tests.factories import DoctorPageFactory
from home.tests.factories import article
from tests.deployment.observatory import policy_of, score
from tests.deployment.pair import Pair
from tests.deployment.test_pair import signed_in

# A hundred is its best grade, A+; 135 is all that a page without cookies can have, but for the browsers' preload list,
# which an installation's name gets onto, and 140 with cookies.
AT_LEAST = 135


def test_every_page_of_ours_has_the_best_grade_and_what_is_extra(
    pair: Pair, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    doctor, piece = DoctorPageFactory(doctor=bookable_doctor()).doctor, article()
    cookies = signed_in(client, user_of(PatientFactory.create()))
    public = ["/", "/doctors/", doctor.page_url, piece.url, "/account/login/", "/account/signup/"]
    theirs = ["/home/", "/health-record/"]
    scores = {}
    for path in [*public, *theirs]:
        page = pair.ask(path, cookies=cookies if path in theirs else {})
        assert page.status_code == HTTPStatus.OK, path
        scores[path], verdicts = score(page, plain(pair, path))
        assert scores[path] >= AT_LEAST, (path, verdicts)
    with capsys.disabled():
        print(f"\nObservatory: {scores}")


def plain(pair: Pair, path: str) -> requests.Response:
    return requests.get(f"http://127.0.0.1:{pair.plain_port}{path}", allow_redirects=False, timeout=60)


def test_control_the_admin_which_wagtail_needs_looser_has_less(pair: Pair) -> None:
    page = pair.ask("/admin/login/")
    page.headers["Content-Security-Policy"] = "default-src 'self'; script-src 'self' 'unsafe-inline'"
    worse, verdicts = score(page, plain(pair, "/admin/login/"))
    assert worse < AT_LEAST, verdicts
    del page.headers["Strict-Transport-Security"], page.headers["Content-Security-Policy"]
    assert policy_of(page) == {}
    assert score(page, page)[0] < worse
