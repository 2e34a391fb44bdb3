from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django_zxcvbn_password_validator import ZxcvbnPasswordValidator
from stdnum.exceptions import ValidationError as NotANumber
from stdnum.gb import nhs

from common import clock

OLDEST_YEARS = 130
_UK_NUMBER = re.compile(r"\+44(?:1\d{8,9}|[23578]\d{9})")
_FOREIGN_NUMBER = re.compile(r"\+(?!44)[1-9]\d{7,14}")
_SEPARATORS = re.compile(r"[\s().\u2010-\u2015-]")


def validate_birth_date(value: date) -> None:
    """A date of birth is a day before today (in the clinic's zone) and less than 130 years ago."""
    today = clock.now().astimezone(clock.clinic_zone()).date()
    if value >= today:
        raise ValidationError("Enter a date of birth in the past.", code="birth_date_in_future")
    if (today.year - value.year, today.month, today.day) >= (OLDEST_YEARS, value.month, value.day):
        raise ValidationError("Check the year of birth.", code="birth_date_too_long_ago")


def normalise_phone(text: str) -> str:
    """The number as E.164 writes it (+447700900123); a number without a country is taken as a UK one."""
    compact = _SEPARATORS.sub("", text.replace("(0)", ""))
    if compact.startswith("00"):
        return f"+{compact[2:]}"
    return f"+44{compact[1:]}" if compact.startswith("0") else compact


def validate_phone(value: str) -> None:
    """Whether a UK number has a plausible area and length (Ofcom's numbering plan), a foreign one E.164's length."""
    number = normalise_phone(value)
    if not (_UK_NUMBER.fullmatch(number) or _FOREIGN_NUMBER.fullmatch(number)):
        raise ValidationError("Enter a phone number, such as 07700 900123 or +44 20 7946 0000.", code="phone")


def phone_for_people(number: str) -> str:
    """A stored number as people write it: 07700 900123, 020 7946 0000; foreign ones keep their country."""
    if not number.startswith("+44"):
        return number
    national = f"0{number[3:]}"
    if national.startswith("02"):
        return f"{national[:3]} {national[3:7]} {national[7:]}"
    return f"{national[:5]} {national[5:]}"


# One sentence for every refusal, so that it does not tell whether somebody else has given this number.
NHS_NUMBER_REFUSED = (
    "We cannot use this NHS number. Check its ten digits, or leave it empty and tell the clinic when you are there."
)
# Issued to nobody: the NHS keeps the range for tests.
_NHS_TEST_RANGE = "999"


def normalise_nhs_number(text: str) -> str:
    """The ten digits of a number as people write it, in groups of three, three and four."""
    return _SEPARATORS.sub("", text)


def validate_nhs_number(value: str) -> None:
    """Ten digits whose last is the check digit of modulus 11 (NHS Data Model and Dictionary, "NHS NUMBER").

    Numbers that begin with 999 are for tests, and pass only where NHS_TEST_NUMBERS is set.
    """
    number = normalise_nhs_number(value)
    try:
        nhs.validate(number)
    except NotANumber as error:
        raise ValidationError(NHS_NUMBER_REFUSED, code="nhs_number") from error
    if number.startswith(_NHS_TEST_RANGE) and not settings.NHS_TEST_NUMBERS:
        raise ValidationError(NHS_NUMBER_REFUSED, code="nhs_number")


def nhs_number_for_people(number: str) -> str:
    """943 476 5919; empty stays empty."""
    return str(nhs.format(number)) if number else ""


class HardToGuess(ZxcvbnPasswordValidator):
    """zxcvbn's estimate in one plain sentence; how short is too short is another validator's business."""

    def validate(self, password: str, user: Any = None) -> None:
        if password and not self.get_strength(password, user)["acceptable"]:
            raise ValidationError(
                "This password is easy to guess. Add a word or two that have nothing to do with it or with you.",
                code="password_guessable",
            )
