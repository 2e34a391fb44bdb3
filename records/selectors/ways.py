"""What stands open to one person at one instant, asked in one statement (docs/decisions/0021)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import (
    BigIntegerField,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Now

from accounts.models import Patient, User
from accounts.policies import has_role
from accounts.roles import Role
from booking.models import Appointment
from common.permissions import granted_keys
from records.models import HealthRecord, RecordsSettings
from records.states import NOTED

BY_SHARE, BY_GLASS = "view_healthrecord", "open_healthrecord"

# These stand in the composed statement where the person, the patient and the instant go: nothing has such a key.
_NOBODY, _NO_PATIENT, _NEVER = -1, -2, datetime(1, 1, 2, tzinfo=UTC)


# A visit's key with its patient's.
_PAIR = Func("pk", "patient", template="ARRAY[%(expressions)s]", output_field=ArrayField(BigIntegerField()))


@dataclass(frozen=True, kw_only=True)
class Ways:
    """By which ways records stand open to a person beside their own as a patient; all of it keys of the database.

    `doctor` is as whom they work today, `is_barred` that they are a suspended doctor, whatever their roles: nothing
    else stands open then. `seen` are the doctor's visits about now, each with its patient; `broken` the patients whose
    record they opened in an emergency, `shared` those who share theirs; `granted` single things on which they hold a
    grant.
    """

    doctor: int | None = None
    is_barred: bool = False
    seen: list[tuple[int, int]] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    shared: list[int] = field(default_factory=list)
    granted: list[int] = field(default_factory=list)

    @property
    def visits(self) -> list[int]:
        """The doctor's visits about now."""
        return [visit for visit, _ in self.seen]

    @property
    def treated(self) -> set[int]:
        """The patients whom they see at these."""
        return {patient for _, patient in self.seen}

    @property
    def unasked(self) -> list[int]:
        """The patients whose whole record is open by a way that no patient has chosen."""
        return sorted(self.treated.union(self.broken))

    @property
    def open(self) -> list[int]:
        """The patients whose whole record is open."""
        return sorted(self.treated.union(self.broken, self.shared))


def ways_of(user: User, things: type[Model] | None = None, *, now: datetime, patient: Patient | None = None) -> Ways:
    """What stands open to the person now, for the sake of `things` of records, or of records as a whole.

    With `patient` nobody else's is looked for. What ends by its date is over from that second on:
    emergencies by the database's clock, all else by `now`.
    """
    is_doctor = has_role(user, Role.DOCTOR)
    may_break = is_doctor or user.is_superuser or has_role(user, Role.ADMINISTRATOR)
    if not (may_break or user.may_be_carer):
        return Ways()
    names, sql, parameters = _statement(things, is_doctor=is_doctor, may_break=may_break, is_of_one=patient is not None)
    put_in = {_NOBODY: user.pk, _NO_PATIENT: patient and patient.pk, _NEVER: now}
    with connection.cursor() as cursor:
        cursor.execute(sql, [put_in.get(one, one) for one in parameters])
        row = cursor.fetchone()
    ways = Ways(**dict(zip(names, row, strict=True))) if row else Ways()
    return Ways(is_barred=True) if ways.is_barred else ways


@cache
def _statement(
    things: type[Model] | None, *, is_doctor: bool, may_break: bool, is_of_one: bool
) -> tuple[tuple[str, ...], str, tuple[Any, ...]]:
    """The names of the columns, the SQL and its parameters, composed once a process: that takes several times as long
    as the answer. So nothing of one request may be in it.
    """
    somebody, of_one = User(pk=_NOBODY), Q(content_object__patient=_NO_PATIENT) if is_of_one else Q()
    columns: dict[str, Any] = {"is_barred": Coalesce(F("doctor__is_barred"), Value(False))}
    if may_break:
        # By the database's clock, whatever that of the machine says which asks.
        broken = granted_keys(HealthRecord, somebody, BY_GLASS, now=Now()).filter(of_one, expires_at__gt=Now())
        columns["broken"] = ArraySubquery(broken.values("content_object__patient"))
    if is_doctor:
        columns["doctor"] = F("doctor__pk")
        shared = granted_keys(HealthRecord, somebody, BY_SHARE, now=_NEVER).filter(of_one)
        columns["shared"] = ArraySubquery(shared.values("content_object__patient"))
        visits = visits_about_now(_NEVER).filter(doctor=OuterRef("doctor__pk")).order_by()
        visits = visits.filter(patient=_NO_PATIENT) if is_of_one else visits
        columns["seen"] = ArraySubquery(visits.values(pair=_PAIR))
        if things is not None:
            codename = f"view_{things._meta.model_name}"
            columns["granted"] = ArraySubquery(granted_keys(things, somebody, codename, now=_NEVER).filter(of_one))
    # Annotated under names that no field of an account has.
    asked = User.objects.filter(pk=_NOBODY).annotate(**{f"way_{name}": one for name, one in columns.items()})
    sql, parameters = asked.values_list(*(f"way_{name}" for name in columns)).query.sql_with_params()
    return tuple(columns), sql, tuple(parameters)


def visits_about_now(now: datetime) -> QuerySet[Appointment]:
    """The visits for the sake of which a doctor reads what colleagues have signed: that stand, and whose beginning is
    within the days that `RecordsSettings` count, which the same statement asks for."""
    after, before = _days("treating_days_after"), _days("treating_days_before")
    return Appointment.objects.filter(
        status__in=sorted(NOTED), start__gt=_instant(Value(now) - after), start__lt=_instant(Value(now) + before)
    )


def visits_treated_at(user: User, *, now: datetime) -> QuerySet[Appointment]:
    """Those of the doctor whom the account belongs to; none of a suspended one."""
    return visits_about_now(now).filter(doctor__user=user, doctor__is_barred=False).order_by()


def _days(setting: str) -> Func:
    """As the installation has set them, and where it has not the default."""
    usual = RecordsSettings._meta.get_field(setting).default
    kept = Coalesce(Subquery(RecordsSettings.objects.order_by("pk").values(setting)[:1]), Value(usual))
    return Func(kept, template="make_interval(days => %(expressions)s)", output_field=DurationField())


def _instant(expression: Any) -> ExpressionWrapper:
    return ExpressionWrapper(expression, output_field=DateTimeField())
