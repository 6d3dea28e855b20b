"""Label Studio's tasks (export "JSON"): the task's data become columns, each control its answer.

Cancelled annotations are passed over; a task of which all are is set aside. Where annotators disagree and most do not
say the same, the row has no label, and the annotations are kept with it. Of two answers compared the better one is the
output, the other one is kept as rejected.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from curation.load.chat import looks_like_turns
from curation.load.guess import LABEL, OUTPUT, Look, first, is_label
from curation.load.labels import agreed
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape
from curation.records import Columns

CLASSES = ("choices", "taxonomy")
"""Keys of a result's value that hold classes of the whole task."""
TEXTS = ("text",)
"""Those that hold a text that was written."""
ANSWERS = (*CLASSES, *TEXTS, "rating", "number", "datetime", "selected")
"""All that hold an answer about the whole task."""
PLACES = frozenset({"start", "end", "x", "y", "points", "rle", "vertices", "sequence"})
"""Keys of a value that mark a place in the task: what else it says is about that place."""


@row_shape("label_studio", "Label Studio tasks")
def label_studio(look: Look) -> Wrapped | None:
    """Claims rows with an object `data` and a list of annotations; refuses those that mark places in a text alone."""
    name = look.named("annotations", "completions")
    if not name or "data" not in look.columns or look.share("data", lambda value: isinstance(value, Mapping)) < 0.9:
        return None
    if not all(isinstance(row.get(name), list | None) for row in look.rows):
        return None
    controls: dict[str, list[Any]] = {}
    kinds: dict[str, str] = {}
    marks, compared = set(), ""
    for result in _results(look.values(name)):
        if (answer := _answer(result)) is None:
            marks.add(str(result.get("type")))
            continue
        control = str(result.get("from_name"))
        controls.setdefault(control, []).append(answer)
        kinds[control] = next(key for key in ANSWERS if key in result["value"])
        if kinds[control] == "selected" and len(_sides(result)) == 2:
            compared = control
    if marks and not controls:
        raise Unusable(
            "not_text",
            f"these are Label Studio tasks whose annotations ({', '.join(sorted(marks))}) mark places in a text or "
            "picture: no class or answer a row, which is what is curated here",
        )
    if compared and not set(kinds.values()) & {*CLASSES, *TEXTS}:
        note = f"Label Studio: {compared} says which of two answers is better; the other one is kept as rejected"
        return Wrapped(1.0, lambda values: _compared(values, name, compared), (note,))
    columns = _columns(controls, kinds, _data(look), len(look.rows))
    others = [name for name in controls if name not in (columns.label, columns.output)]
    notes = [f"Label Studio: {columns.label or columns.output} is what was annotated"] if controls else []
    notes += [f"further annotations are kept with the rows: {', '.join(others)}"] if others else []
    return Wrapped(1.0, lambda values: _rows(values, name), tuple(notes), columns)


def _columns(
    controls: Mapping[str, list[Any]], kinds: Mapping[str, str], data: Mapping[str, list[Any]], rows: int
) -> Columns:
    """The control that holds classes as the label, one that holds texts as the output: both where the text's name says
    that it is an answer. A rating is the label only where the tasks have no answer that it can be about."""
    classes = [name for name in controls if kinds[name] in CLASSES]
    texts = [name for name in controls if kinds[name] in TEXTS]
    written = first(OUTPUT, texts)
    flat = {name: [entry for answer in controls[name] for entry in _listed(answer)] for name in texts}
    if not classes and not written:
        classes = [name for name in texts if first(LABEL, [name]) or is_label(flat[name])]
    label = first(LABEL, classes) or next(iter(classes), None)
    output = written or (None if label else next(iter(texts), None))
    if not label and not output:
        return Columns() if first(OUTPUT, list(data)) else Columns(label=next(iter(controls), None))
    chats = [key for key, values in data.items() if sum(map(looks_like_turns, values)) > rows / 2]
    return Columns(label=label, output=output, messages=chats[0] if chats and output else None)


def _data(look: Look) -> dict[str, list[Any]]:
    """The values of each key of the tasks' data."""
    found: dict[str, list[Any]] = {}
    for data in look.values("data"):
        for key, value in data.items() if isinstance(data, Mapping) else ():
            found.setdefault(key, []).append(value)
    return found


def _listed(answer: Any) -> list[Any]:
    return answer if isinstance(answer, list) else [answer]


def _valid(annotations: Any) -> list[Mapping[str, Any]]:
    return [
        annotation
        for annotation in (annotations if isinstance(annotations, list) else [])
        if isinstance(annotation, Mapping) and not (annotation.get("was_cancelled") or annotation.get("skipped"))
    ]


def _results(lists: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    """What was said in all annotations that count."""
    for annotations in lists:
        for annotation in _valid(annotations):
            yield from (result for result in annotation.get("result") or [] if isinstance(result, Mapping))


def _sides(result: Mapping[str, Any]) -> list[str]:
    """The names of the two things that were compared."""
    named = result.get("to_name")
    return [side.strip() for side in named.split(",")] if isinstance(named, str) else []


def _answer(result: Any) -> Any:
    value = result.get("value") if isinstance(result, Mapping) else None
    if not isinstance(value, Mapping) or PLACES & value.keys():
        return None
    answer = next((value[key] for key in ANSWERS if key in value), None)
    if isinstance(answer, list) and all(isinstance(path, list) for path in answer):
        answer = [" > ".join(map(str, path)) for path in answer]  # a taxonomy's paths
    return answer[0] if isinstance(answer, list) and len(answer) == 1 else answer


def _rows(values: dict[str, Any], name: str) -> list[dict[str, Any] | Unusable]:
    rest = dict(values)
    data, annotations = rest.pop("data", None), rest.get(name)
    if not isinstance(data, Mapping):
        return [Unusable("not_text", "the task has no data")]
    valid = _valid(annotations)
    if annotations and not valid:
        return [Unusable("set_aside", "every annotation of the task was cancelled")]
    given: dict[str, list[Any]] = {}
    for result in _results([_truth(valid)]):
        if (answer := _answer(result)) is not None:
            given.setdefault(str(result.get("from_name")), []).append(answer)
    answers = {control: agreed(said) for control, said in given.items()}
    rest = {f"task_{key}" if key in data or key in answers else key: value for key, value in rest.items()}
    return [{**data, **answers, **{key: value for key, value in rest.items() if value not in ([], {}, None)}}]


def _truth(valid: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The annotations that say what is right; all where none does."""
    return [annotation for annotation in valid if annotation.get("ground_truth")] or list(valid)


def _compared(values: dict[str, Any], name: str, control: str) -> list[dict[str, Any] | Unusable]:
    """A task in which the better of two answers was chosen: they are the task's own data, under the names compared."""
    (row,) = _rows(values, name)
    if isinstance(row, Unusable):
        return [row]
    asked = (result for result in _results([values.get(name)]) if str(result.get("from_name")) == control)
    sides = next(map(_sides, asked), [])
    better = {"left": 0, "right": 1}.get(str(row.pop(control, "")))
    if better is None or not {*sides} <= row.keys():
        return [Unusable("no_output", f"{control!r} says that neither answer is better")]
    pair = [row.pop(side) for side in sides]
    return [{**row, "chosen": pair[better], "rejected": pair[1 - better]}]
