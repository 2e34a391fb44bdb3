"""Nothing that a doctor typed is lost with their session, nor with a token that a new sign-in has made useless."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import AccountSession, User
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from common import clock
from common import typed as keeping
from common.typed import mark_of
from records.models import Prescription, VisitNote
from records.note_content import from_text
from records.selectors import draft_of
from records.tests.prescribing import AMOXICILLIN, DIAZEPAM, prescriber, rx_draft
from records.tests.steps import TEXT, author, draft, save, signed

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
WORDS = "canary-typed-since"
LOST = ["signed out", "idle", "signed in again"]


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


@pytest.fixture
def window() -> Client:
    """A browser that is asked for the tokens of its forms."""
    return Client(enforce_csrf_checks=True)


def hidden(page: Any, name: str) -> str:
    return str(page.content.decode().rsplit(f'name="{name}" value="', 1)[1].split('"')[0])


def marks(window: Client, path: str) -> dict[str, str]:
    page = window.get(path)
    return {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "made_for", "version")}


def lose(window: Client, user: User, how: str) -> None:
    if how == "idle":
        AccountSession.objects.filter(user=user).update(last_used_at=clock.now() - timedelta(hours=1))
    else:
        window.logout()
    if how == "signed in again":
        signed_in(window, user)
        renew_token(window)


def renew_token(window: Client) -> None:
    """As signing in does: the token of every form that stands open is one of the past."""
    window.cookies["csrftoken"] = "n" * 32


def stored(note: VisitNote) -> str:
    return from_text(VisitNote.objects.get(pk=note.pk).draft).sections.get("plan", "")


@pytest.mark.parametrize("how", LOST)
def test_a_note_that_was_sent_too_late_stands_in_its_form_again(window: Client, how: str) -> None:
    note = draft(plan="saved before")
    doctor, path = author(note), f"/notes/{note.public_id}/edit/"
    typed = {**TEXT, **marks(signed_in(window, doctor), path), "plan": WORDS}
    lose(window, doctor, how)
    answer = window.post(path, typed)
    assert answer["Location"] == (path if how == "signed in again" else f"/account/login/?next={path}")
    assert stored(note) == "saved before"
    assert WORDS not in repr(dict(window.session.items()))
    signed_in(window, doctor)
    page = window.get(path)
    assert f"{WORDS}</textarea>" in page.content.decode()
    assert "Nothing has been sent yet" in page.content.decode()
    again = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "made_for", "version")}
    assert window.post(path, {**typed, **again})["Location"] == path
    assert stored(note) == WORDS


def test_autosave_with_an_old_token_says_that_nothing_is_saved_and_brings_a_new_one(window: Client) -> None:
    note = draft(plan="saved before")
    doctor, path = author(note), f"/notes/{note.public_id}/edit/"
    typed = {**TEXT, **marks(signed_in(window, doctor), path), "plan": WORDS}
    lose(window, doctor, "signed in again")
    answer = window.post(path, typed, headers=HTMX)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "what you typed last is not saved yet" in shown
    assert "Draft saved" not in shown
    assert 'hx-trigger="load' in shown
    assert stored(note) == "saved before"
    # By itself it tries once; where that fails too, the doctor has a button.
    again = window.post(path, {**typed, "again": "yes"}, headers=HTMX).content.decode()
    assert 'hx-trigger="load' not in again
    assert "Save it now" in again
    renewed = {**typed, "csrfmiddlewaretoken": hidden(answer, "csrfmiddlewaretoken")}
    assert "Draft saved" in window.post(path, renewed, headers=HTMX).content.decode()
    assert stored(note) == WORDS


def test_autosave_without_any_cookie_says_that_the_doctor_is_signed_out(window: Client) -> None:
    note = draft()
    path = f"/notes/{note.public_id}/edit/"
    typed = {**TEXT, **marks(signed_in(window, author(note)), path), "plan": WORDS}
    window.cookies.clear()
    answer = window.post(path, typed, headers=HTMX)
    assert answer.status_code == 422
    assert "You are signed out" in answer.content.decode()


def test_somebody_else_who_has_signed_in_since_saves_and_sees_nothing_of_it(window: Client) -> None:
    note = draft(plan="saved before")
    path = f"/notes/{note.public_id}/edit/"
    typed = {**TEXT, **marks(signed_in(window, author(note)), path), "plan": WORDS}
    window.logout()
    signed_in(window, user_of(bookable_doctor()))
    renew_token(window)
    answer = window.post(path, typed, headers=HTMX)
    assert answer.status_code == 422
    assert "Somebody else is signed in here now" in answer.content.decode()
    assert window.post(path, typed).status_code == 403
    signed_in(window, author(note))
    assert WORDS not in window.get(path).content.decode()
    assert stored(note) == "saved before"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["form", "htmx"])
def test_a_form_of_another_site_is_refused_as_ever(window: Client, headers: dict[str, str]) -> None:
    note = draft()
    path = f"/notes/{note.public_id}/edit/"
    typed = {**TEXT, **marks(signed_in(window, author(note)), path), "plan": WORDS}
    assert window.post(path, typed, headers={**headers, "Origin": "https://example.org"}).status_code == 403
    assert WORDS not in window.get(path).content.decode()


def test_no_form_but_this_one_fills_a_session(window: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    note = draft()
    path = f"/notes/{note.public_id}/edit/"
    signed_in(window, author(note))
    theirs, elsewhere = marks(window, path), mark_of(author(note), "/notes/another/edit/")
    window.logout()

    def is_kept(**more: Any) -> bool:
        window.cookies.clear()
        window.post(path, {"plan": WORDS, "made_for": theirs["made_for"], **more})
        return path in window.session.get("typed", {})

    assert is_kept()
    assert not is_kept(made_for=elsewhere)
    assert not is_kept(**{f"more-{number}": "x" for number in range(200)})
    assert not is_kept(**{"n" * 100: "x"})
    assert not is_kept(plan="x" * 20_001)
    monkeypatch.setattr(keeping, "KEPT", replace(keeping.KEPT, most=1))
    assert not is_kept()
    monkeypatch.setattr(keeping, "KEPT", replace(keeping.KEPT, name="another"))
    assert is_kept()
    now = time.time()
    with monkeypatch.context() as later:
        later.setattr("django.core.signing.time.time", lambda: now + 13 * 60 * 60)
        assert not is_kept()


def medicines(*rows: dict[str, Any]) -> dict[str, Any]:
    """As the form sends them, under the numbers that it gave."""
    typed = {f"item-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return {**typed, "count": len(rows)}


@pytest.mark.parametrize("how", LOST)
def test_a_prescription_that_was_sent_too_late_stands_in_its_form_again(window: Client, how: str) -> None:
    prescription = rx_draft()
    doctor, path = prescriber(prescription), f"/prescriptions/{prescription.public_id}/edit/"
    rows = ({**AMOXICILLIN, "instructions": WORDS}, DIAZEPAM)
    typed = {**medicines(*rows), **marks(signed_in(window, doctor), path), "save": "yes"}
    lose(window, doctor, how)
    answer = window.post(path, typed)
    assert answer["Location"] == (path if how == "signed in again" else f"/account/login/?next={path}")
    signed_in(window, doctor)
    page = window.get(path)
    shown = page.content.decode()
    for words in (f"{WORDS}</textarea>", 'value="Diazepam"', 'value="2 mg"', "Nothing has been sent yet"):
        assert words in shown
    again = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "made_for", "version", "count")}
    assert window.post(path, {**typed, **again})["Location"] == path
    stored_items = draft_of(Prescription.objects.get()).items
    assert [item.drug for item in stored_items] == ["Amoxicillin", "Diazepam"]
    assert stored_items[0].instructions == WORDS


def test_a_prescription_that_was_kept_and_changed_meanwhile_is_a_clash(window: Client) -> None:
    prescription = rx_draft()
    doctor, path = prescriber(prescription), f"/prescriptions/{prescription.public_id}/edit/"
    typed = {**medicines(DIAZEPAM), **marks(signed_in(window, doctor), path)}
    lose(window, doctor, "signed out")
    window.post(path, typed)
    signed_in(window, doctor)
    elsewhere = signed_in(Client(), doctor)
    elsewhere.post(path, {**medicines(AMOXICILLIN, DIAZEPAM), "version": typed["version"]})
    page = window.get(path)
    again = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "made_for", "version")}
    answer = window.post(path, {**typed, **again})
    assert answer.status_code == 409
    assert 'value="Diazepam"' in answer.content.decode()


@pytest.fixture
def proof(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Whether whoever asks has just said who they are."""
    state = {"fresh": True}
    monkeypatch.setattr("accounts.policies.proved_recently", lambda _: state["fresh"])
    return state


