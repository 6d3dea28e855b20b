"""A process that lets a model read a project and may be killed at any moment: `python killed_run.py FOLDER URL`."""

import sys
from pathlib import Path

from curation.project import Project
from curation.records import ReviewRun, ReviewSettings

if __name__ == "__main__":
    with Project.open(Path(sys.argv[1])) as project:
        project.model_review.read(ReviewRun(sys.argv[2], "m", ReviewSettings(rows=None, workers=3)))
