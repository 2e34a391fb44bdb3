"""The providers that open an account beside its password, as pages have them (docs/decisions/0040)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import OutsideIdentity
from integrations.nhs import login
from integrations.oidc import work

Provider = OutsideIdentity.Provider


@dataclass(frozen=True, kw_only=True)
class Way:
    """One provider: the names of its addresses begin with `route`; `name` is what people call it."""

    provider: OutsideIdentity.Provider
    route: str
    is_offered: Callable[[], bool]
    name: Callable[[], str]
    makes_accounts: bool
    """Whether it can make an account for whoever has none; else their own has to be connected."""

    def path(self, step: str = "") -> str:
        return reverse(f"accounts:{self.route}{step}")

    @property
    def enter_path(self) -> str:
        return self.path()

    @property
    def connect_path(self) -> str:
        return self.path("_connect")

    @property
    def disconnect_path(self) -> str:
        return self.path("_disconnect")


NHS_LOGIN = Way(
    provider=Provider.NHS_LOGIN,
    route="nhs_login",
    is_offered=login.is_offered,
    name=lambda: Provider.NHS_LOGIN.label,
    makes_accounts=True,
)
WORK_LOGIN = Way(
    provider=Provider.WORK_LOGIN,
    route="work_login",
    is_offered=work.is_offered,
    name=work.name,
    makes_accounts=False,
)
WAYS = (NHS_LOGIN, WORK_LOGIN)
