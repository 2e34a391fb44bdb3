"""Writing a prescription: begun from a visit, medicines added and taken out by buttons, saved, thrown away."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Patient
from accounts.policies import SignedInRequest
from booking.policies import acts_as_doctor
from booking.selectors import appointment_for
from common import clock
from common.errors import Conflict, Forbidden, Invalid
from common.forms import show_refusal
from common.htmx import is_fragment
from common.inputs import uuid_or_none
from common.typed import as_initial, typed_before, typed_is_kept
from doctors.policies import practice_required
from records import selectors, services
from records.errors import DraftOver, StalePrescription
from records.forms.prescriptions import (
    LONGEST_LINE,
    AddressForm,
    AllergyForm,
    DraftForm,
    ItemForm,
    content_typed,
    initial_of,
)
from records.models import Allergy, Prescription
from records.policies import assert_may_write_prescription, may_prescribe_to
from records.prescription_content import MOST_ITEMS, NAMES, Item, PrescriptionContent
from records.services.allergies import REACTION_LENGTH
from records.services.prescriptions.draft import ADDRESS_LENGTH, assert_is_draft
from records.views.autosave import rendered, saves_by_itself
from records.views.prescriptions.over import tells_what_became

STATE = "records/prescriptions/partials/state.html"


@require_http_methods(["GET", "HEAD", "POST"])
@practice_required
def visit_prescriptions(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """What was prescribed from a visit, and the button that begins another."""
    appointment = appointment_for(request.user, appointment_id)
    if not acts_as_doctor(request.user, appointment):
        raise Forbidden("doctors_only", "Only the doctor of a visit can prescribe from it.")
    if request.method == "POST":
        begun = services.prescription_begin(actor=request.user, appointment_id=appointment_id)
        return redirect("records:prescription_edit", begun.public_id)
    now = clock.now()
    services.medicines_viewed(actor=request.user, patient=appointment.patient)
    context = {
        "appointment": appointment,
        "patient": appointment.patient,
        "rows": selectors.prescriptions_of_visit(request.user, appointment),
        "standing": selectors.standing_of(request.user, appointment.patient, now=now),
        "allergies": _allergies(request, appointment.patient),
        "can_begin": may_prescribe_to(request.user, appointment.patient),
    }
    return render(request, "records/prescriptions/visit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@saves_by_itself(STATE, longest=2 * LONGEST_LINE)
@practice_required
@tells_what_became
def edit(request: SignedInRequest, prescription_id: UUID) -> HttpResponse:
    """The form. Each of its buttons saves first; `add` and `remove` then show it with one medicine more or less. htmx,
    which saves by itself, gets the state of the draft alone."""
    prescription = selectors.prescription_for(request.user, prescription_id)
    assert_may_write_prescription(request.user, prescription)
    if request.method == "POST":
        return _save(request, prescription)
    typed = typed_before(request)
    if typed:
        return _show_kept(request, prescription, typed)
    if not prescription.is_draft:
        return redirect("records:prescription", prescription.public_id)
    content = selectors.draft_of(prescription)
    shown = list(content.items)
    if not shown or (request.GET.get("add") and len(shown) < MOST_ITEMS):
        shown.append(Item())
    known = selectors.drugs_named(item.drug for item in shown)
    items = [
        ItemForm(initial=initial_of(item), number=number, known=known.get(item.drug.lower()))
        for number, item in enumerate(shown)
    ]
    form = DraftForm(initial={"version": prescription.draft_version})
    return _show(request, prescription, form, items)


def _show_kept(request: SignedInRequest, prescription: Prescription, typed: dict[str, str]) -> HttpResponse:
    """What came too late, under the version that it was written on: a draft that has changed since is a clash."""
    count = int(typed["count"]) if typed.get("count", "").isdecimal() else 0
    items = [
        ItemForm(initial={name: typed.get(f"item-{number}-{name}", "") for name in NAMES}, number=number)
        for number in range(min(count, MOST_ITEMS))
        # One that was taken out before has left no field.
        if f"item-{number}-{NAMES[0]}" in typed
    ]
    form = DraftForm(initial={"version": typed.get("version", prescription.draft_version)})
    return _show(request, prescription, form, items or [ItemForm(number=0)], was_kept=True)


def _save(request: SignedInRequest, prescription: Prescription) -> HttpResponse:
    form = DraftForm(request.POST)
    if not form.is_valid():
        return _unfit(request, prescription, form, _typed(request, form.cleaned_data.get("count", 0)))
    items = _typed(request, form.cleaned_data["count"])
    # Each is asked, so that every one says what is wrong with it.
    if [item for item in items if not item.is_valid()]:
        return _unfit(request, prescription, form, items)
    version = form.cleaned_data["keep"] or form.cleaned_data["version"]
    before = selectors.draft_of(prescription)
    try:
        saved = services.prescription_save(
            actor=request.user,
            prescription_id=prescription.public_id,
            version=version,
            content=content_typed(items),
        )
    except (StalePrescription, DraftOver) as error:
        return _show(request, prescription, form, items, error.status, refused=error)
    except (Conflict, Invalid) as error:
        form.add_error(None, error.message)
        return _show(request, prescription, form, items, error.status)
    if is_fragment(request):
        return rendered(request, STATE, _state_of(saved, before=before))
    return _go_on(request, prescription)


def _unfit(
    request: SignedInRequest, prescription: Prescription, form: DraftForm, items: list[ItemForm]
) -> HttpResponse:
    """What is wrong with what was typed; where the draft is over, that before all else."""
    try:
        assert_is_draft(prescription)
    except DraftOver as error:
        return _show(request, prescription, form, items, error.status, refused=error)
    return _show(request, prescription, form, items, HTTPStatus.UNPROCESSABLE_ENTITY)


def _state_of(saved: Prescription, *, before: PrescriptionContent) -> dict[str, Any]:
    """What cannot be signed stands far above; it is said aloud when it changes, not with every save."""
    after = selectors.draft_of(saved)
    known = selectors.drugs_named(item.drug for item in (*before.items, *after.items) if item.drug)
    refusals = selectors.refusals_of(after, known=known)
    return {
        "version": saved.draft_version,
        "saved_at": clock.now(),
        "refusals": refusals,
        "has_news": refusals != selectors.refusals_of(before, known=known),
    }


def _go_on(request: SignedInRequest, prescription: Prescription) -> HttpResponse:
    if "sign" in request.POST:
        return redirect("records:prescription_sign", prescription.public_id)
    if "add" in request.POST:
        path = reverse("records:prescription_edit", args=[prescription.public_id])
        return redirect(f"{path}?add=1#add")
    messages.success(request, "Your draft is saved.")
    return redirect("records:prescription_edit", prescription.public_id)


def _typed(request: SignedInRequest, count: int) -> list[ItemForm]:
    """What was typed, without what the button takes out."""
    removed = request.POST.get("remove", "")
    numbers = [number for number in range(count) if str(number) != removed]
    return [ItemForm(request.POST, number=number) for number in numbers]


def _show(
    request: SignedInRequest,
    prescription: Prescription,
    form: DraftForm,
    items: list[ItemForm],
    status: int = HTTPStatus.OK,
    refused: StalePrescription | DraftOver | None = None,
    *,
    was_kept: bool = False,
) -> HttpResponse:
    if is_fragment(request):
        problems = _problems(form, items)
        told = {"prescription": prescription, "refused": refused, "problems": problems}
        return rendered(request, STATE, {**told, "version": form.data.get("version", "")}, status)
    now, draft = clock.now(), selectors.draft_of(prescription)
    context: dict[str, Any] = {
        "prescription": prescription,
        "patient": prescription.patient,
        "form": form,
        "version": form["version"].value(),
        "refusals": selectors.refusals_of(draft),
        "items": items,
        # Behind one that was taken out the others keep their numbers.
        "count": max((item.number for item in items), default=-1) + 1,
        "has_errors": bool(form.errors) or any(item.errors for item in items),
        "drugs": selectors.drugs_to_prescribe(),
        "can_add": len(items) < MOST_ITEMS,
        "allergies": _allergies(request, prescription.patient),
        "allergy_form": AllergyForm(auto_id="allergy_%s"),
        "warnings": selectors.warnings_for(request.user, prescription, draft, now=now),
        "refused": refused,
        "was_kept": was_kept,
    }
    return rendered(request, "records/prescriptions/edit.html", context, status)


def _problems(form: DraftForm, items: list[ItemForm]) -> list[str]:
    """What is wrong, with where it is."""
    found = [str(error) for errors in form.errors.values() for error in errors]
    for place, item in enumerate(items, start=1):
        for name, errors in item.errors.items():
            where = (
                f"Medicine {place}" if name == "drug" else f"Medicine {place}, {str(item.fields[name].label).lower()}"
            )
            found += [f"{where}: {error}" for error in errors]
    return found


def _allergies(request: SignedInRequest, patient: Patient) -> QuerySet[Allergy]:
    """What a page is about to show, which the audit log tells: each time, for the patient is to know of each."""
    services.allergies_viewed(actor=request.user, patient=patient)
    return selectors.allergies_visible_to(request.user, patient)


@require_POST
@practice_required
@tells_what_became
def discard(request: SignedInRequest, prescription_id: UUID) -> HttpResponse:
    form = DraftForm(request.POST)
    form.is_valid()
    told = form.cleaned_data
    try:
        services.prescription_discard(
            actor=request.user, prescription_id=prescription_id, version=told.get("version", -1)
        )
    except (StalePrescription, DraftOver) as error:
        # As where it was saved too late: it says what became of the draft, and what was typed stays.
        prescription = selectors.prescription_for(request.user, prescription_id)
        return _show(request, prescription, form, _typed(request, told.get("count", 0)), error.status, refused=error)
    messages.success(request, "The draft is thrown away.")
    return redirect("records:prescriptions_written")


@require_http_methods(["GET", "HEAD", "POST"])
@typed_is_kept(longest=2 * ADDRESS_LENGTH)
@practice_required
@tells_what_became
def address(request: SignedInRequest, prescription_id: UUID) -> HttpResponse:
    """Where the patient lives, where nobody has said yet: the law wants it on the prescription."""
    prescription = selectors.prescription_for(request.user, prescription_id)
    assert_may_write_prescription(request.user, prescription)
    assert_is_draft(prescription)
    typed = typed_before(request)
    form = AddressForm(request.POST if request.method == "POST" else None, initial=as_initial(AddressForm, typed))
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    if form.is_valid():
        try:
            services.prescription_address_give(
                actor=request.user, prescription_id=prescription_id, address=form.cleaned_data["address"]
            )
        except Invalid as error:
            show_refusal(form, error)
            status = error.status
        else:
            return redirect("records:prescription_sign", prescription_id)
    context = {"prescription": prescription, "form": form, "was_kept": bool(typed)}
    return render(request, "records/prescriptions/address.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@typed_is_kept(longest=2 * REACTION_LENGTH)
@practice_required
@tells_what_became
def allergies(request: SignedInRequest, prescription_id: UUID) -> HttpResponse:
    """The patient's allergies, as the doctor who prescribes to them keeps them."""
    prescription = selectors.prescription_for(request.user, prescription_id)
    assert_may_write_prescription(request.user, prescription)
    assert_is_draft(prescription)
    patient = prescription.patient
    ended = uuid_or_none(request.POST.get("end", ""))
    if ended:
        services.allergy_end(actor=request.user, allergy_id=ended, patient=patient)
        return redirect("records:prescription_allergies", prescription_id)
    typed = typed_before(request)
    form = AllergyForm(request.POST if request.method == "POST" else None, initial=as_initial(AllergyForm, typed))
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    if form.is_valid():
        try:
            services.allergy_record(actor=request.user, patient=patient, **form.cleaned_data)
        except Invalid as error:
            show_refusal(form, error)
            status = error.status
        else:
            messages.success(request, "Recorded. You are warned where a medicine matches.")
            return redirect("records:prescription_allergies", prescription_id)
    context = {
        "prescription": prescription,
        "form": form,
        "allergies": _allergies(request, patient),
        "was_kept": bool(typed),
    }
    return render(request, "records/prescriptions/allergies_of_patient.html", context, status=status)


@require_POST
@practice_required
def repeat(request: SignedInRequest, prescription_id: UUID) -> HttpResponse:
    made = services.prescription_repeat(actor=request.user, prescription_id=prescription_id)
    messages.success(request, "A draft with the same medicines. Nothing is prescribed until you sign it.")
    return redirect("records:prescription_edit", made.public_id)
