"""File formats: bytes -> rows. One file a format, found by the registry."""

from collections.abc import Callable

from curation.load.rows import Claim, Source, Unusable
from curation.registry import Registry

Format = Callable[[Source], Claim | None]
"""`function(source) -> Claim` with how surely the content is of this format, or None; must look at the head only."""

file_format: Registry[Format] = Registry(__name__, "file_format", passes=(Unusable,))
