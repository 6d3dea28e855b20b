"""People sign in at a real provider, each sees their own projects, and decides under their own name."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from curation.project import Project
from curation.records import Actor, Filter
from tests.browser.accessibility import faults
from tests.browser.conftest import PATIENCE, START_SECONDS, App, free_port, running
from tests.browser.keys import rest

ANN, BOB = "ann@example.org", "bob@example.org"


def provider(port: int) -> subprocess.Popen[bytes]:
    """An OpenID provider that knows Ann, Bob, and somebody whose address nobody has checked."""
    people = [{"sub": name, "email": f"{name}@example.org"} for name in ("ann", "bob")]
    people.append({"sub": "eve", "email": ANN, "email_verified": False})
    flags = [flag for one in people for flag in ("--user-claims", json.dumps(one))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *flags]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
    raise AssertionError("the provider does not start")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app as `curation serve` starts it, with the provider beside it; Ann is an admin of the server."""
    port = free_port()
    beside = free_port(port + 1)
    signing = provider(beside)
    settings = {
        "CURATION_OIDC_METADATA_URL": f"http://127.0.0.1:{beside}/.well-known/openid-configuration",
        "CURATION_OIDC_CLIENT_ID": "curation",
        "CURATION_OIDC_CLIENT_SECRET": "a secret of the client",
        "CURATION_COOKIE_SECRET": "0123456789abcdef0123456789abcdef",
        "CURATION_ADMINS": ANN,
        "CURATION_ADDRESS": f"http://127.0.0.1:{port}",
    }
    with running(tmp_path_factory.mktemp("served"), port, "serve", settings) as started:
        yield started
    signing.terminate()
    signing.wait(20)


def signed_in(browser: Browser, served: App, who: str, path: str = "") -> Page:
    page = browser.new_context().new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{served.url}/{path}")
    page.get_by_role("button", name="Sign in").click()
    page.locator("input[name=sub]").first.fill(who)
    page.get_by_role("button", name="Authorize").first.click()
    return page


def test_strangers_see_the_sign_in_page_and_nothing_else(page: Page, served: App) -> None:
    page.goto(f"{served.url}/review?project=Tickets")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Project", exact=True)).not_to_be_visible()
    assert faults(page) == []
    for path in (
        "media/x.csv",
        "_stcore/upload_file/x/y",
        "_stcore/bidi-components/curation.review_card/card.js",
        "component/x",
    ):
        assert httpx.get(f"{served.url}/{path}").status_code == 403, path
        forged = {"x-curation-person": ANN, "x-curation-until": "9999999999", "cookie": "_streamlit_user=ann"}
        assert httpx.get(f"{served.url}/{path}", headers=forged).status_code == 403, path


def test_each_signs_in_sees_their_own_projects_and_decides_under_their_name(
    browser: Browser, served: App, tickets: Path
) -> None:
    with Project.open(served.projects / "Tickets", create=True) as made:
        made.examples.load(tickets)
        id = made.rows.stored.ids(Filter())[0]
    bob = signed_in(browser, served, "bob")
    expect(bob.get_by_text("You are not a member of any project here")).to_be_visible()
    ann = signed_in(browser, served, "ann")
    expect(ann.get_by_text(f"Signed in as {ANN}")).to_be_visible()
    ann.goto(f"{served.url}/members?project=Tickets")
    for name in (ANN, BOB):
        ann.get_by_label("Name, as this person signs in").fill(name)
        ann.get_by_role("button", name="Add").click()
        expect(ann.get_by_text(name, exact=True).last).to_be_visible()
    rest(ann)
    assert faults(ann) == []
    with Project.open(served.projects / "Tickets", actor=Actor(ANN)) as project:
        assert {one.name: one.role for one in project.members.all()} == {ANN: "admin", BOB: "reviewer"}
    bob.goto(f"{served.url}/rows?project=Tickets&row={id}")
    expect(bob.get_by_text(f"Signed in as {BOB}")).to_be_visible()
    bob.get_by_role("button", name="Leave out").click()
    expect(bob.get_by_text("Leave out.", exact=True)).to_be_visible()
    with Project.open(served.projects / "Tickets", actor=Actor(ANN)) as project:
        assert project.decisions.of(id)[0].reviewer == BOB
        project.members.remove(BOB)
    bob.reload()
    expect(bob.get_by_text("You are not a member of any project here")).to_be_visible()
    bob.get_by_role("button", name="Sign out").click()
    bob.wait_for_url("**/oauth2/end_session*")  # the provider's own page
    bob.goto(served.url)
    expect(bob.get_by_role("button", name="Sign in")).to_be_visible()


def test_an_address_that_nobody_has_checked_is_nobodys(browser: Browser, served: App) -> None:
    eve = signed_in(browser, served, "eve")
    expect(eve.get_by_role("button", name="Sign in")).to_be_visible()
    expect(eve.get_by_text("Signed in as")).not_to_be_visible()
