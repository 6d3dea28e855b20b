"""Who a browser session belongs to: whoever works at this computer, or who signed in at the front door."""

import os
import time

import streamlit as st

from curation.records import Actor

SIGN_IN_VARIABLE, ADMINS_VARIABLE = "CURATION_SIGN_IN", "CURATION_ADMINS"
PERSON_HEADER, UNTIL_HEADER = "x-curation-person", "x-curation-until"
"""What the front door says of a connection: who it is of, and until when (seconds since 1970). Sent by anybody else,
both are taken away there."""


def is_served() -> bool:
    """Whether people sign in to this app."""
    return bool(os.environ.get(SIGN_IN_VARIABLE))


def person() -> str:
    """Who signed in, "" for nobody and once the session is over."""
    until = st.context.headers.get(UNTIL_HEADER) or "0"
    return str(st.context.headers.get(PERSON_HEADER) or "") if float(until) > time.time() else ""


def actor() -> Actor | None:
    """Who works in this session; None for whoever works at this computer, where nobody signs in."""
    if not is_served():
        return None
    return named(person())


def named(name: str) -> Actor:
    """Whoever signed in under a name."""
    admins = os.environ.get(ADMINS_VARIABLE, "").split()
    return Actor(name, "admin" if name and name in admins else "")


def may_create() -> bool:
    """Whether whoever works in this session may make projects: everybody at their own computer, else admins of the
    server."""
    who = actor()
    return who is None or who.role == "admin"


def require() -> None:
    """Draw the sign-in page, and nothing after it, where nobody has signed in."""
    if not is_served() or person():
        return
    st.title("curation")
    if os.environ[SIGN_IN_VARIABLE] != "oidc":
        st.text("Nobody signed in. Open the address that your administrator gave you.")
        st.stop()
    st.text("Sign in to work with the projects you are a member of. After twelve hours at most you sign in again.")
    st.button("Sign in", type="primary", on_click=st.login)
    st.stop()


def field() -> None:
    """Who signed in, and the way out."""
    st.text(f"Signed in as {person()}")
    if os.environ[SIGN_IN_VARIABLE] == "oidc":
        st.button("Sign out", on_click=st.logout)
