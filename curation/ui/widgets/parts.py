"""Small pieces of a page: a text in its box, sentences, turning the pages of a list."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache, partial
from itertools import pairwise
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from curation.project import Project
from curation.project.measuring import allowed_endpoints
from curation.project.rows.labels import LabelRow
from curation.records.settings import Option, options
from curation.ui.widgets import formatting

Spans = list[tuple[bool, str]]
"""Parts of a text, and whether each is marked."""


@cache
def _component() -> Any:
    """What marks words, None where its file is not known to Streamlit. The file comes from the app's own address: no
    page may run a script written into it."""
    try:
        return st.components.v2.component(
            "curation.marked",
            html="<div class='text'></div>",
            css="""
            .text { font: inherit; font-size: 0.95rem; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere;
                    color: var(--st-text-color); max-width: 75ch; unicode-bidi: plaintext; }
            .mark { background: color-mix(in srgb, var(--st-primary-color) 22%, transparent); border-radius: 3px;
                    padding: 0 2px; text-decoration: underline; text-underline-offset: 3px; }
            """,
            js="marked.js",
        )
    except StreamlitAPIException:
        return None


def marked(spans: Spans, key: str) -> None:
    """A text with words marked; spans are (is marked, text)."""
    _draw([(is_marked, formatting.visible(text)) for is_marked, text in spans], key)


def _draw(spans: Spans, key: str) -> None:
    if _component() is None:
        st.text("".join(text for _, text in spans))
    else:
        _component()(data={"spans": [list(span) for span in spans]}, key=key)


def text_box(title: str, text: str, places: Sequence[tuple[int, int]] = ()) -> None:
    """A text in a box of steady height (see the style above), as text; these places of it (start, end) are marked."""
    st.caption(title)
    with st.container(border=True, key=f"box-{title}"):
        if spans := at_places(text, places):
            _draw(spans, f"marked-{title}")
        else:
            st.text(formatting.visible(text) or "(empty)", width="stretch")


def at_places(text: str, places: Sequence[tuple[int, int]]) -> Spans:
    """The text as people see it, cut where these places of it (start, end) begin and end; [] where there are none.

    A place that is not in the text any more is left out.
    """
    shown, origins = formatting.visible_traced(text)
    ends = [(bisect_left(origins, a), bisect_left(origins, b)) for a, b in places if 0 <= a < b <= len(text)]
    edges = sorted({0, len(shown), *(edge for pair in ends for edge in pair)})
    spans = [(any(a <= left < b for a, b in ends), shown[left:right]) for left, right in pairwise(edges)]
    return [span for span in spans if span[1]] if any(is_marked for is_marked, _ in spans) else []


def page_start(key: str) -> Any:
    """The keyset position after which the page to show starts, None for the first."""
    return st.session_state.setdefault(f"page-{key}", [None])[-1]


def turn_pages(key: str, last: Any, is_full: bool) -> None:
    """Back and forward buttons below a page whose last row is at `last`."""
    stack: list[Any] = st.session_state.setdefault(f"page-{key}", [None])
    if len(stack) == 1 and not is_full:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Back", key=f"back-{key}", disabled=len(stack) == 1, on_click=stack.pop)
        st.button("Next", key=f"next-{key}", disabled=not is_full, on_click=stack.append, args=(last,))
        st.caption(f"Page {len(stack)}")


def reset_pages(key: str) -> None:
    """Go to the first page (after a change of filter)."""
    st.session_state[f"page-{key}"] = [None]


def lines(texts: Sequence[str]) -> None:
    """Sentences under each other, as text."""
    for text in texts:
        st.text(text)


def label_keys(project: Project, labels: Sequence[str]) -> list[tuple[str, str]]:
    """(key, label) of the labels in use that have a key, in the order of keys: the same for everybody, whatever labels
    come and go, and those chosen on the Labels page before all others."""
    kept = project.settings.label_keys(partial(formatting.label_keys, labels))
    own = {label.name: label.key for label in project.settings.context().labels if label.key}
    keys = formatting.keys_of(kept, own)
    order = (formatting.NUMBERS + formatting.LETTERS).index
    return sorted(((keys[label], label) for label in labels if label in keys), key=lambda pair: order(pair[0]))


def number_keys(project: Project, labels: Sequence[str]) -> list[tuple[str, str]]:
    """Those of them whose key is a number."""
    return [(key, label) for key, label in label_keys(project, labels) if key.isdigit()]


def fields(settings: Any, key: str) -> None:
    """A field for each setting a person may choose, drawn from its metadata; `chosen` reads them by the same key."""
    for option in options(settings):
        _field(option, f"{key}-{option.name}")


def chosen(settings: Any, key: str) -> dict[str, Any]:
    """What stands in these fields, by the settings' names."""
    return {option.name: st.session_state[f"{key}-{option.name}"] for option in options(settings)}


STEP = 0.01
"""What one press changes a share by: the built-in ones are whole hundredths."""


def _field(option: Option, key: str) -> None:
    if option.kind is bool:
        st.checkbox(option.help, option.default, key=key)
    elif option.choices:
        st.selectbox(option.help, option.choices, option.choices.index(option.default), key=key)
    elif option.low is None:
        st.text_input(option.help, option.default, key=key)
    else:
        step = STEP if option.kind is float else 1
        st.number_input(option.help, option.low, option.high, option.default, step, key=key, help=option.allowed)


FEWEST = 6
"""Labels named as needing rows: one line on a screen, three on a phone."""


def fewest_line(project: Project) -> str:
    """Which labels need more rows, by the least the verdict asks of a class; "" where none does."""
    least = project.settings.policy().items["coverage"].settings["class_rows"]
    return fewest(project.labels.all(), int(least))


def fewest(labels: Sequence[LabelRow], least: int) -> str:
    """Which labels need more rows, the emptiest first; "" where each has `least`."""
    few = sorted((label.rows, label.name) for label in labels if label.rows < least)
    if not few:
        return ""
    names = formatting.told_apart([name for _, name in few[:FEWEST]], 40, [label.name for label in labels])
    named = ", ".join(f"{name} ({n:,})" for name, (n, _) in zip(names, few, strict=False))
    which = "1 label has" if len(few) == 1 else f"{len(few):,} labels have"
    more = f" and {len(few) - FEWEST:,} more" if len(few) > FEWEST else ""
    return f"{which} fewer than {least:,} rows, the emptiest first: {named}{more}."


def endpoint_field(key: str) -> str:
    """The endpoint to ask: one of those this server allows, or any where a person may name it."""
    known = allowed_endpoints()
    if known:
        return str(st.selectbox("Endpoint", known, key=f"{key}-endpoint-choice"))
    place = "http://127.0.0.1:8080/v1"
    return st.text_input("Endpoint (OpenAI-compatible)", placeholder=place, key=f"{key}-endpoint").strip()


def caps_fields(key: str, caption: str) -> dict[str, Any]:
    """The limits on calls, tokens and cost, None where there is none: the fields of `records.Caps`."""
    st.caption(formatting.plain(caption))
    first, second, third = st.columns(3)
    with first:
        calls = st.number_input("Calls", 0, None, None, placeholder="No limit", key=f"{key}-calls")
    with second:
        tokens = st.number_input("Tokens", 0, None, None, placeholder="No limit", key=f"{key}-tokens")
    with third:
        cost = st.number_input("Cost", 0.0, None, None, placeholder="No limit", key=f"{key}-cost")
    return {"calls": calls, "tokens": tokens, "cost": cost}
