"""What axe-core finds wrong on a page as it is drawn, less what Streamlit itself does."""

from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
GRAVE = ("serious", "critical")
STREAMLIT = {
    ("list", "stSidebarNavItems"): "the groups of the navigation are headings within its list",
    ("listitem", "stSidebarNav"): "and its links stand in a div within it",
    ("aria-hidden-focus", "stDataFrame"): "a table is a canvas; what a screen reader gets of it is hidden from the eye",
    ("scrollable-region-focusable", "stDataFrame"): "the same: the canvas takes the focus, not its scroller",
    ("nested-interactive", "stFileUploader"): "the box to drop files on is a button with a button in it",
    (
        "svg-img-alt",
        "box_brush",
    ): "Vega calls the box that is drawn on a chart a picture of its own, and cannot name it",
}
"""(rule, part of the page or of the element) that Streamlit draws and no option of it changes, and what it is."""
FOUND = """async ([where, grave, rules]) => {
  const only = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
  const found = await axe.run(where || document, { resultTypes: ["violations"], ...only });
  const wrong = found.violations.filter((one) => grave.includes(one.impact) || one.id === "heading-order");
  return wrong.flatMap((one) => one.nodes.map((node) => {
    const last = [node.target].flat(2).slice(-1)[0];
    const element = document.querySelector(last);
    const places = [];
    for (let at = element; at; at = at.parentElement) if (at.dataset.testid) places.push(at.dataset.testid);
    return [one.id, places.join(" "), node.html.slice(0, 160), node.failureSummary.split("\\n").slice(1).join(" ")];
  }));
}"""


def faults(page: Page, where: str = "", rules: Sequence[str] = ()) -> list[list[str]]:
    """(rule, where, element, why) of everything serious that is ours on the page, or in this part of it, by all rules
    or by these."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.axe_script)
    found: list[list[str]] = page.evaluate(FOUND, [where, GRAVE, list(rules)])
    return [
        one for one in found if not any(rule == one[0] and part in f"{one[1]} {one[2]}" for rule, part in STREAMLIT)
    ]
