"""The words of a search as conditions on listings: names, specialties and conditions, however they are spelt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Exists, Q, QuerySet, Value
from django.db.models.functions import Greatest

from doctors.models.people import Doctor, Listing
from doctors.querysets import NAME_WORDS, with_words
from doctors.selectors.filters import Choices
from doctors.selectors.words import Reading, readings_of, told

# So many doctors of a name are looked up by it first; of more, walking in the order of time meets enough.
CANDIDATES = 500


@dataclass(frozen=True, kw_only=True)
class Named:
    """Who fits the words of a search: conditions on listings. `is_common` where more than `CANDIDATES` doctors do."""

    conditions: list[Q]
    readings: list[Reading] = field(default_factory=list)
    is_common: bool = False
    is_spelt_alike: bool = False

    def narrow(self, found: QuerySet[Listing]) -> QuerySet[Listing]:
        return found.filter(*self.conditions)


def named_in(text: str, choices: Choices) -> Named:
    """Each word fits a name that begins with it, or a specialty or condition; where none does, one spelt much like it.

    Words that are only spelt like a condition are taken for it where nobody bears a name that begins so.
    """
    readings = readings_of(told(text), choices.specialties)
    sure = [reading for reading in readings if reading.specialty_ids and not reading.is_guess]
    rest = [reading for reading in readings if reading not in sure]
    conditions = [_either(reading, is_sure=True) for reading in sure]
    names = [word for reading in rest for word in reading.typed.split()]
    if not names:
        return Named(conditions=conditions, readings=sure)
    candidates = _candidates(names)
    is_exact = bool(candidates) and candidates[0].is_exact
    guesses = [reading for reading in rest if reading.is_guess]
    if guesses and not is_exact:
        conditions += [_either(reading, is_sure=False) for reading in rest]
        return Named(conditions=conditions, readings=[*sure, *guesses])
    if len(candidates) <= CANDIDATES or not is_exact:
        conditions.append(Q(doctor_id__in=[candidate.pk for candidate in candidates[:CANDIDATES]]))
        is_alike = bool(candidates) and not is_exact
        return Named(conditions=conditions, readings=sure, is_spelt_alike=is_alike)
    conditions += map(_begins, names)
    return Named(conditions=conditions, readings=sure, is_common=True)


def _either(reading: Reading, *, is_sure: bool) -> Q:
    """Who is so named or works in what was meant; spellings are compared only where nothing is sure."""
    doctors = Doctor.objects.alias(words=NAME_WORDS)
    names = [with_words(word) if is_sure else with_words(word) | _like(word) for word in reading.typed.split()]
    in_specialty = Doctor.specialties.through.objects.filter(specialty_id__in=reading.specialty_ids)
    return Q(doctor_id__in=doctors.filter(*names).values("pk").union(in_specialty.values("doctor_id")))


class _Candidate(NamedTuple):
    pk: int
    is_exact: bool


def _candidates(names: list[str]) -> list[_Candidate]:
    """Doctors by their names, in one statement: comparing spellings is dear, and left out where a name begins so.

    Of those that are only spelt alike the likest come first: the order keeps the planner from reading the whole table
    for the first few.
    """
    doctors = Doctor.objects.listed().alias(words=NAME_WORDS)
    exact = doctors.filter(*map(with_words, names)).order_by()
    similar = doctors.filter(~Exists(exact.values("pk")), *(with_words(name) | _like(name) for name in names))
    likeness = Greatest(*(TrigramSimilarity(field, name) for field in ("given_name", "family_name") for name in names))
    columns = "pk", "is_exact"
    found = (
        exact.annotate(is_exact=Value(value=True))
        .values_list(*columns)[: CANDIDATES + 1]
        .union(
            similar.annotate(is_exact=Value(value=False)).order_by(likeness.desc()).values_list(*columns)[:CANDIDATES],
            all=True,
        )
    )
    return [_Candidate(*row) for row in found]


def _begins(word: str) -> Q:
    return Q(doctor__given_name__part_begins=word) | Q(doctor__family_name__part_begins=word)


def _like(word: str) -> Q:
    return Q(given_name__trigram_similar=word) | Q(family_name__trigram_similar=word)
