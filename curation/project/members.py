"""The people who may work in a project, and what each may do there."""

import secrets

from curation.errors import UsageError
from curation.project.place import Place, now
from curation.project.place.access import needs, role_of
from curation.records import LOCAL, ROLES, ProjectMember, Role
from curation.store import database, members

LONGEST = 200
"""Characters of a name: an e-mail address has 254 at most, and few more than 60."""


class Members:
    """The members of a project. Without any, whoever works at this computer may do everything."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def role(self) -> Role | None:
        """What whoever opened the project may do in it; None where that is nothing."""
        return role_of(self.place)

    @needs("viewer")
    def all(self) -> list[ProjectMember]:
        """The members by name."""
        with database.read(self.place.engine) as connection:
            return members.all_members(connection)

    @needs("admin")
    def put(self, name: str, role: Role) -> None:
        """Make somebody a member, or give a member another role.

        The first is an admin. Raises UsageError on a name or role that cannot be, and where no admin would be left.
        """
        name = name.strip().casefold()
        if not name or len(name) > LONGEST or name == LOCAL or not name.isprintable():
            raise UsageError("Write the name as this person signs in with it, such as their e-mail address.")
        if role not in ROLES:
            raise UsageError(f"{role!r} is no role. Roles: {', '.join(ROLES)}.")
        with database.write(self.place.engine) as connection:
            if role != "admin" and not members.roles(connection):
                raise UsageError("The first member is an admin: else nobody could add others.")
            members.put(connection, name, role, self.place.actor.name, now())

    @needs("admin")
    def remove(self, name: str) -> None:
        """Take a member out. Raises UsageError on one there is not, and on the last admin."""
        with database.write(self.place.engine) as connection:
            members.remove(connection, name, self.place.actor.name, now())

    @needs("admin")
    def give_token(self, name: str) -> str:
        """A new token that lets commands and Python work for a member, shown this once; it ends the one before.

        Raises UsageError on somebody who is no member.
        """
        token = secrets.token_urlsafe(32)
        with database.write(self.place.engine) as connection:
            members.give_token(connection, name, token, self.place.actor.name, now())
        return token
