"""Settings of the JSON API and of its OpenAPI document."""

from phr.api.openapi.introduction import DESCRIPTION, TAGS

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["phr.api.authentication.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["phr.api.json.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["phr.api.json.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "phr.api.openapi.schema.ProblemAutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "phr.api.json.AlwaysJSON",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "phr.api.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
}

HISTORY = "phr.api.health_records.history_representations"
SPECTACULAR_SETTINGS = {
    "TITLE": "Health Record API",
    "DESCRIPTION": DESCRIPTION,
    "VERSION": "1",
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "CONTACT": {"name": "The administrators of this server"},
    "SERVERS": [{"url": "/", "description": "The server that returned this document"}],
    "TAGS": TAGS,
    # In the order of phr/api/urls.py, not of the alphabet.
    "SORT_OPERATIONS": False,
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "phr.api.openapi.schema.any_of_several",
        "phr.api.openapi.schema.plain_null",
        "phr.api.health.docs.add_health",
    ],
    "ENUM_NAME_OVERRIDES": {
        "Basis": "phr.audit.models.Basis",
        "BloodType": "phr.care.choices.BloodType",
        # Not Field, Object and Type: those are words of the languages of clients.
        "ChangedField": f"{HISTORY}.CHANGED_FIELDS",
        "ChangedObject": f"{HISTORY}.CHANGED_OBJECTS",
        "CredentialType": ["public-key"],
        "EmergencyReason": "phr.care.choices.EmergencyReason",
        "ExportStatus": "phr.archive.models.ExportStatus",
        "GrantOrigin": "phr.care.choices.GrantOrigin",
        "GrantStatus": "phr.care.choices.GrantStatus",
        "Language": "phr.accounts.language.Language",
        "LedgerFaultKind": "phr.audit.verification.FaultKind",
        "NotificationType": "phr.notifications.models.NotificationType",
        "Outcome": "phr.audit.models.Outcome",
        "RecordType": "phr.care.choices.RecordType",
        "UserType": "phr.accounts.models.UserType",
        "VerificationStatus": "phr.care.choices.VerificationStatus",
    },
    "ENUM_SUFFIX": "",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # Without the badge of an outside service that would be sent the document.
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "docExpansion": "none",
        "validatorUrl": None,
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
