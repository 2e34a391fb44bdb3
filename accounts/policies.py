"""Which doors stand open to whom. Decorators here are for views of every app."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate, get_reauthentication_flows
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from accounts.errors import ProofNeeded
from accounts.models import ApiToken, Invitation, Patient, User
from accounts.roles import Role
from accounts.security.current import came_by_second_step, open_session, signed_in_recently
from accounts.selectors import cared_for, is_confirmed, patient_of
from accounts.states import Scope
from common import clock
from common.errors import Forbidden
from common.htmx import is_fragment, page_around
from common.typed import keep_typed

if TYPE_CHECKING:
    # Its settings import our authentication, which asks here.
    from rest_framework.request import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])


class SignedInRequest(HttpRequest):
    """The request of a view that stands behind a sign-in: its user is an account."""

    user: User


def has_role(user: User | AnonymousUser, role: Role) -> bool:
    """Membership of the role's group alone: a superuser has no role that nobody gave. One query a user object."""
    return isinstance(user, User) and user.is_active and role.value in user.role_names


def may_change_roles(actor: User | None) -> bool:
    """Administrators may; None stands for the system itself (a command, a service that acts by rule)."""
    return actor is None or actor.is_superuser or has_role(actor, Role.ADMINISTRATOR)


def assert_doctor(user: User | AnonymousUser) -> None:
    """Raises `Forbidden` for whoever has not the role of a doctor, verified or not."""
    if not has_role(user, Role.DOCTOR):
        raise Forbidden("doctors_only", "This is for doctors who work with us.")


def assert_clinic_staff(user: User | AnonymousUser) -> None:
    """Raises `Forbidden` for whoever works at no desk."""
    if not has_role(user, Role.CLINIC_STAFF):
        raise Forbidden("clinic_staff_only", "This is for people who work at a clinic.")


def assert_patient(user: User | AnonymousUser) -> Patient:
    """The person as a patient. Raises `Forbidden` where there is no profile yet."""
    patient = patient_of(user)
    if patient is None:
        raise Forbidden("profile_needed", "Complete your profile first.")
    return patient


def may_act_for(user: User | AnonymousUser, patient: Patient, scope: Scope) -> bool:
    """Whether the person may do that for the patient: for themselves, or as a carer whom the patient lets.

    A rule over the relation and no row for each object, so taking it back or its end works on the next request.
    """
    if not (isinstance(user, User) and user.is_active):
        return False
    return patient.user_id == user.pk or cared_for(user, scope).filter(pk=patient.pk).exists()


def is_invited(user: User | AnonymousUser, invitation: Invitation) -> bool:
    """Whether the person has proved to have the address that was invited."""
    return isinstance(user, User) and user.email == invitation.email and is_confirmed(user)


def has_office(user: User) -> bool:
    """Whether somebody is more than a patient here: by any other role, as a superuser, or as who works at a place.

    Of those who are a doctor or work at a place too, though their role was taken: what is theirs comes back with it.
    """
    return user.is_superuser or user.is_staff or bool(user.role_names - {Role.PATIENT.value}) or user.works_here


def two_step_demanded(user: User | AnonymousUser) -> bool:
    """Whether two-step sign-in is no choice for this person: of everybody who `has_office`.

    Nobody is asked where TWO_STEP_REQUIRED is off.
    """
    return settings.TWO_STEP_REQUIRED and isinstance(user, User) and has_office(user)


def two_step_missing(user: User | AnonymousUser) -> bool:
    """Whether the person must set up two-step sign-in before anything but the public pages is open to them."""
    return isinstance(user, User) and two_step_demanded(user) and not user.has_two_step


def second_step_unproved(request: HttpRequest) -> bool:
    """Whether two-step sign-in is demanded, the account has it, and this session was opened by the password alone."""
    user = request.user
    return two_step_demanded(user) and not two_step_missing(user) and not came_by_second_step(request)


def proved_recently(request: HttpRequest) -> bool:
    """Whether the person has signed in, or said once more who they are, in the last five minutes."""
    return signed_in_recently(request) or _proved_again_recently(request)


def _proved_again_recently(request: HttpRequest) -> bool:
    """As allauth's, which asks nobody again who has neither a password nor a second step: NHS login may ask them."""
    if get_reauthentication_flows(request.user):
        return did_recently_reauthenticate(request)
    if not get_adapter(request).get_reauthentication_methods(request.user):
        return True
    return time.time() - _proved_again_at(request) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def _proved_again_at(request: HttpRequest) -> float:
    records = get_authentication_records(request, request.user)
    return max((record["at"] for record in records if record.get("reauthenticated")), default=0)


def last_proved_at(request: HttpRequest) -> datetime:
    """When the person of this session last said who they are: as they signed in, or since."""
    found = open_session(request)
    again = datetime.fromtimestamp(_proved_again_at(request), UTC)
    return max(again, found.started_at) if found else again


def caller_of(request: Request) -> User:
    """Who asks the API, behind `IsAuthenticated`."""
    return cast("User", request.user)


