from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db.models import CharField, Lookup, Q, QuerySet
from wagtail.query import PageQuerySet

from doctors.states import VerificationStatus

if TYPE_CHECKING:
    from doctors.models import Doctor  # noqa: F401


def listed(prefix: str = "") -> Q:
    """The rule of who is public, verified and active, on a doctor reached through `prefix` (such as "doctor__")."""
    return Q(**{f"{prefix}verification_status": VerificationStatus.VERIFIED, f"{prefix}is_active": True})


class DoctorQuerySet(QuerySet["Doctor"]):
    def listed(self) -> Self:
        """Doctors whom patients may see and book: verified and active."""
        return self.filter(listed())


class DoctorPageQuerySet(PageQuerySet):
    def public(self) -> Self:
        """Pages that anybody may open: live, and the doctor listed."""
        return self.live().filter(listed("doctor__"))


@CharField.register_lookup
class BeginsWith(Lookup[bool]):
    """Whether a name, or a part of it behind a hyphen, begins with the word.

    ILIKE, which the trigram index answers; Django's `istartswith` compares UPPER() and cannot use it.
    """

    lookup_name = "begins"

    def get_prep_lookup(self) -> str:
        return str(self.rhs).replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        column, params = self.process_lhs(compiler, connection)
        word = self.rhs
        return f"({column} ILIKE %s OR {column} ILIKE %s)", (*params, f"{word}%", *params, f"%-{word}%")
