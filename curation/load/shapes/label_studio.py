"""Label Studio's tasks (export "JSON"): the task's data become columns, each control its answer.

Cancelled annotations are passed over; a task of which all are is set aside. Where annotators disagree and most do not
say the same, the row has no label, and the annotations are kept with it.
"""

from collections.abc import Mapping
from typing import Any

from curation.load.guess import LABEL, OUTPUT, Look, is_label, plain
from curation.load.labels import agreed
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape
from curation.records import Columns

ANSWERS = ("choices", "text", "rating", "number", "datetime", "taxonomy", "selected")
"""Keys of a result's value that hold an answer about the whole task; all others mark a place in it."""


@row_shape("label_studio", "Label Studio tasks")
def label_studio(look: Look) -> Wrapped | None:
    """Claims rows with an object `data` and a list of annotations; refuses those that mark places in a text alone."""
    name = look.named("annotations", "completions")
    if not name or "data" not in look.columns or look.share("data", lambda value: isinstance(value, Mapping)) < 0.9:
        return None
    if not all(isinstance(row.get(name), list | None) for row in look.rows):
        return None
    controls: dict[str, list[Any]] = {}
    marks = set()
    for annotations in look.values(name):
        for annotation in _valid(annotations):
            for result in annotation.get("result", []):
                if (answer := _answer(result)) is None:
                    marks.add(str(result.get("type")))
                else:
                    controls.setdefault(str(result.get("from_name")), []).append(answer)
    if marks and not controls:
        raise Unusable(
            "not_text",
            f"these are Label Studio tasks whose annotations ({', '.join(sorted(marks))}) mark places in a text or "
            "picture: no class or answer a row, which is what is curated here",
        )
    columns = _columns(controls)
    others = [name for name in controls if name not in (columns.label, columns.output)]
    notes = [f"Label Studio: {columns.label or columns.output} is what was annotated"] if controls else []
    notes += [f"further annotations are kept with the rows: {', '.join(others)}"] if others else []
    return Wrapped(1.0, lambda values: _rows(values, name), tuple(notes), columns)


def _columns(controls: Mapping[str, list[Any]]) -> Columns:
    """The control that holds classes as the label, else one that holds texts as the output."""
    named = {plain(name): name for name in controls}
    flat = {name: [entry for answer in answers for entry in _listed(answer)] for name, answers in controls.items()}
    labels = [named[name] for name in LABEL if name in named] + [name for name in flat if is_label(flat[name])]
    texts = [named[name] for name in OUTPUT if name in named] + list(controls)
    if labels and (labels[0] not in texts[:1] or is_label(flat[labels[0]])):
        return Columns(label=labels[0])
    return Columns(output=texts[0]) if texts else Columns()


def _listed(answer: Any) -> list[Any]:
    return answer if isinstance(answer, list) else [answer]


def _valid(annotations: Any) -> list[Mapping[str, Any]]:
    return [
        annotation
        for annotation in (annotations if isinstance(annotations, list) else [])
        if isinstance(annotation, Mapping) and not (annotation.get("was_cancelled") or annotation.get("skipped"))
    ]


def _answer(result: Any) -> Any:
    value = result.get("value") if isinstance(result, Mapping) else None
    if not isinstance(value, Mapping) or "start" in value:
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
    truth = [annotation for annotation in valid if annotation.get("ground_truth")] or valid
    given: dict[str, list[Any]] = {}
    for annotation in truth:
        for result in annotation.get("result", []):
            if (answer := _answer(result)) is not None:
                given.setdefault(str(result.get("from_name")), []).append(answer)
    answers = {control: agreed(said) for control, said in given.items()}
    rest = {f"task_{key}" if key in data or key in answers else key: value for key, value in rest.items()}
    return [{**data, **answers, **{key: value for key, value in rest.items() if value not in ([], {}, None)}}]
