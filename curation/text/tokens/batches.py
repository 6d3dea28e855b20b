"""Texts in batches of about so many characters."""

from collections.abc import Iterator, Sequence


def batches(texts: Sequence[str], most: int) -> Iterator[list[str]]:
    """The texts in order, in lists of at most so many characters together; a longer text is a list of its own."""
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and size + len(text) > most:
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch
