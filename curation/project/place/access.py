"""Who may do what: a role beside every verb, checked at every call against the members of the project."""

import functools
import inspect
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar, cast

from curation.errors import NotAllowed
from curation.records import ROLES, Role
from curation.store import database, members
from curation.wording import ROLE_WORDS, word

if TYPE_CHECKING:
    from curation.project.place import Place

F = TypeVar("F", bound=Callable[..., Any])
P = TypeVar("P")
TOKEN_VARIABLE = "CURATION_TOKEN"  # noqa: S105  the name of a variable
WHO = ("reviewer", "by")
"""Parameters that say who does something: those who signed in do everything under their own name."""

_granted: ContextVar[tuple[object, str, int]] = ContextVar("granted", default=(None, "", -1))
"""The engine, the person and the rank that the verb around this one was found to have."""


def needs(role: Role, who: tuple[str, ...] = WHO) -> Callable[[F], F]:
    """The verb is for people of this role and those above; anybody else gets NotAllowed, before its arguments are read.

    Who signed in is the one who does it, whatever name is given for the parameter among `who`.
    """

    def declared(verb: F) -> F:
        parameters = list(inspect.signature(verb).parameters)
        place_of_name = next((n for n, name in enumerate(parameters) if name in who), 0)

        @functools.wraps(verb)
        def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
            place: Place = getattr(self, "place", self)
            before = _granted.get()
            if before[:2] == (place.engine, place.actor.name) and before[2] >= ROLES.index(role):
                return verb(self, *args, **kwargs)
            rank = require(place, role)
            if place_of_name and not place.actor.is_local:
                args, kwargs = _as_themselves(parameters, place_of_name, place.actor.name, args, kwargs)
            granted = _granted.set((place.engine, place.actor.name, rank))
            try:
                return verb(self, *args, **kwargs)
            finally:
                _granted.reset(granted)

        checked.needs = role  # type: ignore[attr-defined]  # read by the test of who may do what
        return cast(F, checked)

    return declared


def _as_themselves(
    parameters: list[str], at: int, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if len(args) >= at:  # `self` is not among the arguments
        return (*args[: at - 1], name, *args[at:]), dict(kwargs)
    return args, {**kwargs, parameters[at]: name}


def guarded(place: "Place", part: P, role: Role = "viewer", **others: Role) -> P:
    """What the store answers, its verbs for people of this role; those named in `others` need another."""
    made = _checked(cast(Any, type(part)), role, tuple(sorted(others.items())))
    part.__class__ = made
    vars(part)["place"] = place
    return part


@functools.cache
def _checked(kind: type, role: Role, others: tuple[tuple[str, Role], ...]) -> type:
    own = {name: verb for name, verb in vars(kind).items() if inspect.isfunction(verb) and not name.startswith("_")}
    roles = dict(others)
    return type(kind.__name__, (kind,), {n: needs(roles.get(n, role))(verb) for n, verb in own.items()})


def role_of(place: "Place") -> Role | None:
    """What whoever opened the project may do in it now; None where that is nothing."""
    with database.read(place.engine) as connection:
        known = members.roles(connection)
    return _role(place, known)


def _role(place: "Place", known: Mapping[str, Role]) -> Role | None:
    actor = place.actor
    if not actor.name:
        return None
    if actor.is_local:
        return None if known else "admin"
    given = [role for role in (known.get(actor.name), actor.role) if role]
    return max(given, key=ROLES.index, default=None)


def require(place: "Place", role: Role) -> int:
    """The rank (place in ROLES) of whoever opened the project. Raises NotAllowed where it is below this role."""
    known: dict[str, Role] = dict(database.glance(place.engine, members.ROLES))
    has = _role(place, known)
    if has is None or ROLES.index(has) < ROLES.index(role):
        raise NotAllowed(_refusal(place, role, has, known))
    return ROLES.index(has)


def _refusal(place: "Place", role: Role, has: Role | None, known: Mapping[str, Role]) -> str:
    if not place.actor.name:
        return "Sign in first: nothing of a project is shown to people who have not."
    if place.actor.is_local:
        return (
            f"{place.name} has members, and nobody said who you are. Set {TOKEN_VARIABLE} to your token. An admin "
            "makes one: curation project members DIR --token NAME"
        )
    needed, admins = word(ROLE_WORDS, role).noun, sorted(name for name, of in known.items() if of == "admin")
    is_now = f"are a {word(ROLE_WORDS, has).noun}" if has else "are no member"
    ask = f" Ask an admin of it: {', '.join(admins)}." if admins else ""
    return f"This is for a {needed} of {place.name} or above, and you ({place.actor.name}) {is_now}.{ask}"
