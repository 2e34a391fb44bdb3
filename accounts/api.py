from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.core.internal.sessionkit import get_session_user
from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.authentication import TokenAuthentication
from accounts.errors import (
    CodeNeeded,
    CodeRefused,
    CredentialsRefused,
    ProofRefused,
    SessionOver,
    TooManyAttempts,
    TwoStepNeeded,
)
from accounts.models import ApiToken, Patient, User
from accounts.policies import caller_of, last_proved_at, second_step_unproved, two_step_demanded, two_step_missing
from accounts.security.forms import CodeForm
from accounts.security.headless.sessions import SessionTokens, request_of
from accounts.security.selectors import tokens_of
from accounts.selectors import is_confirmed, patient_of
from accounts.states import ALL_SCOPES, LEAST_SCOPES, Area
from accounts.tokens import NAME_LENGTH
from common.drf.views import ApiView, PublicView
from common.errors import Forbidden, NotFound


class PatientSerializer(serializers.ModelSerializer[Patient]):
    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = Patient
        fields = [
            "id",
            "given_name",
            "family_name",
            "birth_date",
            "gender",
            "phone",
            "nhs_number",
            "nhs_number_status",
            "nhs_number_status_at",
        ]
        read_only_fields = fields


class MeSerializer(serializers.ModelSerializer[User]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    roles = serializers.SerializerMethodField()
    patient = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "email", "first_name", "last_name", "roles", "patient"]
        read_only_fields = fields

    def get_roles(self, user: User) -> list[str]:
        return sorted(user.role_names)

    @extend_schema_field(PatientSerializer(allow_null=True))
    def get_patient(self, user: User) -> dict[str, object] | None:
        patient = patient_of(user)
        return PatientSerializer(patient).data if patient else None


SESSION_HEADER = "X-Session-Token"
_SESSION_TOKEN = OpenApiParameter(
    SESSION_HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Of a session opened at `/api/auth/app/v1/`. The body then needs no email, password or code.",
)


class ScopesSerializer(serializers.Serializer[dict[str, Any]]):
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=ALL_SCOPES),
        default=list(LEAST_SCOPES),
        allow_empty=False,
        max_length=len(ALL_SCOPES),
        help_text="What the token is to open, and no more than you need.",
    )
    name = serializers.CharField(
        max_length=NAME_LENGTH, default="", allow_blank=True, help_text="By which its owner will know the program."
    )


class CredentialsSerializer(ScopesSerializer):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=1000, trim_whitespace=False, style={"input_type": "password"})
    code = serializers.CharField(
        max_length=40,
        required=False,
        help_text="Where the account has two-step sign-in: what its authenticator app shows now, or a recovery code.",
    )


_SIGN_IN = PolymorphicProxySerializer(
    component_name="SignIn", serializers=[CredentialsSerializer, ScopesSerializer], resource_type_field_name=None
)


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=ALL_SCOPES), read_only=True)
    created_at = serializers.DateTimeField(source="created", read_only=True)
    expires_at = serializers.DateTimeField(source="expiry", read_only=True)

    class Meta:
        model = ApiToken
        fields = ["id", "name", "scopes", "created_at", "expires_at"]
        read_only_fields = fields


class NewTokenSerializer(TokenSerializer):
    token = serializers.SerializerMethodField(help_text="Send it as `Authorization: Bearer …`. It is shown this once.")

    class Meta(TokenSerializer.Meta):
        fields = ["token", *TokenSerializer.Meta.fields]
        read_only_fields = fields

    def get_token(self, _token: ApiToken) -> str:
        return str(self.context["text"])


class ProofSerializer(serializers.Serializer[dict[str, str]]):
    """A code where the account has two-step sign-in, else the password."""

    password = serializers.CharField(max_length=1000, trim_whitespace=False, default="", allow_blank=True)
    code = serializers.CharField(max_length=40, default="", allow_blank=True)


class MeView(ApiView):
    """The signed-in person: account, roles and, once it is complete, the patient profile."""

    area = Area.PROFILE

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(caller_of(request)).data)


