"""How long a writer waits for the others: it asks for its turn again, so that an overloaded computer slows but fails
nobody, and in the end reads that somebody keeps the project to himself."""

from curation.errors import StoreFailed

BUSY_SECONDS = 30
"""Seconds of the first wait; a decision takes some 5 thousandths, so this is thousands of writers. Of 20 who decided at
once on 2 cores with 25 processes at work some waited longer, 8 times in 40,000 (benchmarks/writers.py)."""
WAITS = (1, 2, 4)
"""Each wait, in such pieces: whoever asks a server again is last in the queue, and comes further by waiting longer."""
NO_TURN = (
    "Others have kept {place} to themselves for {seconds:.0f} seconds: the computer is overloaded, or a process that "
    "writes does not end. What was acknowledged before is stored, the last step is not. See what works there, then do "
    "it again."
)


def waits() -> list[float]:
    """The seconds of each wait for one turn."""
    return [BUSY_SECONDS * piece for piece in WAITS]


def gave_up(place: str) -> StoreFailed:
    """What a writer reads whose turn never came."""
    return StoreFailed(NO_TURN.format(place=place, seconds=sum(waits())))
