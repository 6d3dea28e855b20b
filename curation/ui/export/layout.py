"""How an export is written, besides its formats: shares of the splits, weights, rows of large labels, recipes for
trainers, settings of formats and recipes."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import streamlit as st

from curation.project import Project
from curation.records import Treatment
from curation.records.settings import changed, differences
from curation.ui.widgets import parts


def draw(project: Project, formats: Sequence[str], treatment: Treatment) -> dict[str, Any] | None:
    """What a person chose, as the fields of Layout; None where the shares leave none for the test rows or less."""
    usual, known = project.exports.usual_layout, project.exports.recipes()
    recipes = st.multiselect(
        "Recipes: also write what these trainers need to know, and the files they read",
        list(known),
        format_func=known.__getitem__,
        key="recipes",
    )
    with st.expander("How it is divided and written"):
        left, middle, right = st.columns(3)
        train = left.number_input("Train, % of the rows", 1, 100, round(100 * usual.shares[0]), key="share-train")
        validation = middle.number_input("Validation, %", 0, 99, round(100 * usual.shares[1]), key="share-validation")
        test = 100 - train - validation
        right.metric("Test, %", max(test, 0))
        if test < 0:
            st.text(f"Train and validation are {train + validation} % together. Lower one of them.")
        weight = st.text_input(
            "Column with each row's weight, a number of 0 or more (empty: all weigh 1)", key="weight"
        )
        topic = st.checkbox(
            "A column with each row's topic (Parquet and CSV)", key="topic-column",
            disabled=not project.meaning.topics.names(), help="Find the topics on Topics first.",
        )  # fmt: skip
        subset: dict[str, Any] = {"cap_per_label": _cap(), "balance": _balance(), "subset": _some(project)}
        built_in = project.exports.settings("format")
        settings = {name: _changed("format", name, built_in[name]) for name in formats if name in built_in}
        of_recipes = {name: _changed("recipe", name, project.exports.settings("recipe")[name]) for name in recipes}
    if test < 0:
        return None
    shares = (train / 100, validation / 100, test / 100)
    chosen = {name: values for name, values in settings.items() if values}
    written: dict[str, Any] = {
        "weight": weight.strip(),
        "settings": chosen,
        "treatment": treatment,
        "recipes": of_recipes,
        "topic": topic,
    }
    return asdict(replace(usual, shares=shares, **written, **subset))


def _cap() -> int:
    return int(st.number_input("Rows of each label at most, drawn by the seed (0: all of them)", 0, key="label-cap"))


def _balance() -> bool:
    return st.checkbox("As many rows of every label as the smallest has", key="label-balance")


def _some(project: Project) -> int:
    missing = project.meaning.missing()
    rows = st.number_input(
        "Only so many rows that stand for all (0: all of them)", 0, key="subset", disabled=bool(missing),
        help=missing or "Of each label or topic its share, the rows nearest in meaning to the others first.",
    )  # fmt: skip
    return int(rows)


def _changed(kind: str, name: str, built_in: Any) -> dict[str, Any]:
    """The settings of a format or a recipe that a person changed."""
    st.text(f"Settings of the {kind} {name}")
    key = f"{kind}-{name}"
    parts.fields(built_in, key)
    return differences(changed(built_in, parts.chosen(built_in, key)), built_in)
