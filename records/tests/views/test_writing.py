"""The form of a note, as a browser without scripts and as htmx sends it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import AccountSession, User
from audit.models import Event
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from booking.tests.views.pages import text_of
from common import clock
from common.errors import Busy
from records.models import NoteVersion, VisitNote
from records.note_content import from_text
from records.tests.steps import TEXT, amended, asked, author, draft, other_byte, save, signed, visit

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


def path(note: VisitNote, name: str = "") -> str:
    return f"/notes/{note.public_id}/{name}"


def sent(note: VisitNote, **parts: Any) -> dict[str, Any]:
    return {**TEXT, "version": note.draft_version, **parts}


def test_a_note_is_begun_from_the_appointment_and_resumed(client: Client) -> None:
    appointment = visit()
    signed_in(client, author(appointment))
    door = f"/appointments/{appointment.public_id}/note/"
    assert f'href="{door}"' in client.get(f"/appointments/{appointment.public_id}/").content.decode()
    assert "Begin the note" in client.get(door).content.decode()
    assert not VisitNote.objects.exists()
    begun = client.post(door)
    note = VisitNote.objects.get()
    assert begun["Location"] == client.get(door)["Location"] == path(note, "edit/")
    answer = client.post(path(note, "edit/"), sent(note, plan="Rest"), follow=True)
    assert "Your draft is saved." in answer.content.decode()
    assert "Rest</textarea>" in answer.content.decode()


def test_autosave_answers_with_the_state_and_the_next_version(client: Client) -> None:
    note = draft()
    signed_in(client, author(note))
    answer = client.post(path(note, "edit/"), sent(note, plan="Rest"), headers=HTMX)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert f'name="version" value="{note.draft_version + 1}"' in shown
    assert "Draft saved" in shown
    assert "<html" not in shown


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["form", "htmx"])
def test_two_windows_keep_both_texts_until_the_doctor_chooses(client: Client, headers: dict[str, str]) -> None:
    note = draft()
    save(note, plan="the other window")
    signed_in(client, author(note))
    stale = sent(note, plan="this window")
    for _ in range(2):
        answer = client.post(path(note, "edit/"), stale, headers=headers)
        shown = answer.content.decode()
        assert answer.status_code == 409
        assert "the other window" in shown
        assert ("this window" in shown) is (not headers)
        assert f'name="keep" value="{note.draft_version + 1}"' in shown
        assert f'name="version" value="{note.draft_version}"' in shown
    kept = client.post(path(note, "edit/"), {**stale, "keep": note.draft_version + 1}, follow=True)
    assert "this window</textarea>" in kept.content.decode()


def test_a_clash_with_what_was_signed_meanwhile(client: Client) -> None:
    note = signed()
    signed_in(client, author(note))
    late = sent(note, version=1, plan="late")
    for headers in ({}, HTMX):
        answer = client.post(path(note, "edit/"), late, headers=headers)
        assert answer.status_code == 409
        assert ("late" in answer.content.decode()) is (not headers)
        assert "This note was signed in another window" in text_of(answer)
        assert f'href="{path(note)}"' in answer.content.decode()
    amended = client.post(path(note, "edit/"), {**late, "keep": note.draft_version}, follow=True)
    assert "late</textarea>" in amended.content.decode()
    # Now an amendment is being written, which is no signature.
    assert "This note was changed in another window" in text_of(client.post(path(note, "edit/"), {**late, "plan": "x"}))


def test_a_lost_session_leaves_the_text_in_the_window_and_the_draft_in_the_database(client: Client) -> None:
    note = draft(plan="saved before")
    answer = client.post(path(note, "edit/"), sent(note, plan="typed since"), headers=HTMX)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "You are signed out" in shown
    assert f'name="version" value="{note.draft_version}"' in shown
    assert "HX-Redirect" not in answer
    assert client.post(path(note, "edit/"), sent(note))["Location"].startswith("/account/login/")
    signed_in(client, author(note))
    assert "saved before</textarea>" in client.get(path(note, "edit/")).content.decode()
    assert "csrfmiddlewaretoken" in shown


@pytest.mark.parametrize("ended", ["idle", "too old", "revoked"])
def test_a_session_that_ended_by_itself_leaves_the_text_in_the_window_too(client: Client, ended: str) -> None:
    note = draft(plan="saved before")
    signed_in(client, author(note))
    sessions, now = AccountSession.objects.filter(user=author(note)), clock.now()
    if ended == "revoked":
        sessions.delete()
    else:
        field = {"idle": "last_used_at", "too old": "started_at"}[ended]
        assert sessions.update(**{field: now - timedelta(hours=13)})
    answer = client.post(path(note, "edit/"), sent(note, plan="typed since"), headers=HTMX)
    assert answer.status_code == 422
    assert "You are signed out" in answer.content.decode()
    assert "HX-Redirect" not in answer
    assert from_text(VisitNote.objects.get(pk=note.pk).draft).sections["plan"] == "saved before"
    # Nothing else stands open to them, nor this page's own view to any other request.
    assert client.get(path(note, "edit/"))["Location"].startswith("/account/login/")
    assert "/account/login/" in client.get(path(note, "edit/"), headers=HTMX)["HX-Redirect"]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["form", "htmx"])
def test_what_is_too_long_is_kept_and_said(client: Client, headers: dict[str, str]) -> None:
    note = draft()
    signed_in(client, author(note))
    answer = client.post(path(note, "edit/"), sent(note, plan="x" * 10_001), headers=headers)
    assert answer.status_code == 422
    assert "Use at most 10,000 characters" in answer.content.decode()
    for broken in ({"version": ""}, {"version": "x"}, {"version": 9**20}, {"version": -1}):
        assert client.post(path(note, "edit/"), sent(note, **broken), headers=headers).status_code == 422


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["form", "htmx"])
def test_a_save_that_is_refused_keeps_the_text_and_its_version(client: Client, headers: dict[str, str]) -> None:
    note = signed()
    asked(note, bookable_doctor())
    signed_in(client, author(note))
    answer = client.post(path(note, "edit/"), sent(note, plan="typed meanwhile"), headers=headers)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "a colleague is asked about that, so it cannot be changed." in shown
    assert f'name="version" value="{note.draft_version}"' in shown
    assert ("typed meanwhile" in shown) is (not headers)
    assert client.get(path(note, "edit/"))["Location"] == path(note)
    client.post(path(note, "error/withdraw/"))
    kept = client.post(path(note, "edit/"), sent(note, plan="typed meanwhile"), headers=headers)
    assert kept.status_code == (200 if headers else 302)


def test_a_save_while_the_note_is_busy_can_be_sent_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_: Any) -> VisitNote:
        raise Busy

    note = draft()
    signed_in(client, author(note))
    with monkeypatch.context() as held:
        held.setattr("records.services.notes.draft.note_locked", busy)
        answer = client.post(path(note, "edit/"), sent(note, plan="Rest"), headers=HTMX)
    assert answer.status_code == 409
    assert f'name="version" value="{note.draft_version}"' in answer.content.decode()
    assert client.post(path(note, "edit/"), sent(note, plan="Rest"), headers=HTMX).status_code == 200


def test_signing_asks_who_signs(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.policies.proved_recently", lambda _: False)
    note = draft(plan="Rest")
    signed_in(client, author(note))
    save_and_sign = client.post(path(note, "edit/"), sent(note, plan="Rest", sign="yes"))
    assert save_and_sign["Location"] == path(note, "sign/")
    assert "/reauthenticate/" in client.get(path(note, "sign/"))["Location"]
    assert "/reauthenticate/" in client.post(path(note, "sign/"), {"version": 1})["Location"]
    assert not NoteVersion.objects.exists()


@pytest.fixture
def proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks has just said who they are."""
    monkeypatch.setattr("accounts.policies.proved_recently", lambda _: True)


