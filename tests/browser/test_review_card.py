"""The review card in a real browser: every key lands on the row on screen, and nothing acknowledged is lost."""

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, expect

from curation.cli.main import main
from curation.project import Project
from curation.records import Example, Filter
from tests.browser.conftest import App, free_port, running
from tests.browser.keys import rest

PROJECT = "Review"
LABELS = ("refund request", "delivery problem", "account access", "invoice copy", "other question")
GAP = 60  # ms between two keys: faster than a person reads, as fast as a held rhythm gets
LOWEST = """() => {
  const roots = [...document.querySelectorAll("[data-testid='stBidiComponentIsolated']")].map((e) => e.shadowRoot);
  const root = roots.find((each) => each.querySelector(".bar"));
  return [...root.querySelectorAll(".chip, .reason")].map((e) => e.getBoundingClientRect().bottom)
    .concat(root.querySelector(".bar").getBoundingClientRect().top, window.innerHeight);
}"""


def made(folder: Path, home: Path, name: str, rows: int) -> Project:
    """Questions, a quarter of them without a label; many contradict each other."""
    path = folder / f"{name}.csv"
    lines = [
        f"hello I have a question about number {n % 9} again,{LABELS[n % 5] if n % 4 else ''}" for n in range(rows)
    ]
    path.write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    project = Project.open(home / name, create=True)
    project.examples.load(path)
    return project


@pytest.fixture(scope="module")
def project(app: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = made(tmp_path_factory.mktemp("review"), app.projects, PROJECT, 60)
    project.verdict.analyse()
    yield project
    project.close()


@pytest.fixture
def undecided(app: App, tmp_path: Path) -> Iterator[Project]:
    """Sixty rows of the test's own."""
    project = made(tmp_path, app.projects, f"Own-{tmp_path.name}", 60)
    yield project
    project.close()


def opened(page: Page, url: str, queue: str = "") -> Locator:
    """The card, with this queue chosen in the list."""
    page.goto(url)
    card = page.locator(".card")
    expect(card).to_be_visible()
    rest(page)
    if queue:
        page.get_by_test_id("stSelectbox").filter(has_text="Queue").get_by_role("combobox").click()
        page.get_by_role("option", name=queue).click()
        expect(card).to_be_focused()  # once another queue is there, the keys are for the card again
    return card


def freed(project: Project) -> None:
    """Let nobody hold a row: the browser of the test before is gone, which the app sees a moment later."""
    for name in project.decisions.queue.holders():
        project.decisions.queue.release(name)


def on_screen(card: Locator) -> str:
    return card.get_attribute("data-row") or ""


def stands(project: Project, id: str) -> Example:
    now = project.examples.stored.get(id)
    assert now is not None
    return now


def saved(page: Page) -> None:
    expect(page.locator(".saving")).to_have_text("All saved")


def test_keys_labels_search_edit_and_undo_decide_the_row_on_screen(page: Page, app: App, project: Project) -> None:
    card = opened(page, f"{app.url}/review?project={PROJECT}", "All examples in order")
    expect(page.get_by_text("60 waiting in this queue, 0 handled in all")).to_be_visible()

    # forty keys as fast as a hand: each on the row that was on screen
    wanted: dict[str, str] = {}
    for n in range(40):
        expect(card).not_to_have_attribute("data-row", "")  # a slow server is waited for, as a hand would
        id = on_screen(card)
        assert id not in wanted
        key, status = [("x", "rejected"), ("s", "skipped"), ("f", "flagged"), ("2", "labelled")][n % 4]
        page.keyboard.press(key)
        wanted[id] = status
        page.wait_for_timeout(GAP)
    saved(page)
    expect(page.get_by_text("20 waiting in this queue, 40 handled in all")).to_be_visible()
    assert {id: stands(project, id).status for id in wanted} == wanted
    assert all(len(project.decisions.of(id)) == 1 for id in wanted)
    second = sorted(LABELS)[1]
    assert {stands(project, id).label for id, status in wanted.items() if status == "labelled"} == {second}

    # undo goes back, row by row, and the row is decided anew
    last = list(wanted)[-1]
    page.keyboard.press("u")
    assert on_screen(card) == last
    page.keyboard.press("3")
    saved(page)
    assert stands(project, last).label == sorted(LABELS)[2]

    # a label by search: keys are letters there, and the card has the focus again afterwards
    id = on_screen(card)
    page.keyboard.press("/")
    page.keyboard.type("inv")
    page.keyboard.press("Enter")
    saved(page)
    assert stands(project, id).label == "invoice copy"

    # a new label only when Enter is pressed twice, never where it differs in case alone
    id = on_screen(card)
    page.keyboard.press("/")
    page.keyboard.type("Invoice  COPY")
    expect(page.get_by_role("option")).to_have_text(["invoice copy3"])
    page.locator(".search input").fill("lost parcel")
    page.keyboard.press("Enter")
    assert on_screen(card) == id
    page.keyboard.press("Enter")
    saved(page)
    assert stands(project, id).label == "lost parcel"

    # an edit: letters are text, Escape leaves it, Ctrl+Enter saves it
    id = on_screen(card)
    before = stands(project, id).input
    page.keyboard.press("e")
    field = page.get_by_role("textbox", name="Input")
    expect(field).to_have_value(before)
    field.press_sequentially(" axs")
    page.keyboard.press("Escape")
    assert (on_screen(card), stands(project, id).status) == (id, "undecided")
    page.keyboard.press("e")
    expect(field).to_have_value(before)
    field.press("End")
    field.press_sequentially(" please")
    page.keyboard.press("Control+Enter")
    saved(page)
    assert stands(project, id).input == f"{before} please"
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".changes ins")).to_have_text([" please"])

    # a key held down is one press, and the arrows pass a row over without deciding it
    page.keyboard.press("ArrowRight")
    id = on_screen(card)
    page.keyboard.down("x")
    page.keyboard.down("x")
    page.keyboard.up("x")
    saved(page)
    passed = on_screen(card)
    assert (stands(project, id).status, stands(project, passed).status) == ("rejected", "undecided")
    page.keyboard.press("ArrowRight")
    assert on_screen(card) not in (id, passed)
    assert stands(project, passed).version == 0

    # going to another page at once leaves nothing behind
    left = []
    for _ in range(4):
        left.append(on_screen(card))
        page.keyboard.press("x")
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    for _ in range(100):
        if stands(project, left[-1]).version:
            break
        page.wait_for_timeout(100)
    assert [stands(project, id).status for id in left] == ["rejected"] * 4


