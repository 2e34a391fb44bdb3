"""Writing, signing and ending prescriptions: what their doctors do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policies import assert_proved_recently
from accounts.states import Area
from booking.policies import acts_as_doctor
from booking.selectors import appointment_for
from common import clock
from common.drf.versions import ETAG, REREAD, stale_is_412, tagged, version_asked
from common.errors import Forbidden
from doctors.endpoints import PracticeEndpoint
from records import selectors, services
from records.api.prescriptions import PrescriptionSerializer, prescription_told
from records.api.serializers import (
    AllergyAddSerializer,
    AllergySerializer,
    ItemSerializer,
    PrescriptionRowSerializer,
)
from records.errors import StalePrescription
from records.models import Prescription
from records.policies import (
    assert_may_end_prescription,
    assert_may_sign_prescription,
    assert_may_write_prescription,
    may_prescribe_to,
)
from records.prescription_content import MOST_ITEMS, content_of
from records.services.prescriptions.draft import ADDRESS_LENGTH, assert_is_draft
from records.services.prescriptions.steps import REASON_LENGTH

_DIGEST = 64


class VisitPrescriptionsSerializer(serializers.Serializer[Any]):
    """What was prescribed from a visit, what else the patient can get now, and what they do not bear."""

    prescriptions = PrescriptionRowSerializer(many=True)
    standing = PrescriptionRowSerializer(many=True)
    allergies = AllergySerializer(many=True)
    can_begin = serializers.BooleanField()


class PrescriptionDraftSerializer(serializers.Serializer[Any]):
    """What its doctor is writing. `refusals` are in the way of a signature whatever else is said."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    items = ItemSerializer(many=True)
    refusals = serializers.ListField(child=serializers.CharField())


class ItemsSerializer(serializers.Serializer[Any]):
    items = ItemSerializer(many=True, max_length=MOST_ITEMS)  # type: ignore[call-arg]


class WarningSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["allergy", "duplicate", "unread"])
    text = serializers.CharField()


class ToSignSerializer(PrescriptionDraftSerializer):
    """What is about to be signed. Whoever signs sends back its ETag, `particulars` and, having read them, `warnings`:
    what stands there names what they have read. `missing` has to be given first."""

    prescriber = serializers.DictField(child=serializers.CharField())
    patient = serializers.DictField(child=serializers.CharField())
    missing = serializers.ListField(child=serializers.CharField())
    told = WarningSerializer(many=True)
    particulars = serializers.CharField()
    warnings = serializers.CharField()


class PrescriptionSigningSerializer(serializers.Serializer[Any]):
    particulars = serializers.CharField(max_length=_DIGEST)
    warnings = serializers.CharField(required=False, default="", allow_blank=True, max_length=_DIGEST)


class AddressSerializer(serializers.Serializer[Any]):
    address = serializers.CharField(max_length=ADDRESS_LENGTH, help_text="Where the patient lives, with the postcode.")


class WhySerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=REASON_LENGTH, help_text="The patient reads it, but for an error.")


class EndSerializer(serializers.Serializer[Any]):
    allergy = serializers.UUIDField()


class VisitPrescriptions(PracticeEndpoint):
    area = Area.RECORDS

    @extend_schema(responses=VisitPrescriptionsSerializer)
    def get(self, request: Request, appointment_id: UUID) -> Response:
        """What was prescribed from a visit, for its doctor, and what the patient takes and does not bear."""
        appointment = appointment_for(self.caller, appointment_id)
        if not acts_as_doctor(self.caller, appointment):
            raise Forbidden("doctors_only", "Only the doctor of a visit can prescribe from it.")
        patient = appointment.patient
        services.medicines_viewed(actor=self.caller, patient=patient)
        services.allergies_viewed(actor=self.caller, patient=patient)
        shown = {
            "prescriptions": selectors.prescriptions_of_visit(self.caller, appointment),
            "standing": selectors.standing_of(self.caller, patient, now=clock.now()),
            "allergies": selectors.allergies_visible_to(self.caller, patient),
            "can_begin": may_prescribe_to(self.caller, patient),
        }
        return Response(VisitPrescriptionsSerializer(shown).data)

    @extend_schema(request=None, parameters=[ETAG], responses={201: PrescriptionDraftSerializer})
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """Begin one; where one of that visit is not signed yet, that is the answer."""
        begun = services.prescription_begin(actor=self.caller, appointment_id=appointment_id)
        return _draft(request, begun, HTTPStatus.CREATED)


