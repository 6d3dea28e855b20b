"""`python -m curation.ui.server`: what `curation app` and `curation serve` start."""

from curation.ui.server import main

main()