@pytest.mark.usefixtures("proved")
def test_whose_note_it_is_is_said_by_name_and_date_of_birth(client: Client) -> None:
    note = draft()
    signed_in(client, author(note))
    for page in (path(note, "edit/"), path(note, "sign/")):
        told = text_of(client.get(page))
        assert note.patient.name in told, page
        assert f"Born {note.patient.birth_date:%-d %B %Y}." in told, page


@pytest.mark.usefixtures("proved")
def test_signing_amending_and_reading_the_difference(client: Client) -> None:
    note = draft(plan="Rest for a week")
    signed_in(client, author(note))
    assert "Rest for a week" in client.get(path(note, "sign/")).content.decode()
    assert client.post(path(note, "sign/"), {"version": note.draft_version})["Location"] == path(note)
    note = save(VisitNote.objects.get(pk=note.pk), plan="Rest for a month")
    refused = client.post(path(note, "sign/"), {"version": note.draft_version})
    assert refused.status_code == 422
    assert "Say why the note is amended." in refused.content.decode()
    done = client.post(path(note, "sign/"), {"version": note.draft_version, "reason": "Slower"}, follow=True)
    shown = done.content.decode()
    assert "Amended because: Slower" in shown
    assert "week</del>" in shown
    assert "month</ins>" in shown
    assert "Version 1, signed" in shown


