"""What the tests of pages share."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner

from curation.project import Project

SAMPLE = Path(__file__).parents[2] / "sample_data" / "support_tickets.csv"


@pytest.fixture(scope="session", autouse=True)
def one_scan() -> Iterator[None]:
    """Streamlit looks through all installed packages for components once, and not with every page a test opens: a
    third of a second each time, and no package comes or goes while tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session")
def checked_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample checked, as the project Tickets, and an empty project, for tests to copy."""
    home = tmp_path_factory.mktemp("pages")
    with Project.open(home / "projects" / "Tickets", create=True) as project:
        project.examples.load(SAMPLE)
        project.verdict.analyse()
    Project.open(home / "projects" / "Empty", create=True).close()
    return home
