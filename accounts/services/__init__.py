from accounts.services.accounts import user_create_confirmed
from accounts.services.profiles import profile_complete
from accounts.services.roles import role_grant, role_revoke
from accounts.services.tokens import token_issue, tokens_revoke

__all__ = [
    "profile_complete",
    "role_grant",
    "role_revoke",
    "token_issue",
    "tokens_revoke",
    "user_create_confirmed",
]
