"""What the source may not contain: markup from data, unsafe readers, addresses and paths of anybody's machine."""

import ast
from pathlib import Path

import pytest

import curation

ROOT = Path(__file__).parents[1]
FILES = sorted([*ROOT.glob("curation/**/*.py"), ROOT / "app.py"])
MARKDOWN = {"markdown", "write", "html", "latex", "toast", "info", "success", "warning", "error", "subheader", "header",
            "title", "caption", "badge", "metric"}  # fmt: skip
UNSAFE = {"eval", "exec"}
SAFE_CALLS = {"plain", "words", "stability_line", "threshold_line", "read_as", "value_line",
              "state_words"}  # fmt: skip
"""Functions whose result may be drawn as Markdown: they escape it, or make it from our own words and figures."""


def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_unsafe_html_reader_or_evaluation(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "unsafe_allow_html" not in text
    assert "import pickle" not in text
    assert "yaml.load" not in text
    for call in calls(path):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        assert not (isinstance(call.func, ast.Name) and name in UNSAFE)
        owner = getattr(getattr(call.func, "value", None), "id", "")
        assert not (owner == "st" and name in {"html", "iframe", "write", "markdown", "exception"}), ast.unparse(call)


@pytest.mark.parametrize("path", sorted((ROOT / "curation" / "ui").rglob("*.py")), ids=lambda path: path.name)
def test_no_text_from_data_is_drawn_as_markdown(path: Path) -> None:
    for call in calls(path):
        if not (isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "st"):
            continue
        if call.func.attr in MARKDOWN and call.args:
            assert is_ours(call.args[0]), f"{path.name}: {ast.unparse(call)}"


def is_ours(node: ast.expr) -> bool:
    """Whether the text is a literal, or made only of literals, figures and escaped parts."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.JoinedStr):
        return all(is_ours(part) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return node.format_spec is not None or is_ours(node.value)
    if isinstance(node, ast.IfExp):
        return is_ours(node.body) and is_ours(node.orelse)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "join" and isinstance(call := node.args[0], ast.Call) and getattr(call.func, "id", "") == "sorted":
            return True  # a sorted set of our own words
        return name in SAFE_CALLS or name in {"len"}
    if isinstance(node, ast.Attribute):  # JOBS[...].title: a word of our own
        return node.attr.isupper() or (node.attr in {"noun", "sentence", "title"} and is_ours(node.value))
    if isinstance(node, ast.Subscript):  # our own tables of words: JOBS[...], wording.CLUSTERS[...]
        name = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        return name.isupper()
    return isinstance(node, ast.Name) and node.id in {"title", "word", "name"}


def test_every_public_name_is_there() -> None:
    for name in curation.__all__:
        found = getattr(curation, name)
        assert name == "__version__" or found.__name__ == name
    with pytest.raises(AttributeError, match="nonsense"):
        _ = curation.nonsense  # type: ignore[attr-defined]
