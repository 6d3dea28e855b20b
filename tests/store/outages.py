"""A server that crashes while somebody works on it, at calls drawn by chance, and is there again after or at once.

`python outages.py FOLDER TIMES KIND...` prints as JSON, by kind, how often it crashed, how the acts ended ("none", "part"
or "all" of it stored) and what people read. What must be true afterwards is what is after a kill: see kills.py. Run by test_outages.py with
few; `python tests/store/outages.py FOLDER 20 making import decision bulk carried job migration restore` takes some minutes.
"""

import json
import os
import sys
from collections import Counter
from pathlib import Path

from curation.project.place.stores import STORE_VARIABLE
from tests.server import running
from tests.store.kills import KINDS, kill_often, small_parts


def main(folder: Path, times: int, kinds: list[str]) -> None:
    with running() as server:
        os.environ[STORE_VARIABLE] = server.address
        small_parts()

        def crash(number: int) -> None:
            server.stop()
            if number % 4 in (3, 0):  # of those early in the act and of those late in it every other
                server.start()

        def is_back() -> None:
            if not server.is_running():
                server.start()

        ends = {}
        for name in kinds:
            (folder / name).mkdir()
            tally = kill_often(KINDS[name], folder / name, times, crash, is_back)
            read = Counter(sentence.replace(str(server.folder), "HOST") for sentence in tally.refused)
            ends[name] = {"crashed": tally.died, "ends": tally.ends, "read": read}
        print(json.dumps(ends))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
