"""Who a request is of: by the cookie of an OpenID sign-in, or by what a trusted proxy says."""

import hmac
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer
from streamlit.auth_util import get_cookie_with_chunks

from curation.ui.serving import Serving

COOKIE = "_streamlit_user"
"""The cookie that `st.login` leaves: signed, with its time in it."""
FOR_STRANGERS = re.compile(
    r"/[a-z]*|/favicon\.png|/static/(?!.*\.\.)[\w./-]+|/auth/(login|logout)|/oauth2callback|"
    r"(/[a-z]+)?/_stcore/(health|host-config)|/_stcore/stream"
)
"""What those who have not signed in may ask for: the sign-in page, which holds no data, and what it is drawn with."""
HOUR = 3600.0


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, and until when (seconds since 1970)."""

    name: str
    until: float


class SignIn:
    """Tells of each request who it is of."""

    def __init__(self, serving: Serving) -> None:
        self.serving = serving

    def who(self, asked: Mapping[str, str]) -> SignedIn | None:
        """Who signed in, by these headers (names in lower case); None for strangers and where the time is over."""
        return self._by_proxy(asked) if self.serving.sign_in == "proxy" else self._by_cookie(asked)

    def is_for_strangers(self, path: str) -> bool:
        """Whether those may have it who have not signed in: behind a proxy nothing."""
        return self.serving.sign_in == "oidc" and FOR_STRANGERS.fullmatch(path) is not None

    def _by_proxy(self, asked: Mapping[str, str]) -> SignedIn | None:
        given = asked.get(self.serving.proxy_secret_header.lower(), "")
        name = named(asked.get(self.serving.proxy_person_header.lower(), ""))
        if not name or not hmac.compare_digest(given.encode(), self.serving.proxy_secret.encode()):
            return None
        return SignedIn(name, time.time() + self.serving.session_hours * HOUR)

    def _by_cookie(self, asked: Mapping[str, str]) -> SignedIn | None:
        try:
            cookies = {name: one.value for name, one in SimpleCookie(asked.get("cookie", "")).items()}
        except CookieError:
            return None
        times: list[float] = []

        def signed(name: str) -> bytes | None:
            signer = URLSafeTimedSerializer(self.serving.cookie_secret, salt=name)
            try:
                value, at = signer.loads(cookies.get(name, ""), return_timestamp=True)
            except BadSignature:
                return None
            times.append(at.timestamp())
            return str(value).encode()

        said = get_cookie_with_chunks(signed, COOKIE)
        until = min(times, default=0.0) + self.serving.session_hours * HOUR
        name = claimed(said, self.serving.oidc_claim)
        return SignedIn(name, until) if name and until > time.time() else None


def claimed(said: bytes | None, claim: str) -> str:
    """The name in an identity token, "" where it has none, or an e-mail address that nobody has checked."""
    try:
        token: dict[str, Any] = json.loads(said or b"{}")
    except ValueError:
        return ""
    if not token.get("is_logged_in") or (claim == "email" and token.get("email_verified") is False):
        return ""
    value = token.get(claim)
    return named(value) if isinstance(value, str) else ""


def named(name: str) -> str:
    """A name as members have it: without blanks around it, capitals as small letters; "" where it cannot be shown."""
    name = name.strip().casefold()
    return name if name.isprintable() and name.isascii() and name != "local" else ""
