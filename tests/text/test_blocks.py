"""Texts in blocks: code between fences apart from prose, and what was found marked where it stands."""

from hypothesis import given
from hypothesis import strategies as st

from curation.text.blocks import blocks


def parts(text: str) -> list[tuple[str, str]]:
    return [(block.kind, "".join(piece for _, piece in block.runs)) for block in blocks(text)]


def test_code_between_fences_stands_apart() -> None:
    text = "Run this:\n```sh\nls -l\n```\nand ``` that is no fence\n~~~\nopen to the end"
    assert parts(text) == [
        ("prose", "Run this:"),
        ("code", "```sh\nls -l\n```"),
        ("prose", "and ``` that is no fence"),
        ("code", "~~~\nopen to the end"),
    ]
    assert parts("````\n```\n````") == [("code", "````\n```\n````")]
    assert parts("") == [("prose", "")]


def test_what_was_found_is_marked_by_code_points() -> None:
    text = "🎉🎉 call 555\n```\n555\n```"
    (prose, code) = blocks(text, [(8, 11), (16, 19), (17, 18), (90, 99), (5, 2)])
    assert prose.runs == (("", "🎉🎉 call "), ("found", "555"))
    assert code.runs == (("", "```\n"), ("found", "555"), ("", "\n```"))
    (whole,) = blocks("abc", [(-4, 40)])
    assert whole.runs == (("found", "abc"),)


@given(st.text(alphabet="`~ a\n"), st.lists(st.tuples(st.integers(-3, 30), st.integers(-3, 30))))
def test_nothing_is_lost(text: str, found: list[tuple[int, int]]) -> None:
    cut = blocks(text, found)
    joined = "\n".join("".join(piece for _, piece in block.runs) for block in cut)
    assert joined in (text, text.removesuffix("\n"))
    marked = sum(len(piece.replace("\n", "")) for block in cut for kind, piece in block.runs if kind)
    inside = {n for start, end in found for n in range(max(0, start), min(end, len(text)))}
    assert marked == sum(text[n] != "\n" for n in inside)