@pytest.mark.usefixtures("proved")
@pytest.mark.parametrize("reason", ["", "The dose was wrong"])
def test_what_was_signed_already_is_not_signed_again_and_says_so(client: Client, reason: str) -> None:
    note = signed()
    signed_in(client, author(note))
    answer = client.post(path(note, "sign/"), {"version": note.draft_version - 1, "reason": reason}, follow=True)
    assert "It was signed already" in text_of(answer)
    assert "Why is it amended?" not in text_of(answer)
    assert VisitNote.objects.get(pk=note.pk).version_count == 1


@pytest.mark.usefixtures("proved")
def test_what_changed_meanwhile_is_shown_before_it_is_signed(client: Client) -> None:
    note = draft()
    save(note, plan="typed elsewhere")
    signed_in(client, author(note))
    answer = client.post(path(note, "sign/"), {"version": note.draft_version})
    assert answer.status_code == 409
    assert "typed elsewhere" in answer.content.decode()
    assert f'name="version" value="{note.draft_version + 1}"' in answer.content.decode()


@pytest.mark.usefixtures("proved")
def test_a_day_of_release_is_shown_to_the_doctor(client: Client) -> None:
    note = draft()
    signed_in(client, author(note))
    wrong = client.post(path(note, "sign/"), {"version": note.draft_version, "release_on": "2001-01-01"})
    assert wrong.status_code == 422
    day = (clock.clinic_day(clock.now()) + timedelta(days=4)).isoformat()
    answer = client.post(path(note, "sign/"), {"version": note.draft_version, "release_on": day}, follow=True)
    assert "The patient reads it from" in answer.content.decode()
    signed_in(client, user_of(note.patient))
    assert client.get(path(note)).status_code == 404
    assert "Nothing here yet" in client.get("/health-record/").content.decode()


@pytest.mark.usefixtures("proved")
def test_an_amendment_before_the_day_of_release_keeps_the_day(client: Client) -> None:
    day = clock.clinic_day(clock.now()) + timedelta(days=4)
    note = save(signed(release_on=day), plan="Rest")
    signed_in(client, author(note))
    form = client.get(path(note, "sign/")).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    assert shown["release_on"] == day
    assert f'value="{day.isoformat()}"' in client.get(path(note, "sign/")).content.decode()
    client.post(path(note, "sign/"), {**shown, "reason": "Forgotten"})
    assert (again := VisitNote.objects.get(pk=note.pk)).version_count == 2
    assert again.released_at == note.released_at


def test_the_patient_reads_in_plain_words_and_leaves_no_trace(client: Client) -> None:
    note = amended(signed(plan="Rest"))
    signed_in(client, user_of(note.patient))
    assert f'href="{path(note)}"' in client.get("/health-record/").content.decode()
    shown = client.get(path(note)).content.decode()
    for words in ("In plain words", "Drink more water.", "Why you came", "What was agreed", "Signed by"):
        assert words in shown
    assert "Amend</span>" not in shown
    assert not Event.objects.filter(action="note.viewed").exists()


def test_a_look_by_a_colleague_is_told_to_the_patient(client: Client) -> None:
    note = signed()
    colleague = visit(patient=note.patient).doctor
    signed_in(client, user_of(colleague))
    assert client.get(path(note)).status_code == 200
    event = Event.objects.get(action="note.viewed")
    assert (event.actor_id, event.patient_id) == (user_of(colleague).public_id, note.patient.public_id)
    signed_in(client, user_of(note.patient))
    assert "Read a visit note" in client.get("/account/record-access/").content.decode()


