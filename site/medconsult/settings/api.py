"""The API: who comes in, how often, and how it describes itself (decision 0039)."""

from __future__ import annotations

from datetime import timedelta

from medconsult.settings.words import API_WORDS

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.drf.problems.JSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "common.drf.openapi.Description",
    "DEFAULT_PAGINATION_CLASS": None,
    "EXCEPTION_HANDLER": "common.drf.problems.problem_handler",
    "DEFAULT_THROTTLE_CLASSES": [
        "common.drf.throttles.VisitorThrottle",
        "common.drf.throttles.AreaThrottle",
    ],
    # Of an account in each area (accounts.states.Area); where an area has a rate of its own, that one.
    "DEFAULT_THROTTLE_RATES": {
        "anon": "120/min",
        "read": "240/min",
        "write": "60/min",
        "payments:write": "20/min",
        "access:write": "20/min",
    },
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Pages of other origins (API_ORIGINS) come by a token: never with our cookies.
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = ["DELETE", "GET", "PATCH", "POST", "PUT"]
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-session-token",
]
CORS_EXPOSE_HEADERS = ["Content-Disposition", "ETag", "Location", "Retry-After", "X-Request-ID"]
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 - a model
REST_KNOX = {"TOKEN_TTL": timedelta(hours=12), "TOKEN_LIMIT_PER_USER": 10, "AUTH_HEADER_PREFIX": "Bearer"}
SPECTACULAR_SETTINGS = {
    "TITLE": "MedConsult API",
    "DESCRIPTION": (
        "What patients and doctors can do on the website, by the same services. How a front end of its own signs people"
        " in has [a description of its own](/api/v1/docs/auth/)."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": API_WORDS,
    "PREPROCESSING_HOOKS": ["common.drf.openapi.our_endpoints"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "common.drf.openapi.with_problems",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
