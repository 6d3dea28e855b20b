"""What arms answered on the rows held out, kept until somebody has called it right or wrong."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from curation.measure.plan import Origin
from curation.project.place import Place, now
from curation.store import database, results

KIND: Literal["outputs"] = "outputs"
"""What they are stored as among the results, and the kind of round in which people mark them."""


@dataclass(frozen=True)
class Outputs:
    """The `texts` of an arm by row id; `marks` say which of them the model `judge` calls right, and people mark some in
    the round of number `round` (0 before there is one)."""

    origin: Origin
    texts: Mapping[str, str]
    judge: str = ""
    marks: Mapping[str, bool] = field(default_factory=dict)
    round: int = 0


def kept(place: Place) -> dict[str, Outputs]:
    """The outputs by arm; none before an arm was asked with the metric `judged`."""
    with database.read(place.engine) as connection:
        body: Mapping[str, Any] = results.read_result(connection, KIND) or {}
    return {arm: Outputs(**{**stored, "origin": Origin(**stored["origin"])}) for arm, stored in body.items()}


def keep(place: Place, arms: Mapping[str, Outputs]) -> None:
    """Store these in place of what was kept of the same arms."""
    body = {arm: asdict(outputs) for arm, outputs in {**kept(place), **arms}.items()}
    with database.write(place.engine) as connection:
        results.save_result(connection, KIND, body, now())