class PrescriptionDraft(PracticeEndpoint):
    area = Area.RECORDS
    is_versioned = True

    @extend_schema(parameters=REREAD, responses={200: PrescriptionDraftSerializer, 304: None})
    def get(self, request: Request, prescription_id: UUID) -> Response:
        """What the doctor is writing."""
        prescription = self._own(prescription_id)
        assert_is_draft(prescription)
        return _draft(request, prescription)

    @extend_schema(parameters=[ETAG], request=ItemsSerializer, responses=PrescriptionDraftSerializer)
    def put(self, request: Request, prescription_id: UUID) -> Response:
        """Keep what was typed, all of it."""
        version = version_asked(request, current=self._own(prescription_id).draft_version)
        content = content_of(self.sent(ItemsSerializer)["items"])
        with stale_is_412(StalePrescription):
            saved = services.prescription_save(
                actor=self.caller, prescription_id=prescription_id, version=version, content=content
            )
        return _draft(request, saved)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, prescription_id: UUID) -> Response:
        """Throw away what nobody has signed."""
        version = version_asked(request, current=self._own(prescription_id).draft_version)
        with stale_is_412(StalePrescription):
            services.prescription_discard(actor=self.caller, prescription_id=prescription_id, version=version)
        return Response(status=HTTPStatus.NO_CONTENT)

    def _own(self, prescription_id: UUID) -> Prescription:
        prescription = selectors.prescription_for(self.caller, prescription_id)
        assert_may_write_prescription(self.caller, prescription)
        return prescription


def _draft(request: Request, prescription: Prescription, status: int = HTTPStatus.OK) -> Response:
    told = PrescriptionDraftSerializer(_content(prescription)).data
    return tagged(request, told, prescription.draft_version, status=status)


def _content(prescription: Prescription) -> dict[str, Any]:
    content = selectors.draft_of(prescription)
    return {
        "id": prescription.public_id,
        "version": prescription.draft_version,
        "items": [asdict(item) for item in content.items],
        "refusals": [refusal.text for refusal in selectors.refusals_of(content)],
    }


class PrescriptionSign(PracticeEndpoint):
    area = Area.RECORDS
    is_versioned = True

    @extend_schema(parameters=[ETAG], responses=ToSignSerializer)
    def get(self, request: Request, prescription_id: UUID) -> Response:
        """What is about to be signed, with the names, addresses and warnings that stand beside it."""
        prescription = self._own(prescription_id)
        assert_is_draft(prescription)
        now = clock.now()
        draft = selectors.draft_of(prescription)
        warnings = selectors.warnings_for(self.caller, prescription, draft, now=now)
        particulars = selectors.particulars_of(prescription, now=now)
        shown = {
            **_content(prescription),
            "prescriber": particulars["prescriber"],
            "patient": particulars["patient"],
            "missing": selectors.missing_particulars(prescription),
            "told": warnings,
            "particulars": selectors.particulars_digest(particulars),
            "warnings": selectors.warnings_digest(warnings),
        }
        # Whoever reads it again is told of it anew: what stands beside the draft changes by itself.
        return Response(ToSignSerializer(shown).data, headers={"ETag": f'"{prescription.draft_version}"'})

    @extend_schema(request=PrescriptionSigningSerializer, responses=PrescriptionSerializer)
    def post(self, request: Request, prescription_id: UUID) -> Response:
        """Sign it. Only shortly after the caller has proved who they are."""
        prescription = self._own(prescription_id)
        assert_proved_recently(request)
        version = version_asked(request, current=prescription.draft_version)
        asked = self.sent(PrescriptionSigningSerializer)
        with stale_is_412(StalePrescription):
            services.prescription_sign(
                actor=self.caller,
                prescription_id=prescription_id,
                version=version,
                particulars_seen=asked["particulars"],
                warnings_seen=asked["warnings"],
            )
        return Response(prescription_told(self, selectors.prescription_for(self.caller, prescription_id)))

    def _own(self, prescription_id: UUID) -> Prescription:
        prescription = selectors.prescription_for(self.caller, prescription_id)
        assert_may_sign_prescription(self.caller, prescription)
        return prescription


class _OfDraft(PracticeEndpoint):
    """What belongs to a draft, for the doctor who writes it."""

    area = Area.RECORDS

    def draft(self, prescription_id: UUID) -> Prescription:
        prescription = selectors.prescription_for(self.caller, prescription_id)
        assert_may_write_prescription(self.caller, prescription)
        assert_is_draft(prescription)
        return prescription

    def allergies(self, prescription: Prescription, status: int = HTTPStatus.OK) -> Response:
        services.allergies_viewed(actor=self.caller, patient=prescription.patient)
        rows = selectors.allergies_visible_to(self.caller, prescription.patient)
        return Response(AllergySerializer(rows, many=True).data, status=status)


