"""Where things are on disk: the app's files, the sample data, people's projects."""

import os
from pathlib import Path

from platformdirs import user_data_path


def app_folder() -> Path:
    """The folder with app.py, .streamlit/ and sample_data/: the checkout's, or the copy inside an installed package."""
    package = Path(__file__).resolve().parent
    installed = package / "_app"
    return installed if (installed / "app.py").exists() else package.parent


def projects_folder() -> Path:
    """Where the app keeps its projects: $CURATION_HOME, else the user's data folder."""
    home = os.environ.get("CURATION_HOME")
    return (Path(home) if home else user_data_path("curation")) / "projects"
