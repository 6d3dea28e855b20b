"""The person's own texts, cut into passages for prompts to show."""

from pathlib import Path

from curation.errors import UsageError
from curation.masking import private
from curation.measure.lookup import passages, pieces

KNOWLEDGE_BYTES = 20 << 20
"""A book is 1 MB; more belongs in a search engine of its own, measured through --import."""


def read_knowledge(path: Path | None, send_private: bool) -> tuple[list[str], int]:
    """(passages of a text file, paragraphs left out of them for personal data or keys)."""
    if path is None:
        return [], 0
    try:
        data = path.read_bytes() if path.stat().st_size <= KNOWLEDGE_BYTES else None
        text = None if data is None else data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"Cannot read the knowledge texts in {path.name}: {error.strerror}. Check the path.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path.name} is not UTF-8 text. Save the knowledge texts as UTF-8.") from None
    if text is None:
        raise UsageError(f"{path.name} is larger than {KNOWLEDGE_BYTES >> 20} MB. Give the texts that matter.")
    found = pieces(text)
    kept = found if send_private else [piece for piece in found if not private(piece)]
    return passages(kept), len(found) - len(kept)
