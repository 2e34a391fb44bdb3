"""Money as JSON: minor units of `currency` throughout, times in UTC."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from billing.models import Complaint, Payment, Receipt, Refund
from billing.services import MOST_LETTERS
from billing.states import ComplaintReason, ComplaintState, Method
from billing.validators import REFERENCE_LETTERS
from billing.words import refund_words
from booking.models import Appointment
from common.drf.fields import InstantField
from common.fields import opened
from doctors.models import VisitType

AT_THE_DESK = [method.value for method in Method if method != Method.ONLINE]
NOTE_LETTERS = 200


class RefundSerializer(serializers.ModelSerializer[Refund]):
    """Money that went back, or is to; `told` is how it stands, in a sentence for whoever paid."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    told = serializers.SerializerMethodField()

    class Meta:
        model = Refund
        fields = ["id", "amount_minor", "currency", "status", "reason", "created_at", "settled_at", "told"]
        read_only_fields = fields

    def get_told(self, refund: Refund) -> str:
        return refund_words(refund)


class ReceiptSerializer(serializers.ModelSerializer[Receipt]):
    """A receipt, a credit note, or what cancels one of these; the PDF is fetched by its `id`."""

    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = Receipt
        fields = ["id", "number", "kind", "amount_minor", "currency", "issued_at"]
        read_only_fields = fields


class PaymentSerializer(serializers.ModelSerializer[Payment]):
    """Money asked for, or taken, for one appointment. `captured_minor` of it has come."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    appointment: serializers.SlugRelatedField[Appointment] = serializers.SlugRelatedField(
        slug_field="public_id", read_only=True
    )
    refunds = RefundSerializer(many=True, read_only=True)
    receipts = ReceiptSerializer(many=True, read_only=True)

    class Meta:
        model = Payment
        fields = [
            "id",
            "appointment",
            "purpose",
            "method",
            "status",
            "amount_minor",
            "captured_minor",
            "currency",
            "created_at",
            "paid_at",
            "refunds",
            "receipts",
        ]
        read_only_fields = fields


class ComplaintSerializer(serializers.ModelSerializer[Complaint]):
    """That somebody disagrees about the money of an appointment; `answer` is the practice's, once there is one."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    answer = serializers.SerializerMethodField()

    class Meta:
        model = Complaint
        fields = ["id", "reason", "state", "opened_at", "due_at", "decided_at", "answer"]
        read_only_fields = fields

    def get_answer(self, complaint: Complaint) -> str | None:
        """Null where it cannot be read any more."""
        return opened(complaint, "answer")


class StandingSerializer(serializers.Serializer[Any]):
    """In plain words. Nothing changes by waiting once it `is_settled`; paying helps where `can_pay`."""

    kind = serializers.ChoiceField(choices=["info", "success", "warning"])
    title = serializers.CharField()
    text = serializers.CharField()
    is_settled = serializers.BooleanField()
    can_pay = serializers.BooleanField()


class MoneySerializer(serializers.Serializer[Any]):
    """How an appointment's money stands: `due_minor` is to be paid online now, `left_minor` is not paid yet at all."""

    standing = StandingSerializer()
    due_minor = serializers.IntegerField()
    left_minor = serializers.IntegerField()
    currency = serializers.CharField()
    refunds = RefundSerializer(many=True)
    receipts = ReceiptSerializer(many=True)
    complaints = ComplaintSerializer(many=True)


class MoneyQuery(serializers.Serializer[Any]):
    since = InstantField(
        default=None, help_text="When the person came back from paying: what Stripe said before that is not believed."
    )


class StartedSerializer(serializers.Serializer[Payment]):
    """Send the person to `url`, Stripe's own page; afterwards ask how the payment stands."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.URLField(source="session_url")
    amount_minor = serializers.IntegerField()
    currency = serializers.CharField()
    expires_at = serializers.DateTimeField(source="session_expires_at")


class ComplainingSerializer(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=ComplaintReason.choices)
    text = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=MOST_LETTERS, help_text="About the money only."
    )


class WithdrawnSerializer(serializers.Serializer[Complaint]):
    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=ComplaintState.choices)


class ChoiceOfVisitSerializer(serializers.ModelSerializer[VisitType]):
    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = VisitType
        fields = ["id", "name", "minutes", "price_minor", "currency", "modality"]
        read_only_fields = fields


class DifferenceSerializer(serializers.Serializer[Any]):
    """What another kind of visit means for the money; sums are null for whoever may not pay. `policy` is the sentence
    about cancelling."""

    visit_type = ChoiceOfVisitSerializer()
    pay_minor = serializers.IntegerField(allow_null=True)
    return_minor = serializers.IntegerField(allow_null=True)
    clinic_minor = serializers.IntegerField(allow_null=True)
    policy = serializers.CharField()


class ChangingSerializer(serializers.Serializer[Any]):
    visit_type = serializers.UUIDField(help_text="One of those that the same address names.")
    start = InstantField(
        required=False, default=None, help_text="One of the doctor's free times for it; without one the start stays."
    )


class TakingSerializer(serializers.Serializer[Any]):
    method = serializers.ChoiceField(choices=AT_THE_DESK)
    amount_minor = serializers.IntegerField(min_value=1, max_value=999_999_999)
    reference = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=REFERENCE_LETTERS,
        help_text="Of the till or the bank. A card's number is refused.",
    )


class EntrySerializer(serializers.ModelSerializer[Payment]):
    """What the desk wrote down as taken; also what was a mistake."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    reference = serializers.CharField(source="desk_reference", read_only=True)

    class Meta:
        model = Payment
        fields = ["id", "method", "status", "amount_minor", "currency", "reference", "created_at"]
        read_only_fields = fields


class OwedSerializer(serializers.ModelSerializer[Refund]):
    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = Refund
        fields = ["id", "amount_minor", "currency", "created_at"]
        read_only_fields = fields


class DeskSerializer(serializers.Serializer[Any]):
    """What the desk can still take for an appointment, what it took, and what it owes back."""

    left_minor = serializers.IntegerField()
    currency = serializers.CharField()
    entries = EntrySerializer(many=True)
    owed = OwedSerializer(many=True)


class GivingSerializer(serializers.Serializer[Any]):
    refund = serializers.UUIDField(help_text="One of those that the desk owes back for this appointment.")


class MistakeSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=NOTE_LETTERS, help_text="What was wrong, for colleagues; nothing clinical.")
