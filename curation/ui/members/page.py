"""Members: who may work in the project, and what each may do."""

import streamlit as st

from curation.errors import UsageError
from curation.records import ROLES
from curation.ui import state
from curation.ui.state import identity
from curation.ui.widgets import formatting
from curation.wording import ROLE_WORDS

project = state.project()
known = project.members.all()
is_admin = project.members.role() == "admin"


def _do(act: str, name: str, role_key: str = "") -> None:
    try:
        if act == "remove":
            project.members.remove(name)
        elif act == "token":
            st.session_state["member-token"] = (name, project.members.give_token(name))
        else:
            project.members.put(name or st.session_state["member-name"], st.session_state[role_key])
    except UsageError as refused:
        state.notify(str(refused))


st.title("Members", anchor=False)
if not known:
    st.text("Nobody is a member yet. The first one is an admin, and says who else may work here.")
for role in ROLES:
    st.caption(f"{ROLE_WORDS[role].title}: {ROLE_WORDS[role].sentence}")
if "member-token" in st.session_state:
    name, token = st.session_state.pop("member-token")
    st.text(f"Token of {formatting.visible(name)} for commands, shown this once. Set CURATION_TOKEN to it.")
    st.code(token, language=None)
for member in known:
    with st.container(horizontal=True, vertical_alignment="bottom", border=True):
        st.text(formatting.visible(member.name), width="stretch")
        key = f"member-role-{member.name}-{member.role}-{member.at}"
        st.selectbox(
            "Role",
            ROLES,
            ROLES.index(member.role),
            format_func=lambda role: ROLE_WORDS[role].title,
            key=key,
            on_change=_do,
            args=("put", member.name, key),
            disabled=not is_admin,
            width=160,
        )
        if is_admin:
            st.button("New token", key=f"member-token-{member.name}", on_click=_do, args=("token", member.name))
            st.button("Remove", key=f"member-remove-{member.name}", on_click=_do, args=("remove", member.name))
if is_admin:
    # a list of its own for the first member: the browser would keep its choice, admin, for the second one
    key, role = ("member-role-others", "reviewer") if known else ("member-role-first", "admin")
    with st.form("member-new", border=False, clear_on_submit=True):
        st.text_input("Name, as this person signs in" if identity.is_served() else "Name", key="member-name")
        st.selectbox("Role", ROLES, ROLES.index(role), lambda role: ROLE_WORDS[role].title, key)
        st.form_submit_button("Add", type="primary", on_click=_do, args=("put", "", key))
