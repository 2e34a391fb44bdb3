"""The documents of the world that the matrix asks about, and who is what to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from records.models import Document
from records.services import document_error
from records.tests.document_steps import added, added_by_doctor, sent
from tests.permissions.matrix.people import Who
from tests.permissions.matrix.things import Things, ids_of

if TYPE_CHECKING:
    from tests.permissions.matrix.world import World

WHO_TO_DOCUMENTS = {
    "a": {Who.DOCTOR_A: "adder", Who.PATIENT_A: "patient", Who.COLLEAGUE: "treating"},
    "b": {Who.PATIENT_B: "adder", Who.DOCTOR_B: "treating"},
    "identity": {Who.PATIENT_B: "adder"},
    "mistake": {Who.DOCTOR_A: "adder", Who.PATIENT_A: "told"},
    "waiting": {Who.PATIENT_B: "sender"},
}
# Whose documents a doctor comes to.
WHO_TO_RECORDS = {"a": {Who.DOCTOR_A: "doctor", Who.COLLEAGUE: "sharee"}, "b": {Who.DOCTOR_B: "doctor"}}


def documents_in(world: World) -> dict[str, Document]:
    """Of A a result from doctor A and a mistake; of B a letter, a proof of identity, and one that waits."""
    mistake = added_by_doctor(world.doctor_a, world.patient_a, title="canarymistakeofa")
    document_error(actor=mistake.uploaded_by, document_id=mistake.public_id, reason="Another patient’s")
    return {
        "mistake": mistake,
        "a": added_by_doctor(world.doctor_a, world.patient_a, title="canarydocumentofa"),
        "b": added(world.patient_b, category="letter", title="canarydocumentofb"),
        "identity": added(world.patient_b, category="identity", title="canaryidentityofb"),
        "waiting": sent(world.patient_b, category="letter", title="canarywaitingofb"),
    }


def document_things(world: World) -> dict[str, Things]:
    """The documents, and the records whose documents a doctor comes to."""
    records = ids_of(a=world.patient_a, b=world.patient_b)
    return {
        "document": Things(ids_of(**world.documents), WHO_TO_DOCUMENTS),
        "record": Things(records, WHO_TO_RECORDS),
    }
