"""How much one session may upload: Streamlit keeps every upload in memory until its session ends."""

import os
from collections import OrderedDict

QUOTA_VARIABLE = "CURATION_UPLOAD_MB"
USUAL_MB = 1_000
"""Five of the largest files there may be."""
SESSIONS = 10_000
"""Sessions whose uploads are counted, the newest: a few megabytes."""
PATH = "/_stcore/upload_file/"
FULL = "This browser tab has uploaded as much as it may. Take files out of the box, or open the page anew."


class Quota:
    """Counts what each session has uploaded and not taken back."""

    def __init__(self) -> None:
        self.most = int(os.environ.get(QUOTA_VARIABLE) or USUAL_MB) * 1_000_000
        self._sizes: OrderedDict[str, dict[str, int]] = OrderedDict()

    def takes(self, method: str, path: str, length: str | None) -> bool:
        """Whether a request may go on; an upload that does not say how long it is may not."""
        session, _, file = path.removeprefix(PATH).partition("/")
        if not path.startswith(PATH) or method not in ("PUT", "POST", "DELETE"):
            return True
        sizes = self._sizes.setdefault(session, {})
        self._sizes.move_to_end(session)
        if len(self._sizes) > SESSIONS:
            self._sizes.popitem(last=False)
        if method == "DELETE":
            sizes.pop(file, None)
            return True
        if length is None or not length.isdigit() or sum(sizes.values()) - sizes.get(file, 0) + int(length) > self.most:
            return False
        sizes[file] = int(length)
        return True
