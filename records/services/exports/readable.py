"""What an export says to people: the rows of its parts with names, days and states as on our pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Choices

from common.templatetags.when import long_date, zoned_time

Line = tuple[str, str]

FILE = "File"
LABELS = {
    "name": "Name",
    "birthDate": "Date of birth",
    "gender": "Gender",
    "address": "Address",
    "phone": "Phone number",
    "email": "Email address",
    "nhsNumber": "NHS number",
    "step_free": "Step-free access",
    "hearing_loop": "Hearing loop",
    "interpreter": "Interpreter",
    "other": "Other needs",
    "reference": "Reference",
    "status": "Status",
    "start": "From",
    "end": "Until",
    "doctor": "Doctor",
    "place": "Place",
    "serviceType": "Kind of visit",
    "reason": "Reason",
    "date": "Date",
    "author": "Written by",
    "signed": "Signed",
    "signer": "Signed by",
    "intact": "Signature",
    "amendedBecause": "Why it was amended",
    "summary": "In plain words",
    "authoredOn": "Signed",
    "requester": "Prescribed by",
    "validUntil": "Valid until",
    "statusReason": "Why",
    "requesterAddress": "Address of the practice",
    "subjectAddress": "Your address on it",
    "drug": "Name",
    "form": "Form",
    "strength": "Strength",
    "dose": "Dose",
    "frequency": "How often",
    "duration": "For how long",
    "quantity": "Quantity",
    "unit": "Of what",
    "repeats": "Repeats",
    "instructions": "Instructions",
    "substance": "Allergic to",
    "reaction": "What happens",
    "recordedDate": "Recorded",
    "byDoctor": "Recorded by",
    "type": "Kind",
    "title": "Title",
    "file": FILE,
    "statement": "What you agreed to",
    "given": "Given",
    "what": "What",
    "sharedWith": "Shared with",
    "sharedBy": "Shared by",
    "openedBy": "Opened by",
    "patient": "You help",
    "relationship": "Relationship",
    "appointment": "Appointment",
    "method": "How it was paid",
    "amount": "Amount",
    "taken": "Taken",
    "givenBackOrPromised": "Given back or promised",
    "paid": "Paid",
    "sent": "When",
    "topic": "About",
    "outcome": "What became of it",
    "channel": "By",
    "wanted": "Do you want it",
    "textsTo": "Texts go to",
    "confirmed": "Confirmed",
    "signInBy": "You sign in by",
    "level": "How surely it knows you",
    "tokenKept": "We keep a token of it",
    "recorded": "When",
    "agent": "Who",
    "action": "What was done",
}
# What stands several times in a row, each under its number; and what the number itself has said.
EACH = {"versions": "Version", "items": "Medicine", "receipts": "Receipt"}
FOR_PROGRAMS = frozenset({"id", "number"})
# What yes and no say; where one says nothing, nothing stands there.
ANSWERS = {
    "intact": {True: "", False: "It is not as it was signed: something was changed or is missing since."},
    "byDoctor": {True: "A doctor", False: "You"},
    "wanted": {True: "Yes", False: "No"},
    "tokenKept": {True: "Yes, encrypted: it asks whether you still work here", False: "No"},
    "step_free": {True: "Needed", False: ""},
    "hearing_loop": {True: "Needed", False: ""},
}


class Coded(str):
    """A state as programs know it, with what people call it."""

    __slots__ = ("words",)
    words: str

    @classmethod
    def of(cls, choice: Choices) -> Coded:
        """JSON writes its value, a page its label."""
        made = cls(choice.value)
        made.words = str(choice.label)
        return made


def lines(row: dict[str, Any], before: str = "") -> Iterator[Line]:
    """A row as a person reads it: what stands in it under what name, in the clinic's zone, without what is empty."""
    for name, value in row.items():
        if name in FOR_PROGRAMS:
            continue
        if name == "sections":
            # They bring their own headings.
            yield from ((f"{before}{heading}", text) for heading, text in value.items())
        elif isinstance(value, dict):
            yield from lines(value, before)
        elif isinstance(value, list | tuple):
            yield from _each(EACH[name], value)
        elif words := _words(name, value):
            yield f"{before}{LABELS[name]}", words


def _each(label: str, values: list[Any] | tuple[Any, ...]) -> Iterator[Line]:
    for number, value in enumerate(values, start=1):
        if isinstance(value, dict):
            yield from lines(value, f"{label} {number}: ")
        else:
            yield f"{label} {number}", str(value)


def _words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return ANSWERS[name][value]
    if isinstance(value, datetime):
        return f"{long_date(value)}, {zoned_time(value)}"
    if isinstance(value, date):
        return long_date(value)
    return value.words if isinstance(value, Coded) else str(value or "")
