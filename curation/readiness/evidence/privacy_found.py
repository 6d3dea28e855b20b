"""Personal data and keys in the rows, and what was declared about them: said in the verdict, held against exports."""

from collections.abc import Mapping
from typing import Any

from curation.errors import NotChecked
from curation.readiness.evidence import SHOWN_ROWS, Figure, Known, evidence, follows, rated
from curation.readiness.study import Study
from curation.records import Evidence, Status
from curation.records.context import Context
from curation.records.progress import Progress
from curation.sampling.intervals import wilson
from curation.wording import counted, percent

CHECKS: Mapping[str, str] = {"pii": "personal data", "secrets": "keys"}
"""The checks that look for it, and what each finds."""


@evidence("privacy_found", "Personal data and keys")
def privacy_found(study: Study, progress: Progress) -> Evidence:
    """The share of rows in which personal data or keys were found; fails where nobody said that they may stay.

    It stops no gate of the verdict; an export of such rows does not pass `curation gate` unless they are masked or left
    out. `detail`: pii, secrets (rows each), rows, not_checked, and what was declared: handled, consent, licence.
    """
    done = [check for check in CHECKS if study.run(check).status == "done"]
    if not done:
        raise NotChecked("neither the check for personal data nor that for keys has run")
    ids = set(study.rows.ids)
    found = {check: [id for id in study.flagged(check) if id in ids] for check in done}
    behind = list(dict.fromkeys(id for check in reversed(done) for id in found[check]))
    made = {
        **{check: len(found.get(check, ())) for check in CHECKS},
        "rows": len(behind), "of": len(study.rows), "not_checked": [check for check in CHECKS if check not in done],
    }  # fmt: skip
    told = _rated(Known({}, study.facts.context, study.policy), made, behind[:SHOWN_ROWS])
    study.behind["privacy_found"] = tuple(behind)
    return told


@follows("privacy_found")
def again(known: Known) -> Evidence:
    """The same rows under other declarations."""
    made = known.found["privacy_found"]
    return made if made.value is None else _rated(known, made.detail, made.rows)


def _rated(known: Known, made: Mapping[str, Any], rows: tuple[str, ...] | list[str]) -> Evidence:
    data = known.context.data
    n, share = int(made["rows"]), wilson(int(made["rows"]), int(made["of"]))
    open_ = n > 0 and (data.personal_data_handled is not True or data.consent is False)
    status: Status = "fail" if open_ else "ok"
    detail = {
        **made, "handled": data.personal_data_handled, "consent": data.consent, "licence": data.licence,
    }  # fmt: skip
    message = _found(made, share[0]) + _declared(known.context, n)
    fix = "Export these rows masked or leave them out, or look at them and declare that they may stay."
    return rated(known, "privacy_found", Figure(share, message, status=status, fix=fix, rows=rows, detail=detail))


def _found(made: Mapping[str, Any], share: float) -> str:
    absent = [CHECKS[check] for check in made["not_checked"]]
    left = f" Not checked: {', '.join(absent)}." if absent else ""
    if not made["rows"]:
        return f"No personal data or keys were found.{left}"
    kinds = [words for check, words in CHECKS.items() if made[check]]
    rows = counted(int(made["rows"]), "row holds", "rows hold")
    return f"{rows} {' or '.join(kinds)} ({percent(share)}).{left}"


def _declared(context: Context, rows: int) -> str:
    """What was declared of the data, as far as it matters for rows with personal data."""
    data, said = context.data, []
    if data.consent is False:
        said.append("the people in the data did not agree to this use")
    if data.personal_data_handled:
        said.append("you declared that they were looked at and may stay")
    elif rows:
        said.append("nobody has declared that they may stay")
    if rows and not data.licence:
        said.append("no licence of the data is given")
    text = "; ".join(said)
    return f" {text[0].upper()}{text[1:]}." if text and (rows or data.consent is False) else ""