def test_an_edit_left_half_done_is_reminded_of_however_fast_a_person_comes_back(
    page: Page, app: App, project: Project
) -> None:
    freed(project)
    card = opened(page, f"{app.url}/review?project={PROJECT}", "All examples in order")
    field = page.get_by_role("textbox", name="Input")
    id = on_screen(card)
    page.keyboard.press("e")
    expect(field).to_have_value(stands(project, id).input)
    field.press_sequentially("half an edit ")
    for is_waiting in (False, True):  # also back before the other page is there
        page.get_by_role("link", name="Overview").click()
        if is_waiting:
            expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        page.get_by_role("link", name="Review").click()
        expect(page.locator(".notice")).to_have_count(1)
        expect(page.locator(".notice")).to_contain_text("Your edit of this row is not saved yet.")
        expect(card).to_have_attribute("data-row", id)
    rest(page)
    page.get_by_role("button", name="Edit").click()
    expect(field).to_have_value(re.compile("half an edit"))
    page.keyboard.press("Escape")
    expect(page.locator(".notice")).to_have_count(0)
    assert stands(project, id).status == "undecided"


@pytest.mark.parametrize("end", ["closed", "crashed"])
def test_what_was_being_written_when_a_page_ended_is_said_by_the_next_one(
    browser: Browser, app: App, project: Project, end: str
) -> None:
    freed(project)
    address = f"{app.url}/review?project={PROJECT}&queue=all"
    context = browser.new_context()
    page = context.new_page()
    card = opened(page, address)
    page.keyboard.press("ArrowRight")
    here = on_screen(card)
    before = stands(project, here)
    page.keyboard.press("e")
    field = page.get_by_role("textbox", name="Input")
    expect(field).to_have_value(before.input)
    field.press_sequentially("half a")
    if end == "closed":
        page.on("dialog", lambda asked: asked.accept())  # whether to leave all the same
        with page.expect_event("close"):
            page.close(run_before_unload=True)
    else:
        with page.expect_event("crash"), contextlib.suppress(Error):
            page.goto("chrome://crash")

    page = context.new_page()
    card = opened(page, address)
    notice = page.locator(".notice")
    for _ in range(2):  # also of a page drawn anew before anybody has read it
        expect(notice).to_contain_text("What you wrote on this row was not saved: the page was closed before.")
        expect(card).to_have_attribute("data-row", here)
        page.reload()
    page.get_by_role("button", name="Dismiss").click()
    page.reload()
    expect(page.locator(".pane").first).to_be_visible()
    rest(page)
    expect(notice).to_have_count(0)
    assert stands(project, here) == before
    context.close()


