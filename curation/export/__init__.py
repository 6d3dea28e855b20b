"""Export: kept, removed and rejected rows -> a folder of files that says what it is."""

from curation.export.formats import export_format
from curation.export.manifest import Manifest, library_versions, read, verify
from curation.export.write import export

__all__ = ["Manifest", "export", "export_format", "library_versions", "read", "verify"]
