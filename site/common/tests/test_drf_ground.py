"""The ground of the API: pages by key, versions, limits, other origins, and addresses that are not there."""

from __future__ import annotations

import json
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.test import Client, RequestFactory
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory, force_authenticate

from common.drf.paging import KeysetView, Place
from common.drf.throttles import AreaThrottle
from common.drf.versions import (
    PreconditionFailed,
    PreconditionNeeded,
    stale_is_412,
    tagged,
    version_asked,
)
from common.drf.views import ApiView
from common.errors import Conflict
from common.keyset import KeyPage

UNKNOWN = UUID(int=9)


class Row:
    def __init__(self, number: int) -> None:
        self.number, self.public_id = number, UUID(int=number)


class RowSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()


class RowFilters(serializers.Serializer[Any]):
    odd = serializers.BooleanField(default=False)


class Rows(KeysetView):
    area = "rows"
    serializer_class = RowSerializer
    filters_class = RowFilters
    asked: ClassVar[list[tuple[dict[str, Any], Place]]] = []

    def page(self, asked: dict[str, Any], place: Place) -> KeyPage[Row]:
        self.asked.append((asked, place))
        is_unknown = UNKNOWN in (place["before"], place["after"])
        return KeyPage(
            rows=[Row(3), Row(2)], has_previous=place["before"] is not None, has_next=True, has_unknown_edge=is_unknown
        )


def ask(query: dict[str, Any]) -> Any:
    request = APIRequestFactory().get("/api/rows/", query)
    force_authenticate(request, get_user_model()(is_active=True))
    view: Any = Rows.as_view(throttle_classes=[])
    return view(request)


def test_a_page_says_where_the_next_one_is_and_keeps_the_filters() -> None:
    answer = ask({"odd": "true", "page_size": 2, "before": str(UUID(int=4))})
    assert answer.data == {
        "next": f"http://testserver/api/rows/?odd=true&page_size=2&before={UUID(int=2)}",
        "previous": f"http://testserver/api/rows/?odd=true&page_size=2&after={UUID(int=3)}",
        "results": [{"number": 3}, {"number": 2}],
    }
    assert Rows.asked[-1] == ({"odd": True}, {"size": 2, "before": UUID(int=4), "after": None})


@pytest.mark.parametrize("query", [{"page_size": 0}, {"page_size": 101}, {"before": "x"}, {"odd": "perhaps"}])
def test_a_question_that_cannot_be_read_is_answered_beside_its_field(query: dict[str, Any]) -> None:
    answer = ask(query)
    assert (answer.status_code, list(answer.data["fields"])) == (422, list(query))


@pytest.mark.parametrize("cursor", ["before", "after"])
def test_an_edge_that_nobody_may_see_is_no_first_page(cursor: str) -> None:
    """A program would take it for the next page, and go round for ever."""
    answer = ask({cursor: str(UNKNOWN)})
    assert (answer.status_code, answer.data["code"], answer.data["cursor"]) == (400, "unknown_cursor", cursor)


def _request(**headers: str) -> Request:
    return Request(RequestFactory().put("/", headers=headers))


@pytest.mark.parametrize("given", ["", "*"])
def test_a_change_that_names_no_version_is_428(given: str) -> None:
    with pytest.raises(PreconditionNeeded):
        version_asked(_request(**{"If-Match": given} if given else {}), current=7)


@pytest.mark.parametrize(
    "given", ["7", 'W/"7"', 'W/"7", w/"7"', '"x"', '"-7"', '"\u0667"', '""', '"7"\x00', f'"{"7" * 5000}"', '"30/None"']
)
def test_what_is_no_version_of_ours_is_412(given: str) -> None:
    with pytest.raises(PreconditionFailed):
        version_asked(_request(**{"If-Match": given}), current=7)


@pytest.mark.parametrize(
    ("given", "version"),
    [('"7"', 7), ('"6"', 6), ('"6", "7"', 7), ('"7","8"', 7), ('W/"7", "6"', 6), ('"x" , "7"', 7), ('"8", "6"', 8)],
)
def test_of_the_versions_that_were_read_the_present_one_is_meant(given: str, version: int) -> None:
    assert version_asked(_request(**{"If-Match": given}), current=7) == version
    told = tagged(_request(), {}, version)["ETag"]
    assert version_asked(_request(**{"If-Match": told}), current=7) == version