def test_entered_in_error_by_two_is_told_to_the_patient_without_the_text(client: Client) -> None:
    note, colleague = signed(plan="canaryplan"), bookable_doctor()
    signed_in(client, author(note))
    form = {"reason": "Wrong patient", "colleague": "nobody@example.org"}
    assert client.post(path(note, "error/"), form).status_code == 422
    form["colleague"] = user_of(colleague).email
    assert "A colleague is asked" in client.post(path(note, "error/"), form, follow=True).content.decode()
    signed_in(client, user_of(colleague))
    assert path(note) in client.get("/my-day/notes/").content.decode()
    assert "Wrong patient" in client.get(path(note)).content.decode()
    client.post(path(note, "error/answer/"), {"agrees": "yes"})
    signed_in(client, user_of(note.patient))
    shown = client.get(path(note)).content.decode()
    assert "This note was entered in error" in shown
    assert "canaryplan" not in shown
    assert "Wrong patient" not in shown
    assert 'aria-current="true"' in shown
    assert "Nothing here yet" in client.get("/health-record/").content.decode()
    signed_in(client, author(note))
    shown = client.get(path(note)).content.decode()
    assert "agreed on" in shown
    assert "Wrong patient" in shown
    assert client.get(path(note, "error/"))["Location"] == path(note)


def test_the_question_is_taken_back(client: Client) -> None:
    note = asked(signed(), bookable_doctor())
    signed_in(client, author(note))
    assert client.post(path(note, "error/withdraw/"))["Location"] == path(note)
    assert VisitNote.objects.get(pk=note.pk).error_asked_at is None


def test_the_day_says_how_much_there_is_to_write(client: Client) -> None:
    note = draft()
    doctor = note.doctor
    visit(doctor)
    signed_in(client, author(note))
    assert "2 notes to write and sign" in client.get("/my-day/notes/", headers=HTMX).content.decode()
    shown = client.get("/my-day/notes/").content.decode()
    assert path(note, "edit/") in shown
    assert "To write" in shown
    assert 'href="/my-day/notes/"' in client.get("/my-day/").content.decode()
    client.post(path(note, "discard/"), {"version": note.draft_version})
    assert "2 notes to write" in client.get("/my-day/notes/", headers=HTMX).content.decode()


def test_a_changed_byte_is_found_by_the_page(client: Client) -> None:
    note = signed(plan="canaryplan")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE records_noteversion SET payload = {other_byte('payload')}")
    for person in (user_of(note.patient), author(note)):
        answer = signed_in(client, person).get(path(note))
        assert answer.status_code == 200
        assert "This note is not as it was signed" in answer.content.decode()
        assert "canaryplan" not in answer.content.decode()


@pytest.mark.parametrize("is_signed", [False, True])
def test_a_draft_that_no_key_opens_is_told_in_words_and_thrown_away(client: Client, *, is_signed: bool) -> None:
    note = save(signed(), plan="Rest") if is_signed else draft()
    spoil(note, "draft")
    signed_in(client, author(note))
    texts = sent(note, plan="What I typed meanwhile")
    for name in ("edit/", "sign/"):
        for answer in (client.get(path(note, name)), client.post(path(note, name), texts)):
            assert answer.status_code == 409
            assert "This draft cannot be read any more" in text_of(answer)
            assert path(note, "discard/") in answer.content.decode()
    assert "What I typed meanwhile" in text_of(client.post(path(note, "edit/"), texts))
    assert client.post(path(note, "edit/"), texts, headers=HTMX).status_code == 409
    stale = client.post(path(note, "discard/"), {"version": note.draft_version + 1})
    assert stale["Location"] == path(note, "edit/")
    thrown = client.post(path(note, "discard/"), {"version": note.draft_version}, follow=True)
    assert "thrown away" in text_of(thrown)
    assert not VisitNote.objects.get(pk=note.pk).has_draft
    if not is_signed:
        client.post(f"/appointments/{note.appointment.public_id}/note/")
        assert VisitNote.objects.filter(appointment=note.appointment).count() == 2


def test_what_is_not_as_it_was_signed_is_not_amended(client: Client) -> None:
    note, amending = signed(), save(signed(), plan="Rest")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE records_noteversion SET payload = {other_byte('payload')}")
    assert signed_in(client, author(note)).get(path(note, "edit/"))["Location"] == path(note)
    answer = signed_in(client, author(amending)).get(path(amending, "edit/"))
    assert "This note is not as it was signed" in text_of(answer)
    assert "Rest</textarea>" in answer.content.decode()


def spoil(note: VisitNote, column: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE records_visitnote SET {column} = {other_byte(column)} WHERE id = %s", [note.pk])