def proved_too_late(window: Client, path: str, typed: dict[str, Any], proof: dict[str, bool]) -> Any:
    """The page that comes when a form was filled for too long, and its sender has said once more who they are."""
    page = window.get(path)
    tokens = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "made_for")}
    proof["fresh"] = False
    answer = window.post(path, {**typed, **tokens})
    assert "/reauthenticate/" in answer["Location"]
    assert WORDS not in repr(dict(window.session.items()))
    proof["fresh"] = True
    again = window.get(path)
    assert "Nothing has been sent yet" in again.content.decode()
    return again


def test_the_reason_of_an_amendment_outlasts_the_proof_of_who_signs(window: Client, proof: dict[str, bool]) -> None:
    note = save(signed(), plan="Rest")
    day = (clock.clinic_day(clock.now()) + timedelta(days=4)).isoformat()
    path = f"/notes/{note.public_id}/sign/"
    signed_in(window, author(note))
    typed = {"version": note.draft_version, "reason": WORDS, "release_on": day}
    page = proved_too_late(window, path, typed, proof)
    assert f"{WORDS}</textarea>" in page.content.decode()
    assert VisitNote.objects.get(pk=note.pk).version_count == 1
    renewed = {"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"), "version": hidden(page, "version")}
    window.post(path, {**typed, **renewed})
    assert VisitNote.objects.get(pk=note.pk).version_count == 2


def test_an_emergency_is_told_once(window: Client, proof: dict[str, bool]) -> None:
    signed_in(window, user_of(bookable_doctor()))
    born = {"birth_date_day": "9", "birth_date_month": "3", "birth_date_year": "1986"}
    typed = {"who": "maya@example.org", "reason": WORDS, **born}
    shown = proved_too_late(window, "/emergency-access/", typed, proof).content.decode()
    for words in (f"{WORDS}</textarea>", 'value="maya@example.org"', 'value="9"', 'value="1986"'):
        assert words in shown


def test_why_a_doctor_shares_outlasts_it_too(window: Client, proof: dict[str, bool]) -> None:
    note, colleague = signed(), bookable_doctor()
    signed_in(window, author(note))
    path = f"/health-record/share/note/{note.public_id}/?doctor={colleague.slug}"
    typed = {"doctor": str(colleague.public_id), "reason": WORDS, "until": "2099-01-01"}
    shown = proved_too_late(window, path, typed, proof).content.decode()
    assert f"{WORDS}</textarea>" in shown
    assert 'value="2099-01-01"' in shown
