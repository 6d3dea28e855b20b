"""Texts, labels and file names that try to be more than text: every page shows them as they are, at both sizes.

`CURATION_STORE=postgresql+psycopg://... pytest tests/browser/test_hostile.py` does the same with a project on a server.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from curation.project import Project
from curation.records import Filter
from curation.records.context import Context, Task
from tests.browser.conftest import App

SIZES = {"laptop": (1440, 900), "phone": (390, 844)}
PAGES = (
    "",
    "load",
    "rows",
    "labels",
    "topics",
    "duplicates",
    "findings",
    "review",
    "audit",
    "team",
    "measure",
    "readiness",
    "export",
)
IMAGE = "![see](http://198.51.100.7/seen.png)"
TAG = "<img src='http://198.51.100.7/x.png' data-hostile onerror='alert(1)'><script>alert(2)</script>"
LINK = "[press here](javascript:alert(3)) :red[red] $x^2$ :material/delete:"
ATTACKS = (
    IMAGE,
    TAG,
    LINK,
    "<svg/onload=alert(1) data-hostile>",
    "<svg data-hostile><script>alert(1)</script></svg>",
    "<iframe data-hostile src=javascript:alert(1)></iframe>",
    "<iframe data-hostile srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<input data-hostile autofocus onfocus=alert(1)>",
    "<details data-hostile open ontoggle=alert(1)><summary>x</summary></details>",
    "<video data-hostile src=http://198.51.100.7/v.mp4 onerror=alert(1) autoplay></video>",
    "<link data-hostile rel=stylesheet href=http://198.51.100.7/s.css>",
    "<style data-hostile>@import 'http://198.51.100.7/s.css'; * { display: none }</style>",
    "<meta data-hostile http-equiv=refresh content='0;url=http://198.51.100.7/'>",
    "<base data-hostile href=http://198.51.100.7/>",
    "<object data-hostile data=http://198.51.100.7/o></object><embed src=http://198.51.100.7/e>",
    "<form data-hostile action=javascript:alert(1)><button>Continue</button></form>",
    "<a data-hostile href=javascript:alert(1) ping=http://198.51.100.7/>press</a>",
    "<math data-hostile><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></math>",
    '"><script data-hostile>alert(1)</script>',
    "'-alert(1)-' \"-alert(1)-\" `${alert(1)}`",
    "</textarea></script></title></style><img data-hostile src=x onerror=alert(1)>",
    "<!--><img data-hostile src=x onerror=alert(1)>-->",
    "[press](data:text/html,<script>alert(1)</script>) [or](vbscript:alert(1))",
    "<http://198.51.100.7/auto> http://198.51.100.7/bare.png",
    "[![see](http://198.51.100.7/in.png)](javascript:alert(1))",
    "&lt;img data-hostile src=http://198.51.100.7/e.png&gt; &#60;img data-hostile src=x&#62;",
    "$$\\href{javascript:alert(1)}{x}$$ \\(\\unicode{x3c}\\)",
    ":material/delete: :red-background[red] :badge[new] :sparkles:",
    "{{7*7}} {% raw %} <%= 7*7 %> #{7*7} ${{7*7}}",
    "# heading\u2028---\u2028| a | b |\u2028> quote ~~gone~~ ***bold*** `code`",
)
LABELS = [f"refund {IMAGE}", f"parcel {TAG}", f"login {LINK}"]
PROJECT = "Hostile"
FOUND = """() => {
  // The review card stands in a root of its own, which a search of the document does not enter.
  const isolated = [...document.querySelectorAll("[data-testid='stBidiComponentIsolated']")].map((e) => e.shadowRoot);
  const count = (what) => [document, ...isolated].reduce((n, root) => n + root.querySelectorAll(what).length, 0);
  return {
    images: count("img[src*='198.51.100']"),
    tags: count("[data-hostile]"),
    links: count("a[href^='javascript']"),
    formulas: count(".katex"),
    errors: count("[data-testid='stException'], [data-testid='stErrorElementStack']"),
    beyond: Math.max(0, document.documentElement.scrollWidth - window.innerWidth),
  };
}"""
NOTHING = {"images": 0, "tags": 0, "links": 0, "formulas": 0, "errors": 0, "beyond": 0}


@pytest.fixture(scope="module")
def hostile(app: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A judged and exported project, all of whose texts, labels and names are hostile."""
    path = tmp_path_factory.mktemp("hostile") / f"a {LINK[:40].replace('/', ' ')} <b data-hostile>.csv"
    topics = ("money back for the broken lamp", "where is the parcel I ordered", "cannot sign in to the account")
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "category"])
        for n in range(3 * len(ATTACKS)):
            attack = ATTACKS[n // 3]
            rows.writerow([f"{topics[n % 3]} number {n * 7919 % 97}, {attack}", LABELS[(n + (n % 17 == 0)) % 3]])
        rows.writerow(["", LABELS[0]])
    project = Project.open(app.projects / PROJECT, create=True)
    project.examples.load(path)
    project.settings.save_context(Context(Task("accuracy", 0.9)))
    project.verdict.analyse()
    project.rounds.start_audit(20, None, 0)
    yield project
    project.close()


@pytest.mark.parametrize("size", SIZES)
def test_text_stays_text_on_every_page(page: Page, app: App, hostile: Project, size: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    for name in PAGES:
        page.goto(f"{app.url}/{name}?project={PROJECT}")
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        assert page.evaluate(FOUND) == NOTHING, name
    page.goto(f"{app.url}/review?project={PROJECT}")
    expect(page.locator(".card .body").first).to_be_visible()
    shown = hostile.examples.stored.get(page.locator(".card").get_attribute("data-row") or "")
    assert shown is not None
    expect(page.locator(f".card[data-row='{shown.id}'] .body").first).to_contain_text(shown.input or "(empty)")
    assert page.evaluate(FOUND) == NOTHING
    shown = hostile.decisions.queue.page(Filter("all"), -1, 1)[0][1]
    hostile.rows.note(shown.id, TAG, LINK)
    hostile.rows.tag([shown.id], LINK[:50], TAG)
    page.goto(f"{app.url}/rows?project={PROJECT}&row={shown.id}")
    expect(page.get_by_text("Its story")).to_be_visible()
    assert page.evaluate(FOUND) == NOTHING


def test_the_report_shows_them_as_text_too(page: Page, hostile: Project, tmp_path: Path) -> None:
    hostile.exports.write(tmp_path / "out")
    page.set_content((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert page.evaluate(FOUND) == NOTHING
    expect(page.get_by_text(hostile.examples.stored.sources()[0].name).first).to_be_attached()