def assert_proved_recently(request: Request) -> None:
    """For the API's sensitive acts, as `recently_authenticated` is for pages; whoever gives credentials for a
    token has proved themselves by that.

    Raises `ProofNeeded` (403): the caller sends a password or a code to `token/proof/` first.
    """
    token = request.auth
    if isinstance(token, ApiToken):
        limit = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
        if clock.now() - token.proved_at >= limit:
            raise ProofNeeded
    elif not proved_recently(request._request):  # noqa: SLF001 - the session is Django's, not DRF's
        raise ProofNeeded


def recently_authenticated(view: ViewT) -> ViewT:
    """Lets in whoever has proved in the last five minutes who they are; everybody else does so first, and comes back.

    For sensitive acts, and before `login_required`. They come back to the page with the form, and to what they had
    typed only where the view says `typed_is_kept`. ACCOUNT_REAUTHENTICATION_TIMEOUT says how long it holds; signing
    in counts.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return turn_to(request, resolve_url("account_login"))
        if proved_recently(request):
            return view(request, *args, **kwargs)
        if request.method == "POST" and not is_fragment(request) and keep_typed(request):
            return redirect_to_login(request.get_full_path(), _way_to_prove(request))
        return turn_to(request, _way_to_prove(request))

    return cast("ViewT", guarded)


def way_to_second_step(request: HttpRequest) -> str:
    """The address that asks a signed-in person for a code or a passkey."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    return next((method["url"] for method in methods if method["id"].startswith("mfa_")), reverse("mfa_reauthenticate"))


def _way_to_prove(request: HttpRequest) -> str:
    methods = get_adapter().get_reauthentication_methods(request.user)
    return methods[0]["url"] if methods else resolve_url("account_reauthenticate")


def patient_required(view: ViewT) -> ViewT:
    """Lets in whoever has a patient profile; visitors sign in first, others complete their profile, and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return turn_to(request, resolve_url("account_login"))
        if patient_of(request.user) is None:
            return turn_to(request, reverse("accounts:profile"))
        return view(request, *args, **kwargs)

    guarded.needs_patient = True  # type: ignore[attr-defined]
    return cast("ViewT", guarded)


def booker_required(view: ViewT) -> ViewT:
    """As `patient_required`, and lets in whoever has no profile but helps somebody with their bookings."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return turn_to(request, resolve_url("account_login"))
        if patient_of(request.user) is None and not cared_for(request.user, Scope.BOOK).exists():
            return turn_to(request, reverse("accounts:profile"))
        return view(request, *args, **kwargs)

    guarded.needs_patient = True  # type: ignore[attr-defined]
    return cast("ViewT", guarded)


def staff_required(view: ViewT) -> ViewT:
    """Lets in clinic staff, of whichever place. Visitors sign in; everybody else is refused (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return turn_to(request, resolve_url("account_login"))
        assert_clinic_staff(request.user)
        return view(request, *args, **kwargs)

    return cast("ViewT", guarded)


def doctor_required(view: ViewT) -> ViewT:
    """Lets in whoever has the role of a doctor, verified or not. Visitors sign in; everybody else is refused (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return turn_to(request, resolve_url("account_login"))
        assert_doctor(request.user)
        return view(request, *args, **kwargs)

    return cast("ViewT", guarded)


# Where in a session the form of sign-up keeps what it leads on to, for the page of the code behind it.
SIGN_UP_LEADS_TO = "sign_up_leads_to"


def path_needs_patient(path: str) -> bool:
    """Whether the page at `path` (with or without a query) stands behind `patient_required`."""
    try:
        view = resolve(path.split("?", 1)[0]).func
    except Resolver404:
        return False
    return getattr(view, "needs_patient", False)


def tells_on_the_way(tell: Callable[..., str]) -> Callable[[ViewT], ViewT]:
    """For a view that people reach through signing in or up: `tell` says there what waits for them.

    It gets the query of the view's address and the address's own arguments, and returns HTML that anybody may see.
    """

    def mark(view: ViewT) -> ViewT:
        view.tells_on_the_way = tell  # type: ignore[attr-defined]
        return view

    return mark


def told_on_the_way(path: str) -> str:
    """What the page at `path` (with its query) tells those who sign in or up to reach it."""
    address = urlsplit(path)
    try:
        match = resolve(address.path)
    except Resolver404:
        return ""
    tell = getattr(match.func, "tells_on_the_way", None)
    return tell(QueryDict(address.query), *match.args, **match.kwargs) if tell else ""


def turn_to(request: HttpRequest, url: str) -> HttpResponse:
    """Send the person to `url` and afterwards back: the whole window, also where htmx asked for a part of it."""
    if is_fragment(request):
        return HttpResponseClientRedirect(f"{url}?{urlencode({'next': page_around(request) or '/'}, safe='/')}")
    target = request.get_full_path() if request.method in SAFE_METHODS else page_before(request)
    return redirect_to_login(target, url)


def own_address(request: HttpRequest, target: str) -> str:
    """`target` where it is an address of ours, else nothing. One without a slash could be the name of a view."""
    is_safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_safe and "/" in target else ""


def page_before(request: HttpRequest) -> str:
    """The page of ours that a form was sent from, else the front page: an address that only takes POST is none."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"