class PrescriptionAddress(_OfDraft):
    @extend_schema(request=AddressSerializer, responses={204: None})
    def post(self, request: Request, prescription_id: UUID) -> Response:
        """Where the patient lives, where nobody has said yet: the law wants it on the prescription."""
        self.draft(prescription_id)
        address = self.sent(AddressSerializer)["address"]
        services.prescription_address_give(actor=self.caller, prescription_id=prescription_id, address=address)
        return Response(status=HTTPStatus.NO_CONTENT)


class PrescriptionAllergies(_OfDraft):
    @extend_schema(operation_id="prescription_allergies_list", responses=AllergySerializer(many=True))
    def get(self, request: Request, prescription_id: UUID) -> Response:
        """What the patient does not bear."""
        return self.allergies(self.draft(prescription_id))

    @extend_schema(request=AllergyAddSerializer, responses={201: AllergySerializer(many=True)})
    def post(self, request: Request, prescription_id: UUID) -> Response:
        """Record an allergy of the patient's."""
        prescription = self.draft(prescription_id)
        asked = self.sent(AllergyAddSerializer)
        services.allergy_record(actor=self.caller, patient=prescription.patient, **asked)
        return self.allergies(prescription, HTTPStatus.CREATED)


class PrescriptionAllergyEnd(_OfDraft):
    @extend_schema(request=EndSerializer, responses=AllergySerializer(many=True))
    def post(self, request: Request, prescription_id: UUID) -> Response:
        """Take an allergy of the patient's back."""
        prescription = self.draft(prescription_id)
        asked = self.sent(EndSerializer)["allergy"]
        services.allergy_end(actor=self.caller, allergy_id=asked, patient=prescription.patient)
        return self.allergies(prescription)


class _Change(PracticeEndpoint):
    """What becomes of a signed prescription; moved already, it is answered like the first time."""

    area = Area.RECORDS
    service: ClassVar[Callable[..., Prescription]]
    assert_may: ClassVar[Callable[..., None]] = assert_may_write_prescription

    def change(self, prescription_id: UUID, **why: str) -> Response:
        changed = type(self).service(actor=self.caller, prescription_id=prescription_id, **why)
        found = selectors.prescription_for(self.caller, changed.public_id)
        return Response(prescription_told(self, found))


class _WithReason(_Change):
    @extend_schema(request=WhySerializer, responses=PrescriptionSerializer)
    def post(self, request: Request, prescription_id: UUID) -> Response:
        type(self).assert_may(self.caller, selectors.prescription_for(self.caller, prescription_id))
        return self.change(prescription_id, reason=self.sent(WhySerializer)["reason"])


class _Plain(_Change):
    @extend_schema(request=None, responses=PrescriptionSerializer)
    def post(self, request: Request, prescription_id: UUID) -> Response:
        return self.change(prescription_id)


class PrescriptionHold(_WithReason):
    """Nothing is dispensed until its doctor resumes it."""

    service, assert_may = services.prescription_hold, assert_may_end_prescription


class PrescriptionCancel(_WithReason):
    """Take back what nobody has dispensed yet."""

    service, assert_may = services.prescription_cancel, assert_may_end_prescription


class PrescriptionStop(_WithReason):
    """The patient is to stop taking it."""

    service, assert_may = services.prescription_stop, assert_may_end_prescription


class PrescriptionReplace(_WithReason):
    """Cancel it, and begin another with what it says: the answer is that draft."""

    service = services.prescription_replace


class PrescriptionError(_WithReason):
    """It should never have been."""

    service = services.prescription_enter_in_error


class PrescriptionResume(_Plain):
    """What was on hold may be dispensed again."""

    service = services.prescription_resume


class PrescriptionComplete(_Plain):
    """It is dispensed."""

    service = services.prescription_complete


class PrescriptionRepeat(_Plain):
    """A new draft by the caller with the same medicines."""

    service = services.prescription_repeat


class DrugList(PracticeEndpoint):
    area = Area.RECORDS

    @extend_schema(operation_id="drugs_list", responses=serializers.ListSerializer(child=serializers.CharField()))
    def get(self, request: Request) -> Response:
        """The medicines that can be prescribed here, by their generic names."""
        return Response(selectors.drugs_to_prescribe())
