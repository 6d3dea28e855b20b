"""A process that measures a project and may be killed at any moment: `python killed_run.py FOLDER URL`."""

import sys
from pathlib import Path

from curation.project import Project
from curation.records import EndpointRun, MeasureSettings

if __name__ == "__main__":
    project = Project.open(Path(sys.argv[1]))
    project.measuring.measure(
        EndpointRun(sys.argv[2], "m", MeasureSettings(arms=("zero_shot", "few_shot"), rows=20, every_row=True))
    )
    project.close()
