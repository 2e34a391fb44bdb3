"""A billing officer's desk, the page of one payment and of one complaint. Every action is a form; services decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.views import View

from accounts.models import User
from billing import policies, selectors, services
from billing.errors import PaymentsAway, TooMuch
from billing.models import Complaint, Payment, Refund
from billing.states import Attention
from billing.wagtail_admin.charts import money_chart
from billing.wagtail_admin.forms import DecisionForm, EvidenceForm, NoteForm, ReconcileForm, RefundForm
from booking.selectors import about_appointment
from common import clock, idempotency
from common.errors import Conflict, DomainError, Invalid
from common.forms import OnceForm, show_refusal
from common.inputs import uuid_or_none
from common.uploads.serving import file_response
from notifications.selectors import PAYMENTS, messages_about

CHART_DAYS, RUNS_SHOWN = 28, 5
# What a refund's buttons do; what is said then, of what has come of it, is `_said`.
ON_REFUND: dict[str, Callable[..., Refund]] = {
    "second": services.refund_second,
    "drop": services.refund_drop,
    "retry": partial(services.refund_retry, unless_settled=True),
    "by_hand": partial(services.refund_retry, by_hand=True, unless_settled=True),
    "retry_settled": services.refund_retry,
    "by_hand_settled": partial(services.refund_retry, by_hand=True),
    "let_go": services.refund_let_go,
    "given": services.refund_record_given,
    "left": services.refund_record_left,
}
# What is said with some of them: a form's own field.
WORDS = {"drop": "note", "let_go": "note", "given": "reference", "left": "reference"}
STRIPE_AWAY = "We cannot reach Stripe just now. Nothing is lost: please try again in a moment."


def _told_officer(error: DomainError) -> str:
    """A refusal in an officer's words: they are charged nothing."""
    return STRIPE_AWAY if isinstance(error, PaymentsAway) else error.message


def _said(do: str, refund: Refund, officer: User) -> str:
    if do == "second" and refund.seconded_by_id != officer.pk:
        return "A colleague has agreed to the refund already."
    if do == "drop":
        is_told = services.drop_is_told(refund=refund)
        return f"The refund is taken back{', and the patient is told' if is_told else ''}."
    if do == "left" and refund.payment.attention == Attention.GONE_TWICE:
        return "It is written down as gone, and it has gone twice: ask for the money back."
    if refund.awaits_second:
        return "The refund waits for a second officer to agree."
    if do.startswith(("retry", "by_hand")):
        return _said_of_again(refund)
    return {
        "refund": "The refund is promised.",
        "second": "You have agreed to the refund.",
        "let_go": "It is not sent again." if refund.let_go_minor else "Nothing of it is owed any more.",
        "given": "The refund is recorded.",
        "left": "It is written down as gone. Tell the bank of it with the dispute’s evidence, while that can be sent.",
    }[do]


def _said_of_again(refund: Refund) -> str:
    if refund.replaces_id is None:
        return "It goes back of another payment of this visit: nothing is left of this one."
    if selectors.has_open_dispute(refund.payment):
        return "The refund waits for the dispute’s end. Send nothing from the clinic’s bank before then."
    if refund.by_hand:
        return "Send it from the clinic’s bank, then write down the bank’s reference."
    return "The refund is sent again."


class OfficerView(View):
    """For billing officers alone."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        policies.assert_billing_officer(self.officer)
        return super().dispatch(request, *args, **kwargs)

    @property
    def officer(self) -> User:
        return cast("User", self.request.user)


class DeskView(OfficerView):
    """What waits, what came in and went out, and the comparison with Stripe."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(ReconcileForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ReconcileForm(request.POST)
        if not form.is_valid():
            return self._show(form, HTTPStatus.UNPROCESSABLE_ENTITY)
        since = clock.now() - timedelta(days=form.cleaned_data["days"])
        try:
            run = services.reconcile(actor=self.officer, since=since)
        except DomainError as error:
            form.add_error(None, _told_officer(error))
            return self._show(form, error.status)
        found = len(run.differences)
        messages.success(request, "Nothing differs." if not found else f"{found} differed; see what became of each.")
        return redirect("billing_desk")

    def _show(self, form: ReconcileForm, status: int = HTTPStatus.OK) -> HttpResponse:
        days = selectors.money_by_day(days=CHART_DAYS, now=clock.now())
        context = {
            "desk": selectors.billing_desk(),
            "chart": money_chart(days),
            "outstanding": selectors.outstanding(),
            "is_online": settings.PAYMENT_PROVIDER is not None,
            "runs": selectors.reconciliations()[:RUNS_SHOWN],
            "form": form,
        }
        return render(self.request, "billing/admin/desk.html", context, status=status)


