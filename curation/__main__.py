"""`python -m curation`: the command line."""

import sys

from curation.cli.main import main

sys.exit(main())
