"""Who approved an export for training, and whether that approval still holds."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from curation.errors import GateNotPassed, UsageError
from curation.export import manifest as manifests
from curation.export.manifest import APPROVAL, Manifest, record_digest, verify
from curation.files import replace_file
from curation.records import TRAINABLE, Approval, Purpose
from curation.wording import counted

PURPOSES: Mapping[Purpose, tuple[str, ...]] = {"llm": TRAINABLE, "classifier": ("classifier",)}
"""What an export is to train, and the outcomes that allow it."""


def approve(folder: Path, name: str, waivers: Mapping[str, str], at: str, purpose: Purpose = "llm") -> Approval:
    """The approval of the export in `folder` for this purpose, written beside its manifest; an earlier one is replaced.

    `waivers` are reasons by outcome. Raises UsageError without a name, without a reason, or where a waiver names
    another outcome than the verdict's; GateNotPassed where files have changed, the verdict needs a waiver, or rows with
    personal data stand in it that nobody has declared may stay.
    """
    if not name.strip():
        raise UsageError("An approval needs the name of the person who approves.")
    manifest = manifests.read(folder)
    outcome = manifest.outcome
    _check_waivers(outcome, waivers, purpose)
    _refuse(folder, [*changes(folder), *_exposed(manifest), *_forbidding(outcome, waivers, purpose)])
    approval = Approval(
        name.strip(), at, manifests.digest(folder), outcome, dict(waivers), record_digest(folder), purpose=purpose
    )
    replace_file(folder / APPROVAL, lambda path: path.write_bytes(_json(approval)))
    return approval


def _json(approval: Approval) -> bytes:
    """The approval as indented JSON with sorted keys, ended by a newline."""
    return orjson.dumps(asdict(approval), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def read_approval(folder: Path) -> Approval | None:
    """The approval of an export, None where nobody approved it; raises GateNotPassed where it cannot be read."""
    try:
        values: Any = orjson.loads((folder / APPROVAL).read_bytes())
        approval = Approval(**values)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        raise GateNotPassed(f"{folder / APPROVAL} cannot be read. Look at the export and approve it again.") from None
    texts = (approval.name, approval.at, approval.manifest, approval.outcome, approval.record)
    if (
        approval.kind != Approval.kind
        or not all(isinstance(text, str) for text in texts)
        or not _are_reasons(approval.waivers)
    ):
        raise GateNotPassed(f"{folder / APPROVAL} is no approval. Look at the export and approve it again.")
    return approval


def gate(folder: Path, purpose: Purpose = "llm") -> Approval:
    """The approval under which the export in `folder` may be used to train a language model, or a classifier.

    Raises GateNotPassed where there is no approval, a file has changed, the verdict allows no training and nobody
    waived it, or personal data stands in it that nobody has declared may stay; UsageError where there is no export.
    """
    manifest = manifests.read(folder)
    approval = read_approval(folder)
    if approval is None:
        raise GateNotPassed(
            f'{folder}: nobody approved this export. Approve it: curation gate {folder} --approve "NAME".'
        )
    _refuse(folder, problems(folder, manifest, approval, purpose))
    return approval


def problems(folder: Path, manifest: Manifest, approval: Approval, purpose: Purpose | None = None) -> list[str]:
    """Why an approval does not hold (any more) for this purpose, left out its own, one sentence each; empty where it
    does."""
    found = changes(folder)
    if approval.manifest != manifests.digest(folder):
        found.insert(0, f"the export was written again after {approval.name} approved it; approve it again")
    elif approval.record not in ("", record_digest(folder)):
        found.append(f"its record was written again after {approval.name} approved it; approve it again")
    return [*found, *_exposed(manifest), *_forbidding(manifest.outcome, approval.waivers, purpose or approval.purpose)]


def changes(folder: Path) -> list[str]:
    """Which files of an export are not as they were written, one sentence each."""
    return [f"{problem.removesuffix('.')}; export and approve again" for problem in verify(folder)]


def _exposed(manifest: Manifest) -> list[str]:
    """That rows with personal data or keys, of which nobody said that they may stay, stand in it as they are."""
    rows = int(manifest.personal.get("rows", 0))
    if manifest.verdict.get("privacy") != "fail" or not rows or manifest.personal.get("treatment") != "keep":
        return []
    return [
        f"{counted(rows, 'row holds', 'rows hold')} personal data or keys as they are, and nobody has "
        "declared that they may stay; export again with them masked or left out, or declare it "
        "(data.personal_data_handled)"
    ]


def _forbidding(outcome: str, waivers: Mapping[str, str], purpose: Purpose) -> list[str]:
    if outcome in PURPOSES[purpose] or (outcome and waivers.get(outcome, "").strip()):
        return []
    if not outcome:
        return ["it carries no verdict; run the checks and export again"]
    other = next((name for name, outcomes in PURPOSES.items() if outcome in outcomes), None)
    what = "training" if other is None else f"training a {'language model' if purpose == 'llm' else 'classifier'}"
    instead = f"to train what it does allow, --for {other}; " if other else ""
    return [
        f"its verdict is {outcome}, which does not allow {what}; {instead}"
        f'to train all the same, --waive {outcome}="WHY"'
    ]


def _check_waivers(outcome: str, waivers: Mapping[str, str], purpose: Purpose) -> None:
    is_allowed = outcome in PURPOSES[purpose]
    for named, reason in waivers.items():
        if named != outcome or is_allowed:
            needs = "needs no waiver" if is_allowed else f"is {outcome or 'missing'}"
            hint = "Leave it out." if is_allowed or not outcome else f'To train all the same, say {outcome}="WHY".'
            raise UsageError(f"The waiver names {named!r}, but the verdict of this export {needs}. {hint}")
        if not reason.strip():
            raise UsageError(f"The waiver of {named!r} gives no reason. Say why training is right anyway.")


def _refuse(folder: Path, found: list[str]) -> None:
    if found:
        more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
        raise GateNotPassed(f"{folder}: {found[0]}.{more}")


def _are_reasons(waivers: Any) -> bool:
    return isinstance(waivers, dict) and all(isinstance(reason, str) for reason in waivers.values())
