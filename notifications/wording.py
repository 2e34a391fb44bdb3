"""What editors may say otherwise than the product does, and what is refused. Pure: no models.

An editor's words are plain text with a few placeholders, never a template's language: nothing in them is ever executed.
What happened, when, where, what to do next, money and the calendar file come from the product's templates and stand in
the mail whatever an editor writes. What is refused when it is typed is refused when it is sent too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from stdnum.gb import nhs

from notifications.kinds import Kind


class Part(TextChoices):
    """The words of a mail that may be an editor's; each is a field of `MessageWording`."""

    SUBJECT = "subject", "Subject"
    HEADING = "heading", "Heading"
    OPENING = "opening", "Opening words"
    CLOSING = "closing", "Closing words"


LONGEST = {Part.SUBJECT: 120, Part.HEADING: 120, Part.OPENING: 1000, Part.CLOSING: 1000}
_ONE_LINE = frozenset({Part.SUBJECT, Part.HEADING})


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What is filled in for each message: `fact` of the message, as people read it by the name `shown`."""

    means: str
    shown: str
    fact: str = ""


PLACEHOLDERS = {
    "clinic": Placeholder("the clinic’s name", "site_name"),
    "doctor": Placeholder("the doctor’s name", "doctor", "doctor"),
    "day": Placeholder("such as Tuesday 6 July 2027", "day", "start"),
    "time": Placeholder("such as 10:20am", "short_time", "start"),
    "place": Placeholder("the name of the place, or “by video”, or “by phone”", "short_where", "place"),
    "reference": Placeholder("such as MC7Q2KD", "reference", "reference"),
    "minutes": Placeholder("for how long the doctor is late", "minutes", "minutes"),
}
# Never more: a reason, a kind of visit, an amount, or anything about a patient is no placeholder of any kind.
_OF_A_VISIT = ("clinic", "doctor", "day", "time", "place", "reference")
_OF_A_DOCTOR = ("clinic", "doctor")


@dataclass(frozen=True, slots=True)
class Rewordable:
    parts: frozenset[Part]
    placeholders: tuple[str, ...] = _OF_A_VISIT


_ALL = frozenset(Part)
# Where subject and heading depend on what happened, say an amount, or have to say nothing: they stay the product's.
_AROUND = frozenset({Part.OPENING, Part.CLOSING})

# A kind that does not stand here keeps the product's words: what protects a person, their account or their record, what
# says that something with money went wrong, what decides about a doctor, and what goes to staff or to an address that
# nobody has proved.
REWORDABLE: dict[Kind, Rewordable] = {
    Kind.APPOINTMENT_BOOKED: Rewordable(_ALL),
    Kind.APPOINTMENT_REQUESTED: Rewordable(_ALL),
    Kind.APPOINTMENT_HELD: Rewordable(_AROUND),
    Kind.APPOINTMENT_MOVED: Rewordable(_ALL),
    Kind.APPOINTMENT_CHANGED: Rewordable(_ALL),
    Kind.APPOINTMENT_CANCELLED: Rewordable(_AROUND),
    Kind.APPOINTMENT_DECLINED: Rewordable(_ALL),
    Kind.APPOINTMENT_LAPSED: Rewordable(_ALL),
    # One message may remind of several visits, of other doctors and at other times of the same day.
    Kind.APPOINTMENT_REMINDER: Rewordable(_AROUND, ("clinic", "day")),
    Kind.APPOINTMENT_RUNNING_LATE: Rewordable(_ALL, (*_OF_A_VISIT, "minutes")),
    Kind.PAYMENT_RECEIVED: Rewordable(_AROUND),
    Kind.DIFFERENCE_DUE: Rewordable(_AROUND),
    Kind.PAYMENT_CAME_LATE: Rewordable(_AROUND),
    Kind.REFUND_PROMISED: Rewordable(_AROUND),
    Kind.REFUND_WAITS: Rewordable(_AROUND),
    Kind.REFUND_MADE: Rewordable(_AROUND),
    Kind.COMPLAINT_DECIDED: Rewordable(_AROUND),
    Kind.DOCTOR_APPOINTMENT_BOOKED: Rewordable(_ALL),
    Kind.DOCTOR_APPOINTMENT_REQUESTED: Rewordable(_ALL),
    Kind.DOCTOR_APPOINTMENT_MOVED: Rewordable(_ALL),
    Kind.DOCTOR_APPOINTMENT_CHANGED: Rewordable(_ALL),
    Kind.DOCTOR_APPOINTMENT_CANCELLED: Rewordable(_AROUND),
    Kind.RECORD_NEW: Rewordable(_AROUND, ("clinic",)),
    Kind.RECORD_SHARED: Rewordable(_AROUND, ("clinic",)),
    Kind.DOCUMENT_REFUSED: Rewordable(_AROUND, ("clinic",)),
    Kind.EXPORT_READY: Rewordable(_AROUND, ("clinic",)),
    Kind.VERIFICATION_APPROVED: Rewordable(_ALL, _OF_A_DOCTOR),
    Kind.VERIFICATION_SUBMITTED: Rewordable(_ALL, _OF_A_DOCTOR),
    Kind.PAGE_PROPOSAL_APPROVED: Rewordable(_ALL, _OF_A_DOCTOR),
}
NOTHING = Rewordable(frozenset(), ())
_NO_LINKS = "Links and email addresses cannot stand here"

_FILLED_IN = re.compile(r"\{([^{}]*)\}")
_SCHEME = re.compile(r"//|\b(?:javascript|vbscript|data|blob|file|mailto|tel|sms):(?=\S)", re.IGNORECASE)
_HOST = re.compile(r"(?:[^\W_][\w-]*\.)+[^\W\d_]{2,}|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", re.IGNORECASE)
# As it is written commonly, or ten digits parted otherwise in one line and no more: a telephone number has eleven.
_NUMBER = re.compile(
    r"(?<!\d)\d{3}[^\w\n]{0,3}\d{3}[^\w\n]{0,3}\d{4}(?!\d)"
    r"|(?<!\d)(?<!\d[^\w\n])\d(?:[^\w\n]{0,3}\d){9}(?![^\w\n]?\d)"
)
# What a browser takes for the dot of an address and no normal form makes one.
_DOTS = str.maketrans("\u3002", ".")
# By their category letters, and seen by nobody.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# As what is filled in is read when it is not known yet: as a piece of the words that it touches.
_SOMETHING = "xx"


class Unsayable(ValueError):
    """Words that are not to go out as they are. `faults` are sentences to whoever typed them, by part."""

    def __init__(self, faults: Mapping[Part, list[str]]) -> None:
        super().__init__(", ".join(faults))
        self.faults = dict(faults)


def rewordable(kind: Kind) -> Rewordable:
    return REWORDABLE.get(kind, NOTHING)


def checked(kind: Kind, typed: Mapping[Part, str]) -> dict[Part, str]:
    """The words that say anything, with line ends as the web sends them made plain. Raises `Unsayable`."""
    words = {part: text.replace("\r\n", "\n").strip() for part, text in typed.items()}
    words = {part: text for part, text in words.items() if text}
    if faults := {part: found for part, text in words.items() if (found := list(_faults(kind, part, text)))}:
        raise Unsayable(faults)
    return words


def filled(kind: Kind, typed: Mapping[Part, str], shown: Mapping[str, Any]) -> dict[Part, str]:
    """The words with every placeholder filled in from what the message says. Raises `Unsayable`.

    `shown` are a message's facts as people read them; of these no others are ever looked at than the kind's own.
    """
    values = {name: _value(shown, PLACEHOLDERS[name]) for name in rewordable(kind).placeholders}
    words = checked(kind, typed)
    gaps = {part: [f"There is no {name}."] for part, text in words.items() for name in _names(text) if not values[name]}
    if gaps:
        raise Unsayable(gaps)
    said = {part: _FILLED_IN.sub(lambda found: values[found[1]], text) for part, text in words.items()}
    own = {host for value in values.values() for host in _hosts(value)}
    if made := {part: [f"{_NO_LINKS}."] for part, text in said.items() if set(_hosts(_without_our_own(text))) - own}:
        raise Unsayable(made)
    return said


def _value(shown: Mapping[str, Any], placeholder: Placeholder) -> str:
    return " ".join(str(shown.get(placeholder.shown, "")).split())


def _names(text: str) -> list[str]:
    return _FILLED_IN.findall(text)


def _faults(kind: Kind, part: Part, text: str) -> Iterator[str]:
    may = rewordable(kind)
    if part not in may.parts:
        yield "In this message these words stay as they are."
        return
    if len(text) > LONGEST[part]:
        yield f"Write at most {LONGEST[part]} letters."
    if part in _ONE_LINE and "\n" in text:
        yield "Write it in one line."
    if any(_is_unseen(letter) for letter in text.replace("\n", "")):
        yield "There is a letter in it that nobody can see. Type the words instead of pasting them."
    if "<" in text or ">" in text:
        yield "Write plain words, without < and >."
    yield from _wrong_placeholders(may, text)
    plain = _as_read(_FILLED_IN.sub(_SOMETHING, text))
    if _leads_away(plain):
        yield f"{_NO_LINKS}, but for those that begin with {settings.BASE_URL}/."
    if any(nhs.is_valid(re.sub(r"\D", "", number)) for number in _NUMBER.findall(plain)):
        yield "This looks like somebody’s NHS number. Everybody who gets this message reads the same words."


def _wrong_placeholders(may: Rewordable, text: str) -> Iterator[str]:
    known = ", ".join(f"{{{name}}}" for name in may.placeholders)
    for name in _names(text):
        if name not in may.placeholders:
            yield f"{{{name[:30]}}} cannot be filled in. What can: {known}."
    rest = _FILLED_IN.sub("", text)
    if "{" in rest or "}" in rest:
        yield f"Curly brackets are only for what is filled in: {known}."


def _leads_away(text: str) -> bool:
    """Whether it holds an address of another site, or what a mail program would make a link of."""
    rest = _without_our_own(text)
    return "@" in rest or bool(_SCHEME.search(rest) or _hosts(rest))


def _without_our_own(text: str) -> str:
    own = re.compile(rf"{re.escape(settings.BASE_URL)}(?=/|\s|[,;!?)]|\.?$|\.\s)[\w/?=&%#-]*", re.IGNORECASE)
    return own.sub(" ", text)


def _hosts(text: str) -> list[str]:
    return _HOST.findall(_as_read(text))


def _as_read(text: str) -> str:
    """With every letter that is only another form of one as that one, as browsers read an address."""
    return unicodedata.normalize("NFKC", text).translate(_DOTS)


def _is_unseen(letter: str) -> bool:
    """Or begins another line, which only a line end is to do."""
    category = unicodedata.category(letter)
    return category[0] == "C" or category in ("Zl", "Zp") or letter in _BLANKS
