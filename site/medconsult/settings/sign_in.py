"""How people sign in, what is demanded of them, and how long it lasts."""

from __future__ import annotations

from datetime import timedelta

SESSION_IDLE = timedelta(minutes=30)
SESSION_LONGEST = timedelta(hours=12)
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.validators.HardToGuess"},
    {"NAME": "accounts.security.passwords.NotBreached"},
    {"NAME": "accounts.security.passwords.NotAboutYou"},
]
PASSWORD_MINIMAL_STRENGTH = 3
# What zxcvbn takes for a guess here, as it does the person's own name.
PASSWORD_EXTRA_DICTIONARY = ["medconsult", "doctor", "clinic", "surgery", "patient", "appointment", "hospital"]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "signed_in_home"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "add_email": "accounts.forms.AddEmailForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "confirm_email_verification_code": "accounts.forms.ConfirmEmailForm",
    "confirm_password_reset_code": "accounts.forms.ConfirmResetForm",
}

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# A phone's clock may be half a minute wrong.
MFA_TOTP_TOLERANCE = 1
MFA_ADAPTER = "accounts.security.mfa_adapter.TwoStepAdapter"
MFA_FORMS = {
    "authenticate": "accounts.security.forms.CodeForm",
    "reauthenticate": "accounts.security.forms.ReauthenticateCodeForm",
    "activate_totp": "accounts.security.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.security.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.security.forms.RenamePasskeyForm",
    "authenticate_webauthn": "accounts.security.forms.UsePasskeyForm",
    "login_webauthn": "accounts.security.forms.SignInPasskeyForm",
    "reauthenticate_webauthn": "accounts.security.forms.ReauthenticatePasskeyForm",
}
# For front ends of another kind (accounts.security.headless).
HEADLESS_ADAPTER = "accounts.security.headless.sessions.Adapter"
HEADLESS_TOKEN_STRATEGY = "accounts.security.headless.sessions.SessionTokens"  # noqa: S105 - a class
# What stays open to somebody who must set up two-step sign-in first: what any visitor sees, and the way to set it up.
TWO_STEP_OPEN_ROUTES = frozenset(
    {
        "wagtail_serve",
        "wagtaildocs_serve",
        "robots",
        "sitemaps",
        "sitemap",
        "booking:slot_picker",
        # How one becomes a doctor here; what they send us is behind it.
        "credentials:join",
        "credentials:start",
        "credentials:tasks",
        "api_schema",
        "api_docs",
        "api_doctors",
        "api_doctor",
        "api_slots",
        "api_token",
        "api_nothing",
        "wagtailadmin_logout",
        "admin:logout",
    }
)
TWO_STEP_OPEN_PREFIXES = (
    "account_",
    "mfa_",
    "headless:",
    "accounts:security",
    "accounts:two_step",
    "headless:",
    "api_pages:",
)
