"""An OpenID provider that others wrote (oidc-provider-mock, on Authlib), made to be as strict as NHS login.

What it does not look at by itself is looked at in front of it: the assertion by which we prove who we are (RFC 7523),
or our secret, and PKCE (RFC 7636). It says `vot` and `auth_time`, by RS512, as NHS login does. And its refresh tokens
count once (RFC 9700, 4.14.2), by Authlib's own switch.
"""

from __future__ import annotations

import time
import warnings
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, quote_plus, urlsplit

import flask
import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

with warnings.catch_warnings():
    # Which switches its own warnings on; this is about its successors.
    import authlib.deprecate  # type: ignore[import-untyped]  # noqa: F401

    warnings.simplefilter("ignore")
    import oidc_provider_mock  # type: ignore[import-untyped]
    from oidc_provider_mock import _app as its_app
    from oidc_provider_mock import _server as its_server

CLIENT = "clinic"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class Foreign:
    """A running provider. `asked`: the queries by which people were sent there; `refusals`: why we were turned away.

    A `secret` proves who we are (client_secret_basic), else an assertion by `key`. `refreshes`: how many came.
    """

    secret: str = ""
    refreshes: int = 0
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048))
    issuer: str = ""
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    assertions: set[str] = field(default_factory=set)
    challenges: dict[str, str] = field(default_factory=dict)

    def knows(self, subject: str, *, level: str, email: str = "", confirmed: bool = True) -> None:
        """Somebody who can sign in there from now on, or what is known of them now."""
        self.people[subject] = {"email": email, "email_verified": confirmed, "vot": f"{level}.Cp.Cd"}

    def forgets(self, subject: str) -> None:
        """What it has given for somebody counts no more, as when they leave."""
        requests.post(f"{self.issuer}/users/{subject}/revoke-tokens", timeout=5).raise_for_status()

    def signs_in(self, url: str, subject: str) -> str:
        """Where somebody is sent back to who signs in on the page at `url`, without a browser."""
        return self._answers(url, {"sub": subject})

    def refuses(self, url: str) -> str:
        """The same of somebody who does not share what is known of them."""
        return self._answers(url, {"action": "deny"})

    def _answers(self, url: str, form: dict[str, str]) -> str:
        answer = requests.post(url, data=form, timeout=5, allow_redirects=False)
        return answer.headers["Location"]

    def look(self) -> Any:
        """In front of every request: None lets it in."""
        path, subject = flask.request.path, flask.request.form.get("sub", "")
        if path == "/oauth2/authorize" and flask.request.method == "POST":
            self.asked.append(flask.request.args.to_dict())
            claims = self.people.get(subject, {}) | {"auth_time": int(time.time())}
            its_app.storage.store_user(oidc_provider_mock.User(sub=subject, claims=claims))
        if path == "/oauth2/token":
            reason = self._wrong_with(flask.request.form)
            if reason:
                self.refusals.append(reason)
                return flask.jsonify({"error": "invalid_client"}), 401
            # It has no `private_key_jwt`; whom we have recognised comes by any secret.
            flask.request.environ["HTTP_AUTHORIZATION"] = f"Basic {b64encode(f'{CLIENT}:any'.encode()).decode()}"
        return None

    def note_code(self, response: flask.Response) -> flask.Response:
        location = response.headers.get("Location", "")
        code = parse_qs(urlsplit(location).query).get("code")
        if "error=access_denied" in location:
            # As NHS login has it, and with the state, which this one leaves out.
            state = flask.request.args["state"]
            back = flask.request.args["redirect_uri"]
            response.headers["Location"] = f"{back}?error=access_denied&error_description=ConsentNotGiven&state={state}"
        if flask.request.path == "/oauth2/authorize" and code:
            self.challenges[code[0]] = flask.request.args.get("code_challenge", "")
        return response

    def _wrong_with(self, form: Any) -> str:
        if form.get("grant_type") == "refresh_token":
            self.refreshes += 1
        elif not self._knows_verifier(form):
            return "pkce"
        if self.secret:
            pair = b64encode(f"{CLIENT}:{quote_plus(self.secret)}".encode()).decode()
            return "" if flask.request.headers.get("Authorization") == f"Basic {pair}" else "secret"
        return self._wrong_with_assertion(form)

    def _knows_verifier(self, form: Any) -> bool:
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        return self.challenges.pop(form.get("code", ""), None) == challenge

    def _wrong_with_assertion(self, form: Any) -> str:
        if form.get("client_assertion_type") != ASSERTION:
            return "assertion_type"
        try:
            claims = jwt.decode(form.get("client_assertion", ""), self.key, algorithms=["RS512"]).claims
        except (JoseError, ValueError):
            return "assertion"
        if not claims["iss"] == claims["sub"] == CLIENT or claims["aud"] != f"{self.issuer}/oauth2/token":
            return "assertion_claims"
        if not time.time() < claims["exp"] <= time.time() + 300 or claims["jti"] in self.assertions:
            return "assertion_time"
        self.assertions.add(claims["jti"])
        return ""


def _use_up(_grant: Any, used: Any) -> None:
    its_app.storage.remove_access_token(used.access_token)
    its_app.storage.remove_refresh_token(used.token)


@contextmanager
def running(*, secret: str = "") -> Iterator[Foreign]:
    """The provider on a port of its own, until the end; as an employer's with a secret, else as NHS login."""
    foreign = Foreign(secret=secret)
    grant = its_app.RefreshTokenGrant
    gives_others = mock.patch.object(grant, "INCLUDE_NEW_REFRESH_TOKEN", new=True)
    uses_up = mock.patch.object(grant, "revoke_old_credential", _use_up)
    signs = mock.patch.object(its_app, "_JWS_ALG", "RS256" if secret else "RS512")
    with warnings.catch_warnings(), signs, gives_others, uses_up:
        warnings.simplefilter("ignore")
        application = oidc_provider_mock.app()
        application.before_request(foreign.look)
        application.after_request(foreign.note_code)
        with its_server._threaded_server(app=application, host="127.0.0.1") as server:
            foreign.issuer = f"http://127.0.0.1:{server.server_port}"
            yield foreign
