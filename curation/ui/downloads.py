"""Downloads too long to lie in memory: read from the store and sent page by page."""

import json
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from curation.errors import CurationError
from curation.project import Project
from curation.ui import identity, state

REJECTED = "/download/rejected"
PAGE = 200
"""Rows read at a time: of rows of a kilobyte a fifth of a megabyte."""
COLUMNS = ("name", "row", "offset", "reason", "message", "raw")


def rejected(request: Request) -> Response:
    """The rejected rows of a project as JSON lines, for whoever may see it."""
    folder = state.all_folders().get(request.query_params.get("project", ""))
    who = identity.named(request.headers.get(identity.PERSON_HEADER, "")) if identity.is_served() else None
    if folder is None:
        return PlainTextResponse("There is no such project.", 404)
    try:
        project = Project.open(folder, actor=who)
    except CurationError as refused:
        return PlainTextResponse(str(refused), 403)
    sent = {"content-disposition": 'attachment; filename="rejected.jsonl"', "cache-control": "no-store"}
    return StreamingResponse(lines(project), media_type="application/jsonl", headers=sent)


def lines(project: Project) -> Iterator[str]:
    """A line a rejected row, its row counted from 1 as people do; lets go of the project at the end."""
    with project:
        after = 0
        while page := project.examples.stored.rejected_page(after, PAGE, whole=True):
            for row in page:
                said = {name: getattr(row, name) for name in COLUMNS}
                yield json.dumps({**said, "row": row.row + 1}, ensure_ascii=False) + "\n"
            after = page[-1].seq
