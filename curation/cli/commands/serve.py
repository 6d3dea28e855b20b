"""`curation serve`: the app for several people, who sign in."""

import argparse
import os
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

from curation.cli.commands import app
from curation.cli.flags import add_store, use_store
from curation.project import Project
from curation.project.place.serving import PREFIX, read_serving
from curation.project.place.stores import STORE_VARIABLE
from curation.records import Actor
from curation.records.progress import Progress


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Serve the app; returns when it is stopped. Raises UsageError where others could come in without signing in."""
    use_store(args)
    serving = read_serving(args.config, {"host": args.host, "port": args.port})
    os.environ[STORE_VARIABLE] = serving.store
    if not serving.sign_in:
        own = {"host": serving.host, "port": serving.port, "project": args.project, "store": None}
        app.run(argparse.Namespace(**own), progress)
    if args.project:
        Project.open(args.project, actor=Actor("curation serve", "admin")).close()
        os.environ["CURATION_PROJECT"] = str(args.project.resolve())
    os.environ |= {f"{PREFIX}{one.name.upper()}": str(getattr(serving, one.name)) for one in fields(serving)}
    public = urlsplit(serving.public).hostname or ""
    os.environ |= {
        "CURATION_SIGN_IN": serving.sign_in,
        # what Streamlit compares the page's own address with
        "STREAMLIT_SERVER_ALLOWED_HOSTS": ",".join((*app.USUAL_HOSTS, public)),
        "STREAMLIT_BROWSER_SERVER_ADDRESS": public,
    }
    app.become_server(serving.public)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings as TOML (docs/deploy.md)")
    parser.add_argument("--host", help="the address that is listened on; one that others reach needs sign-in")
    parser.add_argument("--port", type=int)
    parser.add_argument("--project", type=Path, metavar="DIR", help="a project to show first")
    add_store(parser)