def test_a_decision_that_somebody_else_made_first_is_refused_and_said(page: Page, app: App, project: Project) -> None:
    freed(project)
    card = opened(page, f"{app.url}/review?project={PROJECT}", "All examples in order")
    id = on_screen(card)
    project.decisions.decide(id, "accept", stands(project, id).version, reviewer="somebody else")
    page.keyboard.press("x")
    mine = on_screen(card)
    page.keyboard.press("x")
    saved(page)
    expect(page.locator(".notice")).to_contain_text("Somebody else has just decided this example")
    assert [stands(project, one).status for one in (id, mine)] == ["accepted", "rejected"]
    page.get_by_role("button", name="Show the row").click()
    assert on_screen(card) == id
    expect(page.locator(".stands")).to_contain_text("Accepted")


@pytest.mark.parametrize("refused", ["", "rows", "decisions", "*"])
def test_decisions_and_rows_go_by_requests_of_their_own_and_by_the_page_where_those_are_refused(
    page: Page, app: App, undecided: Project, refused: str
) -> None:
    by_page: list[str | bytes] = []
    page.on("websocket", lambda live: live.on("framesent", lambda said: by_page.append(said)))
    project = undecided
    card = opened(page, f"{app.url}/review?project={project.name}&queue=all")
    rest(page)
    if refused:
        page.route(f"**/review/card/{refused}", lambda route: route.abort())
    wanted: list[str] = []
    drawn = len(by_page)
    for _ in range(32):  # more than the card has ahead at first
        expect(card).not_to_have_attribute("data-row", "")
        wanted.append(on_screen(card))
        page.keyboard.press("s")
        page.wait_for_timeout(GAP)
    saved(page)
    assert [stands(project, id).status for id in wanted] == ["skipped"] * 32
    assert len(set(wanted)) == 32
    waiting = project.decisions.queue.total(Filter("all"))
    expect(page.locator(".counts")).to_contain_text(f"{waiting} waiting in this queue")
    assert (len(by_page) > drawn) is bool(refused)


def test_on_a_phone_label_and_reason_are_read_above_the_bar(page: Page, app: App, project: Project) -> None:
    freed(project)
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, f"{app.url}/review?project={PROJECT}")
    expect(page.locator(".reason").first).to_be_visible()
    *read, bar, window = page.evaluate(LOWEST)
    assert max(read) <= bar
    assert bar < window


def test_a_server_that_restarts_loses_nothing_and_says_what_is_not_saved(browser: Browser, tmp_path: Path) -> None:
    project = made(tmp_path, tmp_path / "projects", "Restart", 24)
    port = free_port()
    context = browser.new_context()
    page = context.new_page()
    wanted: dict[str, str] = {}

    def press(key: str, status: str) -> None:
        wanted[on_screen(card)] = status
        page.keyboard.press(key)

    with running(tmp_path, port) as app:
        card = opened(page, f"{app.url}/review?project=Restart", "All examples in order")
        press("x", "rejected")
        saved(page)
    press("f", "flagged")
    press("s", "skipped")
    expect(page.locator(".saving")).to_contain_text("2 not saved: the server does not answer.")
    assert not page.evaluate("() => window.dispatchEvent(new Event('beforeunload', {cancelable: true}))")
    with running(tmp_path, port):
        saved(page)
        page.keyboard.press("ArrowRight")  # queue and place stand in the address
        here = on_screen(card)
        page.reload()
        expect(card).to_have_attribute("data-row", here)
        assert main(["project", "rename", str(project.folder), "Renamed"]) == 0
        project.close()
        project = Project.open(tmp_path / "projects" / "Renamed")
        press("x", "rejected")
        saved(page)
        expect(page.get_by_text("Restart was renamed: it is called Renamed now.")).to_be_visible()
        expect(page.get_by_role("combobox", name="Project")).to_have_value("Renamed")
    assert {id: stands(project, id).status for id in wanted} == wanted
    assert all(len(project.decisions.of(id)) == 1 for id in wanted)
    context.close()
    project.close()


