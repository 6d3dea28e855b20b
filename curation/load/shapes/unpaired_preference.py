"""Answers marked good or bad (KTO): a column of true and false beside an answer. A bad answer is kept as the rejected
one of its row, which has no output then: it goes out for training on preferences and is never a target."""

from typing import Any

from curation.load.chat import looks_like_turns
from curation.load.guess import FOREIGN_OUTPUT, OUTPUT, Look, chat_columns, first, is_closed, plain, switch
from curation.load.mapping import BAD_ANSWER, Example
from curation.load.rows import Unusable, as_text
from curation.load.shapes import Reading, choose, row_shape
from curation.text.turns import as_input, kept, last_answer, turns_in
from curation.text.turns.exact import compact

MARKS = ("kto_tag", "is_correct", "correct", "is_good", "is_desirable", "desirable", "is_chosen", "thumbs_up", "liked")
"""Columns named for a mark; 0 and 1 count too. Under the name `label` only true and false do: others may be classes."""
VOTES = ("feedback", "user_feedback", "thumbs", "thumb", "vote", "rating", "reaction", "verdict", "annotation", "label")
"""Columns in which words mark an answer, or 1 and -1."""
WORDS = {
    "thumbs_up": 1, "up": 1, "upvote": 1, "like": 1, "liked": 1, "good": 1, "desirable": 1, "helpful": 1, "👍": 1,
    "thumbs_down": 0, "down": 0, "downvote": 0, "dislike": 0, "disliked": 0, "bad": 0, "undesirable": 0,
    "unhelpful": 0, "👎": 0, "chosen": 1, "rejected": 0, "accepted": 1, "1": 1, "-1": 0, "1.0": 1, "-1.0": 0,
    "+1": 1,
}  # fmt: skip
"""Such words; all values of the column must be among them, and both kinds there."""


@row_shape("unpaired_preference", "Answers marked good or bad")
def unpaired_preference(look: Look) -> Reading | None:
    """Claims rows with an answer in words and a column of true and false that marks it."""
    label = look.named("label")
    marks = [name for name in [look.named(*MARKS)] if name and look.share(name, _is_mark) > 0.95]
    votes = [name for name in VOTES if (column := look.named(name)) and _are_votes(look.values(column))]
    marks += [column for column in map(look.named, votes) if column]
    marks += [label] if label and look.share(label, _is_true_or_false) > 0.95 else []
    if not marks or (look.given and marks[0] in (look.given.label, look.given.output)) or not _answers(look, marks[0]):
        return None
    mark = marks[0]
    unmarked = Look([name for name in look.columns if name != mark], _without(look.rows, mark), look.given)
    inside = choose(unmarked)
    if inside.is_wrapped or not (inside.columns.output or inside.columns.messages):
        return None

    def example(values: dict[str, Any]) -> Example:
        (made,) = inside.examples({name: value for name, value in values.items() if name != mark})
        if isinstance(made, Unusable):
            raise made
        return marked_bad(made) if _is_bad(values.get(mark)) else made

    note = f"{mark!r} marks answers as good or bad: bad ones are no training targets, and are kept as rejected answers"
    return Reading(0.9, inside.columns, example, (note, *inside.notes))


def _without(rows: Any, mark: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != mark} for row in rows]


def marked_bad(made: Example) -> Example:
    """The example with its answer as the rejected one; the same where it has none."""
    meta = kept(made.meta)
    turns = turns_in(meta) or []
    last = last_answer(turns)
    if last is not None:
        asked, rejected = as_input(turns[:last]), turns[last:]
        meta |= {"messages": turns[:last], "rejected": rejected}
    else:
        asked, meta = made.input, meta | {"rejected": made.output}
    if not made.output.strip():
        return made
    return made._replace(input=asked, output="", meta=compact(meta), notes=made.notes | {BAD_ANSWER})


def _is_bad(value: Any) -> bool:
    return switch(value) == 0 or _word(value) == 0


def _word(value: Any) -> int | None:
    return WORDS.get(as_text(value).strip().lower().replace(" ", "_"))


def _are_votes(values: Any) -> bool:
    """Whether values are words that mark an answer, or 1 and -1, good ones and bad ones."""
    return set(map(_word, values)) == {0, 1}


def _is_mark(value: Any) -> bool:
    return switch(value) is not None


def _is_true_or_false(value: Any) -> bool:
    return isinstance(value, bool) or as_text(value).strip().lower() in ("true", "false")


def _answers(look: Look, mark: str) -> bool:
    """Whether there is an answer in words that the mark can be about."""
    others = Look([name for name in look.columns if name != mark], look.rows, look.given)
    if any(look.share(name, looks_like_turns) > 0.5 for name in others.columns):
        return chat_columns(others) is not None
    named = look.given.output if look.given else None
    output = named or first((*OUTPUT, *FOREIGN_OUTPUT), others.columns)
    return bool(output and plain(output) != plain(mark) and not is_closed(look.values(output)))
