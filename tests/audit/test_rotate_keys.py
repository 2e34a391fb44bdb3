"""A key is rotated: everything opens with the new one alone, signatures hold, and what no key opens is told."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from accounts.tests.factories import UserFactory
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory
from common.fields import DecryptionError, cipher, stored_for, text_in
from common.stored_texts import unbound_texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_and_new(settings: Settings) -> tuple[str, str]:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    return old, new


def test_after_rotating_the_old_key_can_go(old_and_new: tuple[str, str], settings: Settings) -> None:
    old, new = old_and_new
    visit, silent = AppointmentFactory.create(reason="canaryreason"), AppointmentFactory.create(reason="")
    settings.FIELD_ENCRYPTION_KEYS = [new]
    with pytest.raises(DecryptionError):
        str(Appointment.objects.get(pk=visit.pk).reason)
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "booking.Appointment.reason: 1\n" in out.getvalue()
    assert "canary" not in out.getvalue()
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert Appointment.objects.get(pk=visit.pk).reason == "canaryreason"
    assert Appointment.objects.get(pk=silent.pk).reason == ""


def test_what_was_written_before_is_bound_to_its_row_and_what_stands_elsewhere_is_left(
    old_and_new: tuple[str, str], settings: Settings
) -> None:
    settings.FIELD_ENCRYPTION_BOUND_ONLY = False
    visit, other = AppointmentFactory.create(reason=""), AppointmentFactory.create(reason="canaryreason")
    moved = AppointmentFactory.create(reason="")
    write = "UPDATE booking_appointment SET reason = %s WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute(write, [Fernet(old_and_new[0]).encrypt(b"before").decode(), visit.pk])
        copy = "UPDATE booking_appointment SET reason = (SELECT reason FROM booking_appointment WHERE id = %s)"
        cursor.execute(f"{copy} WHERE id = %s", [other.pk, moved.pk])
    assert unbound_texts() == 1
    err = StringIO()
    with pytest.raises(CommandError, match="1 rows were left"):
        call_command("rotate_keys", stdout=StringIO(), stderr=err)
    assert f"booking.Appointment.reason of row {moved.pk}." in err.getvalue()
    assert unbound_texts() == 0
    settings.FIELD_ENCRYPTION_BOUND_ONLY = True
    assert Appointment.objects.get(pk=visit.pk).reason == "before"


def test_the_secrets_of_two_step_sign_in_come_along(old_and_new: tuple[str, str], settings: Settings) -> None:
    old, new = old_and_new
    user = UserFactory.create()
    data = {"secret": get_adapter().encrypt("canarysecret"), "migrated_codes": [get_adapter().encrypt("canarycode")]}
    made = Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    call_command("rotate_keys", stdout=StringIO())
    settings.FIELD_ENCRYPTION_KEYS = [new]
    made.refresh_from_db()
    assert get_adapter().decrypt(made.data["secret"]) == "canarysecret"
    assert [get_adapter().decrypt(code) for code in made.data["migrated_codes"]] == ["canarycode"]


def test_what_no_key_opens_is_named_and_left(old_and_new: tuple[str, str], settings: Settings) -> None:
    visit = AppointmentFactory.create(reason="canaryreason")
    settings.FIELD_ENCRYPTION_KEYS = [old_and_new[1]]
    err = StringIO()
    with pytest.raises(CommandError, match="1 rows were left"):
        call_command("rotate_keys", stdout=StringIO(), stderr=err)
    assert f"of row {visit.pk}." in err.getvalue()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM booking_appointment WHERE id = %s", [visit.pk])
        (stored,) = cursor.fetchone()
    assert Fernet(old_and_new[0]).decrypt(stored.removeprefix("1:")).endswith(b"\0canaryreason")


def test_what_is_written_meanwhile_under_the_old_key_is_told_and_done_the_next_time(
    old_and_new: tuple[str, str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that still runs with the former list of keys saves while the command is at that row."""
    old, new = old_and_new
    visit = AppointmentFactory.create(reason="canaryreason")
    app = Authenticator.objects.create(
        user=UserFactory.create(), type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt("canarysecret")}
    )
    settings.FIELD_ENCRYPTION_KEYS = [new, old]

    settings.FIELD_ENCRYPTION_BOUND_ONLY = False
    under_old = Fernet(old).encrypt(b"meanwhile").decode()

    def meanwhile(place: str, stored: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE booking_appointment SET reason = %s WHERE id = %s", [under_old, visit.pk])
        return stored_for(place, text_in(place, stored))

    def meanwhile_too(stored: str) -> str:
        Authenticator.objects.filter(pk=app.pk).update(data={"secret": under_old})
        return cipher().rotate(stored.encode()).decode()

    err = StringIO()
    with monkeypatch.context() as patched, pytest.raises(CommandError, match=r"2 rows were left .* Run it again"):
        patched.setattr("accounts.management.commands.rotate_keys._bound_anew", meanwhile)
        patched.setattr("accounts.management.commands.rotate_keys._anew", meanwhile_too)
        call_command("rotate_keys", stdout=StringIO(), stderr=err)
    assert f"booking.Appointment.reason of row {visit.pk}." in err.getvalue()
    assert f"mfa.Authenticator.data of row {app.pk}." in err.getvalue()
    call_command("rotate_keys", stdout=StringIO())
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert Appointment.objects.get(pk=visit.pk).reason == "meanwhile"
    app.refresh_from_db()
    assert get_adapter().decrypt(app.data["secret"]) == "meanwhile"
