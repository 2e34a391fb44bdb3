from __future__ import annotations

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.core import context
from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema, extend_schema_field
from knox.models import AuthToken
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.authentication import TokenAuthentication
from accounts.errors import CodeNeeded, CodeRefused, CredentialsRefused, TooManyAttempts, TwoStepNeeded
from accounts.models import Patient, User
from accounts.policies import two_step_demanded
from accounts.security.forms import CodeForm
from accounts.selectors import is_confirmed, patient_of
from common.errors import Forbidden


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


class CredentialsSerializer(serializers.Serializer[dict[str, str]]):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=1000, trim_whitespace=False, style={"input_type": "password"})
    code = serializers.CharField(
        max_length=40,
        required=False,
        help_text="Where the account has two-step sign-in: what its authenticator app shows now, or a recovery code.",
    )


class TokenSerializer(serializers.Serializer[AuthToken]):
    token = serializers.CharField(help_text="Send it as `Authorization: Bearer …`. It is shown this once.")
    expires_at = serializers.DateTimeField()


class MeView(APIView):
    """The signed-in person: account, roles and, once it is complete, the patient profile."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(cast("User", request.user)).data)


class TokenView(APIView):
    """Token sign-in for clients without a session."""

    def get_authenticators(self) -> list[BaseAuthentication]:
        # The schema's generator asks without a request.
        method = getattr(self.request, "method", None)
        return [TokenAuthentication()] if method == "DELETE" else []

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated() if self.request.method == "DELETE" else AllowAny()]

    @extend_schema(request=CredentialsSerializer, responses={201: TokenSerializer})
    def post(self, request: Request) -> Response:
        """Sign in with email address and password, and a code where the account has two-step sign-in.

        The limits on attempts are those of the sign-in page.
        """
        serializer = CredentialsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        user = _authenticate(email=given["email"], password=given["password"])
        _assert_second_step(user, given.get("code", ""))
        record, token = services.token_issue(user=user)
        answer = TokenSerializer({"token": token, "expires_at": record.expiry})
        return Response(answer.data, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out: the token of this request is good for nothing afterwards."""
        services.token_revoke(user=cast("User", request.user), token=cast("AuthToken", request.auth))
        return Response(status=status.HTTP_204_NO_CONTENT)


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
