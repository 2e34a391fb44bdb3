from accounts.services.accounts import user_create_confirmed
from accounts.services.administration import account_close, account_reopen
from accounts.services.carers import (
    Terms,
    carer_accept,
    carer_change,
    carer_decline,
    carer_invite,
    carer_leave,
    carer_revoke,
)
from accounts.services.consents import consent_question_keep, consent_take_back, consents_give
from accounts.services.credentials import (
    code_note_used,
    credential_note,
    email_note_change,
    password_replace,
    second_step_note_added,
    two_step_remove,
)
from accounts.services.emergency import emergency_mark
from accounts.services.guides import guide_dismiss, guide_restore
from accounts.services.identities import (
    account_create_outside,
    identity_link,
    identity_refuse,
    identity_unlink,
    identity_verify,
)
from accounts.services.invitations import invitation_accept, invitation_end
from accounts.services.nhs import nhs_number_trace
from accounts.services.outside_tokens import (
    outside_tokens_forget,
    outside_tokens_keep,
    outside_tokens_refresh,
    outside_tokens_sweep,
)
from accounts.services.profiles import access_needs_keep, address_keep, profile_complete
from accounts.services.roles import role_grant, role_revoke
from accounts.services.sessions import (
    password_reset_ask,
    session_end,
    session_prove,
    session_start,
    session_touch,
    sessions_end,
    sessions_sweep,
    sign_in_limited,
    sign_in_refused,
)
from accounts.services.tokens import token_issue, token_prove, token_revoke, tokens_revoke

__all__ = [
    "Terms",
    "access_needs_keep",
    "account_close",
    "account_create_outside",
    "account_reopen",
    "address_keep",
    "carer_accept",
    "carer_change",
    "carer_decline",
    "carer_invite",
    "carer_leave",
    "carer_revoke",
    "code_note_used",
    "consent_question_keep",
    "consent_take_back",
    "consents_give",
    "credential_note",
    "email_note_change",
    "emergency_mark",
    "guide_dismiss",
    "guide_restore",
    "identity_link",
    "identity_refuse",
    "identity_unlink",
    "identity_verify",
    "invitation_accept",
    "invitation_end",
    "nhs_number_trace",
    "outside_tokens_forget",
    "outside_tokens_keep",
    "outside_tokens_refresh",
    "outside_tokens_sweep",
    "password_replace",
    "password_reset_ask",
    "profile_complete",
    "role_grant",
    "role_revoke",
    "second_step_note_added",
    "session_end",
    "session_prove",
    "session_start",
    "session_touch",
    "sessions_end",
    "sessions_sweep",
    "sign_in_limited",
    "sign_in_refused",
    "token_issue",
    "token_prove",
    "token_revoke",
    "tokens_revoke",
    "two_step_remove",
    "user_create_confirmed",
]