@pytest.mark.parametrize(
    ("had", "status"),
    [('"7"', 304), ('W/"7"', 304), ('"6", W/"7"', 304), ("*", 304), ('"8"', 200), ("7", 200), ("", 200)],
)
def test_what_a_reader_has_already_is_not_sent_again(had: str, status: int) -> None:
    answer = tagged(Request(RequestFactory().get("/", headers={"If-None-Match": had})), {"a": 1}, 7)
    assert (answer.status_code, answer["ETag"], answer.data) == (status, '"7"', None if status == 304 else {"a": 1})


def test_a_stale_version_keeps_the_code_and_what_stands_there_now() -> None:
    with pytest.raises(PreconditionFailed) as caught, stale_is_412(Conflict):
        raise Conflict("stale_draft", "Somebody was first.", version=8)
    assert (caught.value.code, caught.value.data, caught.value.status) == ("stale_draft", {"version": 8}, 412)


@pytest.mark.django_db
def test_each_area_is_counted_apart_and_reading_and_changing_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AreaThrottle, "THROTTLE_RATES", {"read": "2/min", "write": "1/min", "rows:write": "3/min"})
    user = get_user_model().objects.create_user(email="ada@example.org")

    def allowed(method: str, area: str) -> bool:
        request = Request(RequestFactory().generic(method, "/"))
        request.user = user
        view, throttle = type("View", (ApiView,), {"area": area})(), AreaThrottle()
        return throttle.allow_request(request, view) or not 0 < throttle.wait() <= 60

    assert [allowed("GET", "rows") for _ in range(3)] == [True, True, False]
    assert [allowed("POST", "rows") for _ in range(4)] == [True, True, True, False]
    assert [allowed("POST", "other") for _ in range(2)] == [True, False]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/", "/api/v1/nothing/", "/api/v2/doctors/", "/api/doctors/", "/api/v1/me"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_address_that_is_not_there_is_a_problem(client: Client, path: str, method: str) -> None:
    answer = getattr(client, method)(path, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_what_cannot_be_answered_as_asked_is_a_problem(client: Client) -> None:
    for path in ("/api/v1/doctors/", "/api/v1/schema/"):
        unread = client.get(path, headers={"Accept": "image/png"})
        assert (unread.status_code, unread["Content-Type"]) == (406, "application/problem+json")
        assert json.loads(unread.content)["code"] == "not_acceptable"
    read = client.get("/api/v1/schema/", headers={"Accept": "application/json"})
    assert json.loads(read.content)["openapi"] == "3.1.0"
    foreign = client.get("/api/v1/doctors/", headers={"Host": "elsewhere.example"})
    assert (foreign.status_code, foreign["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.django_db
@pytest.mark.parametrize("path", [f"/api/v1/{name}/" for name in ("doctors", "token", "pages", "docs", "nothing")])
def test_allow_names_no_method_that_is_refused(client: Client, path: str) -> None:
    told = client.options(path)
    assert told.status_code == 405
    assert "OPTIONS" not in told["Allow"]


ELSEWHERE = "https://app.example.org"


def _preflight(client: Client, path: str = "/api/v1/appointments/") -> Any:
    asks = {"Origin": ELSEWHERE, "Access-Control-Request-Method": "POST"}
    return client.options(path, headers={**asks, "Access-Control-Request-Headers": "authorization,idempotency-key"})


@pytest.mark.django_db
def test_no_other_origin_may_call_unless_it_is_named_and_never_with_cookies(client: Client, settings: Any) -> None:
    assert "Access-Control-Allow-Origin" not in _preflight(client)
    settings.CORS_ALLOWED_ORIGINS = [ELSEWHERE]
    told = _preflight(client)
    assert told["Access-Control-Allow-Origin"] == ELSEWHERE
    assert "idempotency-key" in told["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in told
    asked = client.get("/api/v1/doctors/", headers={"Origin": ELSEWHERE})
    exposed = asked["Access-Control-Expose-Headers"]
    assert exposed.split(", ") == ["Content-Disposition", "ETag", "Location", "Retry-After", "X-Request-ID"]
    assert "Access-Control-Allow-Origin" not in _preflight(client, "/account/login/")
