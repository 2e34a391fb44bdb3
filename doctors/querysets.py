from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.search import SearchQuery, SearchVector
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


# What the index over names holds; a query has to say the same to use it.
NAME_WORDS = SearchVector("given_name", "family_name", config="simple")


def with_words(word: str) -> Q:
    """Names of which a part (behind a space, a hyphen or an apostrophe) begins with what was typed, by the index.

    On doctors annotated with `words=NAME_WORDS`.
    """
    parts = re.findall(r"\w+", word.lower())
    if not parts:
        return Q(pk__in=[])
    return Q(words=SearchQuery(" & ".join(f"'{part}':*" for part in parts), config="simple", search_type="raw"))


@CharField.register_lookup
class PartBegins(Lookup[bool]):
    """As `with_words`, of one name in a row that is read anyway: no index answers this."""

    lookup_name = "part_begins"

    def get_prep_lookup(self) -> str:
        return r"\m" + re.sub(r"(\W)", r"\\\1", str(self.rhs))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} ~* %s", (*params, self.rhs)