class TokenView(PublicView):
    """Token sign-in for clients without a session."""

    def get_authenticators(self) -> list[BaseAuthentication]:
        # The schema's generator asks without a request.
        method = getattr(self.request, "method", None)
        return [TokenAuthentication()] if method == "DELETE" else []

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated() if self.request.method == "DELETE" else AllowAny()]

    @extend_schema(request=_SIGN_IN, responses={201: NewTokenSerializer}, parameters=[_SESSION_TOKEN], auth=[])
    def post(self, request: Request) -> Response:
        """Sign in with email address and password, and a code where the account has two-step sign-in; or with the
        token of a session that was opened at `/api/auth/app/v1/`, in place of all three.

        The limits on attempts are those of the sign-in page.
        """
        session_token = request.headers.get(SESSION_HEADER)
        body_class = ScopesSerializer if session_token else CredentialsSerializer
        serializer = body_class(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        user, proved_at = _of_session(session_token) if session_token else (_by_credentials(given), None)
        asked = {"scopes": given["scopes"], "name": given["name"]}
        token, text = services.token_issue(user=user, proved_at=proved_at, **asked)
        answer = NewTokenSerializer(token, context={"text": text})
        return Response(answer.data, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out: the token of this request is good for nothing afterwards."""
        token = cast("ApiToken", request.auth)
        services.token_revoke(user=caller_of(request), token_id=token.public_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ProofView(PublicView):
    """For acts that ask who somebody is once more, such as signing: good for five minutes of this token.

    What is wrong is 403, and the token as good as it was.
    """

    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated]

    @extend_schema(request=ProofSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        serializer = ProofSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user, given = caller_of(request), serializer.validated_data
        try:
            if user.has_two_step:
                _assert_second_step(user, given["code"])
            else:
                _authenticate(email=user.email, password=given["password"])
        except CredentialsRefused as error:
            # They have sent no address.
            raise ProofRefused(error.code, "This password is not right.") from error
        except (CodeNeeded, CodeRefused) as error:
            raise ProofRefused(error.code, error.message) from error
        services.token_prove(user=user, token_id=cast("ApiToken", request.auth).public_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TokenList(ApiView):
    area = Area.ACCESS

    @extend_schema(operation_id="tokens_list", responses=TokenSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The caller's API tokens that are good for something, the newest first; there are ten at most."""
        return Response(TokenSerializer(tokens_of(caller_of(request)), many=True).data)

    @extend_schema(operation_id="tokens_end", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Every API token of the caller is good for nothing afterwards, the one of this request too."""
        services.tokens_revoke(user=caller_of(request), actor=caller_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class TokenDetail(ApiView):
    area = Area.ACCESS

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, token_id: UUID) -> Response:
        """This token is good for nothing afterwards."""
        if not services.token_revoke(user=caller_of(request), token_id=token_id):
            raise NotFound
        return Response(status=status.HTTP_204_NO_CONTENT)


def _by_credentials(given: dict[str, Any]) -> User:
    user = _authenticate(email=given["email"], password=given["password"])
    _assert_second_step(user, given.get("code", ""))
    return user


def _of_session(token: str) -> tuple[User, datetime]:
    """Whose session it is, and when they last said so: an old session proves nothing anew.

    What keeps a session from the website's pages keeps it from a token too.
    """
    found = SessionTokens().lookup_session(token)
    user = get_session_user(found) if found else None
    if found is None or not isinstance(user, User):
        raise SessionOver
    request = request_of(found, user)
    if two_step_missing(user) or second_step_unproved(request):
        raise TwoStepNeeded
    return user, last_proved_at(request)


def _authenticate(*, email: str, password: str) -> User:
    try:
        user = get_adapter().authenticate(context.request, email=email.lower(), password=password)
    except ValidationError as error:
        raise TooManyAttempts from error
    if not isinstance(user, User) or not user.is_active:
        raise CredentialsRefused
    if not is_confirmed(user):
        raise Forbidden("email_unconfirmed", "Confirm your email address on the website first.")
    return user


def _assert_second_step(user: User, code: str) -> None:
    if not user.has_two_step:
        if two_step_demanded(user):
            raise TwoStepNeeded
        return
    if not code:
        raise CodeNeeded
    form = CodeForm(user=user, data={"code": code})
    if form.is_valid():
        services.code_note_used(user=user, authenticator_id=form.authenticator.pk)
        return
    limited = any(error.code == "too_many_login_attempts" for error in form.errors.as_data()["code"])
    raise TooManyAttempts if limited else CodeRefused
