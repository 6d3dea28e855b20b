"""How the app is served to several people: read from one file and the environment, and refused where it is not safe."""

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from curation.errors import UsageError, nearest
from curation.store.database import parse_url

PREFIX = "CURATION_"
"""A setting `oidc_client_id` of the file is the variable CURATION_OIDC_CLIENT_ID; the environment goes first."""
LONGEST_SESSION = 12.0
"""Hours after which everybody signs in again, at most."""
SHORTEST_SECRET = 32
"""Characters of a secret: of random letters and digits these are beyond guessing."""
HOW = (
    "Let people sign in: with oidc_metadata_url, oidc_client_id, oidc_client_secret and cookie_secret for an OpenID "
    "provider, or with proxy_secret behind a proxy that signs them in (docs/deploy.md). Or leave the host out to serve "
    "this computer alone."
)


def _about(help: str, default: Any = "") -> Any:
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class Serving:
    """Where the app is served, and how people sign in to it."""

    host: str = _about("The address of this computer that is listened on.", "127.0.0.1")
    port: int = _about("The port that is listened on.", 8501)
    address: str = _about("The address people open, such as https://curation.example.org.")
    admins: str = _about("Who may do everything in every project and make new ones: names separated by spaces.")
    store: str = _about("The PostgreSQL server of new projects: postgresql+psycopg://USER@HOST/DATABASE.")
    session_hours: float = _about("Hours after which everybody signs in again, 12 at most.", LONGEST_SESSION)
    oidc_metadata_url: str = _about("The provider's address ending in /.well-known/openid-configuration.")
    oidc_client_id: str = _about("The id that the provider knows this app by.")
    oidc_client_secret: str = _about("The secret that the provider gave this app.")
    oidc_claim: str = _about("What of the identity token is a person's name in projects.", "email")
    cookie_secret: str = _about("Signs the cookies of those who signed in: 32 random characters or more.")
    proxy_secret: str = _about("What the proxy sends to show that it is the proxy: 32 random characters or more.")
    proxy_secret_header: str = _about("The header the proxy sends it in.", "X-Curation-Proxy-Secret")
    proxy_person_header: str = _about("The header in which the proxy says who signed in.", "X-Forwarded-Email")

    @property
    def sign_in(self) -> str:
        """How people sign in: "oidc", "proxy", "" where nobody does."""
        return "oidc" if self.oidc_metadata_url else "proxy" if self.proxy_secret else ""

    @property
    def public(self) -> str:
        """The address people open."""
        return self.address.rstrip("/") or f"http://{self.shown_host}:{self.port}"

    @property
    def shown_host(self) -> str:
        """The host as it stands in an address."""
        return f"[{self.host}]" if ":" in self.host else self.host


def variables() -> dict[str, str]:
    """What each variable of the environment says, by its name."""
    return {f"{PREFIX}{one.name.upper()}": one.metadata["help"] for one in fields(Serving)}


def read_serving(path: Path | None, given: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Serving:
    """The settings: what a command was `given`, else the environment, else the file.

    Raises UsageError on one there is not, on a value that cannot be, and where the app would not be safe.
    """
    types: dict[str, Any] = {one.name: type(one.default) for one in fields(Serving)}
    said = _of_file(path, tuple(types)) if path else {}
    said |= {name: environment[key] for name in types if (key := f"{PREFIX}{name.upper()}") in environment}
    said |= {name: value for name, value in given.items() if value is not None}
    made = {}
    for name, value in said.items():
        try:
            made[name] = types[name](" ".join(value) if isinstance(value, list) else value)
        except (TypeError, ValueError):
            raise UsageError(f"{name} = {value!r}: this should be a number.") from None
    serving = Serving(**made)
    check(serving)
    return serving


def _of_file(path: Path, known: tuple[str, ...]) -> dict[str, Any]:
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}. Name the file with the settings of the server.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}. Write lines such as port = 8501.") from None
    if unknown := sorted(said.keys() - set(known)):
        raise UsageError(f"{path}: there is no setting {unknown[0]!r} ({nearest(unknown[0], known)}).")
    return said


def is_loopback(host: str) -> bool:
    """Whether this computer alone reaches an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check(serving: Serving) -> None:
    """Raises UsageError where others could come in without signing in, or sign in as somebody else."""
    if not serving.sign_in and (not is_loopback(serving.host) or serving.address):
        raise UsageError(f"{serving.address or serving.host} can be reached by others, and nobody signs in. {HOW}")
    if not 0 < serving.session_hours <= LONGEST_SESSION:
        raise UsageError(f"session_hours = {serving.session_hours:g}: name hours above 0, 12 at most.")
    if serving.oidc_metadata_url and serving.proxy_secret:
        raise UsageError("People sign in either with oidc_metadata_url or behind proxy_secret: leave one out.")
    needed = {"oidc": ("oidc_client_id", "oidc_client_secret", "cookie_secret"), "proxy": ("proxy_secret",), "": ()}
    for name in needed[serving.sign_in]:
        if not getattr(serving, name):
            raise UsageError(f"{name} is missing: sign-in does not work without it. {HOW}")
    for name in ("cookie_secret", "proxy_secret"):
        if 0 < len(getattr(serving, name)) < SHORTEST_SECRET:
            raise UsageError(f"{name} is shorter than {SHORTEST_SECRET} characters: make a longer one at random.")
    if serving.store:
        parse_url(serving.store)
    address = urlsplit(serving.public)
    if address.scheme not in ("http", "https") or not address.netloc or address.path:
        raise UsageError(f"address = {serving.address!r}: write it as https://curation.example.org.")
    if address.scheme == "http" and not is_loopback(address.hostname or ""):
        raise UsageError(f"address = {serving.address!r}: sign-in needs https, or others read along.")