class PaymentView(OfficerView):
    """Everything about one payment on one timeline, with what an officer may do to it."""

    def get(self, request: HttpRequest, payment_id: UUID) -> HttpResponse:
        payment = selectors.payment_of_officer(payment_id)
        services.payment_viewed(actor=self.officer, payment=payment)
        return self._show(payment)

    def post(self, request: HttpRequest, payment_id: UUID) -> HttpResponse:
        payment = selectors.payment_of_officer(payment_id)
        form, act = self._asked(payment)
        if form is not None and not form.is_valid():
            return self._show(payment, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            messages.success(request, act())
        except TooMuch as error:
            if not isinstance(form, RefundForm):
                raise
            form.add_error("amount", error.message)
            return self._show(payment, form, error.status)
        except DomainError as error:
            # Above the page where it is about no field: its form may be there no longer.
            refused = self._refused(error)
            if isinstance(error, Invalid) and error.fields and form is not None and form.asked_fields:
                show_refusal(form, error)
            elif refused is None:
                messages.error(request, _told_officer(error))
            return self._show(payment, form, error.status, refused)
        return redirect("billing_payment", payment_id)

    def _refused(self, error: DomainError) -> dict[str, object] | None:
        """What was said with a refund's button, where it was refused for that: it stays, with the reason beside it."""
        do = self.request.POST.get("do", "")
        is_of_field = isinstance(error, Invalid) and WORDS.get(do) in error.fields
        # What has left the bank before a dispute was heard of: its reference stays, to be written down as that.
        is_of_transfer = error.code == "dispute_open" or (do == "left" and isinstance(error, Conflict))
        has_left = do == "given" and error.code in ("illegal_transition", "given_before")
        if do not in WORDS or not (is_of_field or is_of_transfer or has_left):
            return None
        row = Refund.objects.select_related("payment").filter(public_id=self._id("refund")).first()
        # Where it is written down by now its row has no form any more.
        is_alone = row is not None and (bool(row.given_reference) or hasattr(row, "replaced_by"))
        do = "left" if has_left or error.code == "dispute_open" else do
        # A card's number is not even written back into the page.
        typed = "" if error.code == "card_number" else self.request.POST.get(WORDS[do], "")
        return {"do": do, "value": self._id("refund"), "typed": typed, "message": error.message, "is_alone": is_alone}

    def _asked(self, payment: Payment) -> tuple[OnceForm | None, Callable[[], str]]:
        """The form of the button that was pressed, and what it does; an unknown one only asks Stripe again."""
        do = self.request.POST.get("do", "")
        if do in ON_REFUND:
            return self._on_refund(do)
        found = {
            "refund": self._refund,
            "evidence": self._evidence,
            "settle": self._settle,
            "mistake": self._mistake,
        }
        return found[do](payment) if do in found else (None, lambda: self._fetch(payment))

    def _fetch(self, payment: Payment) -> str:
        services.payment_fetch(actor=self.officer, payment_id=payment.public_id)
        return "Stripe has been asked again."

    def _refund(self, payment: Payment) -> tuple[OnceForm, Callable[[], str]]:
        form = RefundForm(self.request.POST)

        def act() -> str:
            asked = {"amount_minor": form.cleaned_data["amount"], "note": form.cleaned_data["note"]}
            refund = partial(services.refund_request, actor=self.officer, payment_id=payment.public_id, **asked)
            made = form.do_once(user=self.officer, run=refund, payment=payment.public_id)
            return _said("refund", selectors.refund_of_officer(made), self.officer)

        return form, act

    def _settle(self, payment: Payment) -> tuple[OnceForm, Callable[[], str]]:
        form = NoteForm(self.request.POST, about="settle")

        def act() -> str:
            note = form.cleaned_data["note"]
            settle = partial(services.attention_settle, actor=self.officer, payment_id=payment.public_id, note=note)
            form.do_once(user=self.officer, run=settle, payment=payment.public_id)
            return "The payment no longer waits for anybody."

        return form, act

    def _mistake(self, payment: Payment) -> tuple[OnceForm, Callable[[], str]]:
        form = NoteForm(self.request.POST, about="mistake")

        def act() -> str:
            note = form.cleaned_data["note"]
            undo = partial(services.payment_take_back, actor=self.officer, payment_id=payment.public_id, note=note)
            form.do_once(user=self.officer, run=undo, payment=payment.public_id)
            return "The payment is taken back as a mistake."

        return form, act

    def _evidence(self, _payment: Payment) -> tuple[OnceForm, Callable[[], str]]:
        form = EvidenceForm(self.request.POST)

        def act() -> str:
            given = {name: form.cleaned_data[name] for name in services.EVIDENCE_FIELDS if form.cleaned_data[name]}
            # Stripe is asked outside transactions, so the key is kept afterwards: sent once it stands all the same.
            dispute = services.dispute_answer(actor=self.officer, dispute_id=self._id("dispute"), evidence=given)
            form.do_once(user=self.officer, run=lambda: dispute, dispute=dispute.public_id)
            return "The evidence is sent to the bank."

        return form, act

    def _on_refund(self, do: str) -> tuple[OnceForm, Callable[[], str]]:
        form, service = OnceForm(self.request.POST), ON_REFUND[do]
        said = {WORDS[do]: self.request.POST.get(WORDS[do], "")} if do in WORDS else {}

        def act() -> str:
            refund_id = self._id("refund")
            run = partial(service, actor=self.officer, refund_id=refund_id, **said)
            done = form.do_once(user=self.officer, run=run, do=do, refund=refund_id, **said)
            return _said(do, selectors.refund_of_officer(done), self.officer)

        return form, act

    def _id(self, name: str) -> UUID:
        return uuid_or_none(self.request.POST.get(name, "")) or UUID(int=0)

    def _show(
        self,
        payment: Payment,
        form: OnceForm | None = None,
        status: int = HTTPStatus.OK,
        refused: dict[str, object] | None = None,
    ) -> HttpResponse:
        evidence = selectors.evidence_of(payment)
        context = {
            "payment": payment,
            "appointment": payment.appointment,
            "own": policies.OWN_MONEY if policies.is_own_money(self.officer, payment.appointment) else "",
            "steps": selectors.payment_steps(payment),
            "told": messages_about(about_appointment(payment.appointment), topic=PAYMENTS),
            "parts": selectors.payment_parts(payment),
            "refund_form": form if isinstance(form, RefundForm) else RefundForm(),
            "note_form": _noted(form, "settle"),
            "mistake_form": _noted(form, "mistake"),
            "evidence_form": form if isinstance(form, EvidenceForm) else EvidenceForm(initial=evidence),
            "refused": refused,
            # Called anew by each button, so that one's key is never another's.
            "new_key": idempotency.new_key,
        }
        return render(self.request, "billing/admin/payment.html", context, status=status)


class ComplaintView(OfficerView):
    """One complaint: what the patient says, what was paid, and the decision."""

    def get(self, request: HttpRequest, complaint_id: UUID) -> HttpResponse:
        complaint = selectors.complaint_of_officer(complaint_id)
        return self._show(complaint, self._form(complaint))

    def post(self, request: HttpRequest, complaint_id: UUID) -> HttpResponse:
        complaint = selectors.complaint_of_officer(complaint_id)
        form = self._form(complaint, request.POST)
        if not form.is_valid():
            return self._show(complaint, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        data = form.cleaned_data
        decide = partial(
            services.complaint_decide,
            actor=self.officer,
            complaint_id=complaint_id,
            is_upheld=data["is_upheld"],
            answer=data["answer"],
            payment_id=uuid_or_none(data.get("payment", "")),
            amount_minor=data.get("amount") or 0,
        )
        try:
            form.do_once(user=self.officer, run=decide, complaint=complaint_id)
        except DomainError as error:
            form.add_error("amount" if isinstance(error, TooMuch) else None, error.message)
            return self._show(selectors.complaint_of_officer(complaint_id), form, error.status)
        messages.success(request, "The complaint is decided, and the patient is told.")
        return redirect("billing_desk")

    def _form(self, complaint: Complaint, data: QueryDict | None = None) -> DecisionForm:
        return DecisionForm(data, payments=selectors.payments_complained_about(complaint))

    def _show(self, complaint: Complaint, form: DecisionForm, status: int = HTTPStatus.OK) -> HttpResponse:
        context = {
            "complaint": complaint,
            "appointment": complaint.appointment,
            "own": policies.OWN_MONEY if policies.is_own_money(self.officer, complaint.appointment) else "",
            "payments": selectors.payments_complained_about(complaint),
            "refund": complaint.refund,
            "promised_minor": complaint.refund and selectors.first_of(complaint.refund).amount_minor,
            "form": form,
        }
        return render(self.request, "billing/admin/complaint.html", context, status=status)


class ReceiptView(OfficerView):
    def get(self, request: HttpRequest, receipt_id: UUID) -> HttpResponseBase:
        opened = services.receipt_open_as_officer(actor=self.officer, receipt_id=receipt_id)
        return file_response(
            key=opened.file.name or "", name=f"{opened.number}.pdf", media_type="application/pdf", request=request
        )


def _noted(form: OnceForm | None, about: str) -> NoteForm:
    """What was sent, where it was about that."""
    return form if isinstance(form, NoteForm) and form.about == about else NoteForm(about=about)
