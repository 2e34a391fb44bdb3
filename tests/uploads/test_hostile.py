"""Each of the hostile files ends as the table says, and none of them is served before it is clean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing

import pytest
from django.test import RequestFactory
from pytest_django import DjangoCaptureOnCommitCallbacks

from common.errors import Invalid, NotFound
from common.uploads.models import MediaType
from common.uploads.serving import upload_response
from common.uploads.states import UploadState
from devtools.scanner import EICAR
from integrations import antivirus
from tests.uploads.conftest import Receive, check
from tests.uploads.hostile import ATTEMPTS, HTML, Attempt
from verification.models import Evidence

REFUSED = [attempt for attempt in ATTEMPTS if not isinstance(attempt.becomes, UploadState)]
TAKEN = [attempt for attempt in ATTEMPTS if isinstance(attempt.becomes, UploadState)]
REQUEST = RequestFactory().get("/")


def about(attempt: Attempt) -> str:
    return attempt.about


def test_the_table_holds_at_least_fifty_different_files() -> None:
    assert len({attempt.about for attempt in ATTEMPTS}) == len(ATTEMPTS) >= 50
    assert Counter(type(attempt.becomes) for attempt in ATTEMPTS).keys() == {str, UploadState}


@pytest.mark.parametrize("attempt", REFUSED, ids=about)
def test_what_we_cannot_take_is_refused_in_words_and_leaves_nothing(
    attempt: Attempt, receive: Receive, kept: Callable[[], list[str]]
) -> None:
    with pytest.raises(Invalid) as refused:
        receive(attempt.name, attempt.content(), attempt.declared)

    assert refused.value.code == "upload_refused"
    [words] = refused.value.fields["file"]
    assert str(attempt.becomes) in words
    assert not Evidence.objects.exists()
    assert kept() == []


@pytest.mark.parametrize("attempt", TAKEN, ids=about)
@pytest.mark.usefixtures("virus_scanner")
def test_what_is_taken_is_served_only_when_it_is_clean(
    attempt: Attempt,
    receive: Receive,
    kept: Callable[[], list[str]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    evidence = receive(attempt.name, attempt.content(), attempt.declared)
    assert (evidence.name, kept()) == (attempt.stored_as, ["quarantine"])
    with pytest.raises(NotFound):
        upload_response(evidence, request=REQUEST)

    with django_capture_on_commit_callbacks(execute=True):
        assert check(evidence.public_id, antivirus.scan) is attempt.becomes

    evidence.refresh_from_db()
    if attempt.becomes is UploadState.CURRENT:
        assert kept() == ["checked"]
        assert_harmless(evidence)
    else:
        assert kept() == []
        with pytest.raises(NotFound):
            upload_response(evidence, request=REQUEST)


def assert_harmless(evidence: Evidence) -> None:
    response = upload_response(evidence, request=REQUEST)
    with closing(response):
        served = b"".join(response)
    disposition = response["Content-Disposition"]
    assert response["Content-Type"] in MediaType.values
    assert not {"\r", "\n", "\0", "/", "\\"} & set(disposition.partition("''")[2])
    assert disposition.startswith("attachment; ")
    assert EICAR not in served
    if evidence.media_type != MediaType.PDF:
        assert HTML not in served
        assert b"PK\x03\x04" not in served
