"""A patient's documents as their pages show them: to the patient, and to a doctor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from accounts.models import Patient, User
from common import clock
from common.templatetags.when import long_date
from common.uploads.showing import FileRow, Files, facts_of_file, files_of, row_of_file
from records import selectors
from records.models import Document


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The documents of one record as one person comes to them."""

    patient: Patient
    is_own: bool

    @property
    def path(self) -> str:
        return self._at("documents")

    @property
    def add_path(self) -> str:
        return self._at("document_add")

    @property
    def sent_path(self) -> str:
        return self._at("documents_sent")

    def _at(self, name: str) -> str:
        if self.is_own:
            return reverse(f"records:{name}")
        return reverse(f"records:patient_{name}", args=[self.patient.public_id])


@dataclass(frozen=True, kw_only=True)
class Line:
    """A document in a list; `facts` say what it is and where it comes from."""

    document: Document
    facts: str


def shelf_of(document: Document, user: User) -> Shelf:
    return Shelf(patient=document.patient, is_own=document.patient.user_id == user.pk)


def lines_of(documents: Sequence[Document], shelf: Shelf) -> list[Line]:
    return [Line(document=document, facts=facts_of(document, shelf)) for document in documents]


def facts_of(document: Document, shelf: Shelf) -> str:
    called = [document.get_category_display(), document.other_name, facts_of_file(document)]
    return f"{', '.join(filter(None, called))}. {added_by(document, shelf)}"


def added_by(document: Document, shelf: Shelf) -> str:
    """Who added it, and when: a sentence."""
    mine = "you" if shelf.is_own else "the patient"
    who = document.doctor.name if document.doctor else mine
    return f"Added by {who} on {long_date(document.uploaded_at)}."


def sent_by(user: User, shelf: Shelf) -> Files[Document]:
    """What the person sent to this record lately."""
    now = clock.now()
    rows: list[FileRow[Document]] = [
        row_of_file(one, now) for one in selectors.documents_sent(user, shelf.patient, now=now)
    ]
    return files_of(rows, now)


def visit_asked(text: UUID | None, user: User, shelf: Shelf) -> str:
    """The visit that an address names, where the person may file under it."""
    visits = selectors.visits_to_file_under(user, shelf.patient) if text else []
    return next((str(visit.public_id) for visit in visits if visit.public_id == text), "")