@pytest.fixture
def chats(app: App, tmp_path: Path) -> Iterator[Project]:
    """Two conversations that nobody has decided."""
    tools = [
        {"role": "system", "content": "You serve a shop."},
        {"role": "user", "content": "Where is order 7?"},
        {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "find", "arguments": '{"n": 7}'}}]},
        {"role": "tool", "content": "shipped"},
        {"role": "assistant", "content": "On its way:\n```\ntrack 7\n```"},
    ]
    attack = "<img src=x data-hostile onerror=alert(1)> **bold** \u202e"
    letter = (
        "# Dear *you*\n- a snake_case_name and [a page](javascript:alert(2))\n|a|b|\n|-|-|\n|1|`2`|\n"
        r"so $\frac{1}{x^2}$ costs $5 to $6, not $\href{javascript:alert(3)}{y}$" + f"\n{'*[' * 10_000}"
    )
    plain = [{"role": "user", "content": f"أين طلبي؟ {attack}"}, {"role": "assistant", "content": letter}]
    path = tmp_path / "chats.jsonl"
    path.write_text("".join(json.dumps({"messages": one}) + "\n" for one in (tools, plain)), encoding="utf-8")
    project = Project.open(app.projects / "Chats", create=True)
    project.examples.load(path)
    yield project
    project.close()


def test_chats_are_turns_and_hostile_text_is_text(page: Page, app: App, project: Project, chats: Project) -> None:
    opened(page, f"{app.url}/review?project={PROJECT}")
    page.keyboard.press("f")  # what is on its way for one project stays its own when another is opened
    page.get_by_test_id("stSelectbox").filter(has_text="Project").get_by_role("combobox").click()
    page.get_by_role("option", name="Chats", exact=True).click()
    expect(page.get_by_text("0 handled in all")).to_be_visible()
    rest(page)  # a list that is drawn anew closes
    page.get_by_test_id("stSelectbox").filter(has_text="Queue").get_by_role("combobox").click()
    page.get_by_role("option", name="All examples in order").click()
    expect(page.locator("[data-side=input] .turn .role")).to_have_text(
        ["System", "User", "Assistant", "Tool call: find", "Tool result"]
    )
    expect(page.get_by_text("You serve a shop.")).to_be_hidden()
    expect(page.locator("[data-side=output] pre")).to_have_text("```\ntrack 7\n```")
    rest(page)
    page.get_by_role("heading", name="Review").click()  # keys are for the card once no list has the focus
    page.keyboard.press("x")
    expect(page.locator("[data-side=input] .turn")).to_have_count(1)
    body = page.locator("[data-side=input] .prose")
    expect(body).to_have_text("أين طلبي؟ <img src=x data-hostile onerror=alert(1)> **bold** ⟨U+202E⟩")
    assert body.evaluate("(e) => getComputedStyle(e).direction") == "rtl"
    assert body.locator("*").count() == 0
    page.keyboard.press("m")
    expect(body.locator("strong")).to_have_text("bold")
    answer = page.locator("[data-side=output]")
    expect(answer.locator(".heading em")).to_have_text("you")
    expect(answer.locator(".item")).to_have_text("•a snake_case_name and a page (javascript:alert(2))")
    expect(answer.locator("td")).to_have_text(["1", "2"])
    expect(answer.locator("math")).to_have_count(1)
    expect(answer.locator("mfrac > *")).to_have_text(["1", "x2"])
    expect(answer.get_by_text(r"costs $5 to $6, not $\href{javascript:alert(3)}{y}$")).to_be_visible()
    assert page.locator(".body :is(a, img, script)").count() == 0
    saved(page)
    page.keyboard.press("x")
    expect(page.get_by_text("Nothing is waiting in this queue.")).to_be_visible()
    saved(page)
    assert [stands(chats, id).status for id in chats.examples.dataset().values("id")] == ["rejected", "rejected"]
    assert chats.decisions.queue.total(Filter("all")) == 0
