"""How many doctors each value of a filter would leave, beside the other filters that are chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from django.db import connection
from django.db.models import CharField, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.models import Gender
from doctors.languages import LANGUAGES
from doctors.models.people import FacetCount, Listing
from doctors.querysets import listed
from doctors.selectors.cursor import around
from doctors.selectors.filters import Choices, DoctorFilters, matching, useful
from doctors.states import Modality

# By the filter's name, then by its value.
Facets: TypeAlias = Mapping[str, Mapping[str, int]]

# The filters that are counted, and the parts of a key in their order (see `FacetCount`).
FACETS = ("location", "modality", "specialty", "language", "gender")
# So many doctors are looked at one by one where no counts are kept for what is asked.
LOOKED_AT = 100


def facets_of(filters: DoctorFilters, choices: Choices) -> Facets:
    """For each filter with a list, and each of its values, how many doctors it would leave: exact, in one statement.

    Counts are kept for these five filters together. A price and a day are looked at doctor by doctor, while they alone
    leave `LOOKED_AT` at most; otherwise there are no counts, nor where words or a distance are asked.
    """
    if filters.near or filters.q:
        return {}
    wanted = _keys(filters, choices)
    keys = [key for values in wanted.values() for key in values.values()]
    is_kept = filters == DoctorFilters(**{name: getattr(filters, name) for name in FACETS})
    counts = _kept(keys) if is_kept else _looked_at(filters, choices, keys)
    if counts is None:
        return {}
    return {name: {value: counts.get(key, 0) for value, key in values.items()} for name, values in wanted.items()}


def doctor_count() -> Coalesce:
    """For an annotation of specialties: how many listed doctors each has, of the counts that are kept."""
    key = Concat(Value("||"), Cast(OuterRef("pk"), CharField()), Value("||"))
    kept = FacetCount.objects.filter(key=key).order_by().values("key").values(count=Sum("doctors"))
    return Coalesce(Subquery(kept), 0)


def _keys(filters: DoctorFilters, choices: Choices) -> dict[str, dict[str, str]]:
    """The key of each value of each filter, with the others as they are chosen."""
    values: dict[str, dict[str, Any]] = {
        "location": {place.slug: place.pk for place in choices.locations},
        "modality": {value: value for value in Modality.values},
        "specialty": {specialty.slug: specialty.pk for specialty in choices.specialties},
        "language": {code: code for code in LANGUAGES},
        "gender": {value: value for value in (Gender.FEMALE.value, Gender.MALE.value)},
    }
    # What is not known is nobody's.
    chosen = {name: str(values[name].get(asked, "-") if (asked := getattr(filters, name)) else "") for name in FACETS}
    keys: dict[str, dict[str, str]] = {}
    for name in FACETS:
        before, after = _around(name, chosen)
        keys[name] = {value: f"{before}{part}{after}" for value, part in values[name].items()}
    return keys


def _around(name: str, chosen: Mapping[str, str]) -> tuple[str, str]:
    at = FACETS.index(name)
    parts = list(chosen.values())
    return "".join(f"{part}|" for part in parts[:at]), "".join(f"|{part}" for part in parts[at + 1 :])


def _kept(keys: list[str]) -> dict[str, int]:
    sql = "SELECT key, sum(doctors) FROM doctors_facetcount WHERE key = ANY(%s) GROUP BY key"
    return _fetch(sql, [keys])


def _looked_at(filters: DoctorFilters, choices: Choices, keys: list[str]) -> dict[str, int] | None:
    """None where there are too many."""
    others = DoctorFilters(price=filters.price, day=filters.day)
    few = around(matching(others, choices), None).values("doctor_id")[: LOOKED_AT + 1]
    places = [place.pk for place in choices.locations if place.slug == filters.location]
    here = Q(location__in=places) if filters.location else Q(location=None)
    rows = useful(Listing.objects.filter(listed("doctor__"), here | Q(modality=filters.modality)), filters)
    facts = rows.values("doctor_id", "location_id", "modality", "specialty_ids", "languages", "gender")
    (few_sql, few_values), (facts_sql, facts_values) = (query.query.sql_with_params() for query in (few, facts))
    sql = f"""
        WITH few AS MATERIALIZED ({few_sql})
        SELECT key, count(*) FROM ({facts_sql}) AS fact,
            doctors_facet_keys(location_id, modality, specialty_ids, languages, gender) AS key
        WHERE doctor_id IN (SELECT doctor_id FROM few) AND (SELECT count(*) FROM few) <= %s AND key = ANY(%s)
        GROUP BY key
        UNION ALL SELECT '', count(*) FROM few
    """  # noqa: S608 — SQL that Django has made, its values are parameters
    counts = _fetch(sql, [*few_values, *facts_values, LOOKED_AT, keys])
    return counts if counts.pop("") <= LOOKED_AT else None


def _fetch(sql: str, values: Sequence[Any]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {key: int(count) for key, count in cursor.fetchall()}
