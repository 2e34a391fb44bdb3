"""What comes by a contact page, in front of Wagtail's own way to serve it (`home.wagtail_hooks`)."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from home import spam
from home.models import ContactPage
from home.services import enquiry_receive


def contact_sent(request: HttpRequest, page: ContactPage) -> HttpResponse:
    """What somebody has sent by a contact page: kept, or the form again with what it lacks and all that was typed.

    A robot is thanked like everybody, so that it learns nothing.
    """
    form, verdict = page.form_of(request, request.POST), spam.judged(request.POST)
    if verdict == spam.Verdict.ROBOT:
        return redirect(f"{request.path}?sent")
    if form.is_valid() and verdict == spam.Verdict.HASTY:
        form.add_error(None, "Please look at your message once more, and send it again.")
        request.POST = _opened_anew(request)  # type: ignore[assignment]
    if not form.is_valid():
        return page.form_page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not spam.may_send():
        form.add_error(None, "We have had many messages from where you are. Ring us, or try again in an hour.")
        return page.form_page(request, form, HTTPStatus.TOO_MANY_REQUESTS)
    answers = [(str(field.label), _in_words(form.cleaned_data[field.name])) for field in form]
    enquiry_receive(page_id=page.pk, answers=answers)
    return redirect(f"{request.path}?sent")


def _opened_anew(request: HttpRequest) -> QueryDict:
    """What was sent, with the time of the form that is shown again where its own is too old or forged."""
    sent = request.POST.copy()
    if not spam.is_known(sent.get(spam.STAMP, "")):
        sent[spam.STAMP] = spam.stamp()
    return sent


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value)
