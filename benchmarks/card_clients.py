"""Hands at the review card without browsers: each speaks to the app as the card does, and paints nothing.

Twenty browsers on the machine of the server measure mostly themselves. One of these takes a hundredth of that, so that
what is left is what the server does. Used by `review_card.py`.
"""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

Way = Literal["alone", "page"]
"""How a card speaks to the server: by requests of its own, or by its page, as where those are refused."""
ACTIONS = (("accept", ""), ("reject", ""), ("label", "label number 1"), ("flag", ""))
AHEAD, LOW, ROUND = 24, 16, 8
"""As in `card.js`: rows held, rows below which more are asked for, decisions after which it asks how things stand."""
CARD = "review_card"
PATIENCE = 120.0
"""Seconds until a question without an answer ends the measurement."""


@dataclass
class Client:
    """One session: its live connection, what the card was given last, the rows it holds, its log."""

    live: Any
    http: httpx.AsyncClient
    number: int
    way: Way
    took: list[float] = field(default_factory=list)
    data: Mapping[str, Any] = field(default_factory=dict)
    rows: list[Mapping[str, Any]] = field(default_factory=list)
    widget: str = ""
    fragment: str = ""
    script: str = ""
    times: int = 0
    made: int = 0
    refused: int = 0
    log: list[dict[str, Any]] = field(default_factory=list)
    round: int = 0
    after: int = -1
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    is_asking: bool = False

    @property
    def name(self) -> str:
        return f"client-{self.number}-{id(self)}"

    async def listen(self) -> None:
        """Take what the page is told, until the connection is closed."""
        async for message in self.live:
            said = ForwardMsg.FromString(message)
            if said.WhichOneof("type") == "new_session":
                self.script = said.new_session.page_script_hash
            card = said.delta.new_element.bidi_component
            if said.WhichOneof("type") == "delta" and card.component_name.endswith(CARD):
                self.widget, self.fragment = card.id, said.delta.fragment_id
                self._take(json.loads(card.json))

    def _take(self, data: Mapping[str, Any]) -> None:
        self.data = data
        held = {row["id"] for row in self.rows}
        self.rows += [row for row in data["rows"] if row["id"] not in held and row["position"] > self.after]
        self.rows = [row for row in self.rows if row["id"] not in data["gone"]]
        if data["client"] == self.name:
            self.log = [one for one in self.log if one["number"] > data["stored"]]
            self.refused += len(data["refused"])
        self.heard.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until the page has said something after which this holds."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                self.heard.clear()
                await self.heard.wait()

    async def open(self, query: str) -> None:
        """The page, and its first rows."""
        asked = BackMsg()
        asked.rerun_script.query_string, asked.rerun_script.page_name = query, "review"
        await self.live.send(asked.SerializeToString())
        await self.until(lambda: bool(self.rows))

    async def ask(self) -> None:
        """What the card asks: for rows, with the log where that goes by the page."""
        if self.is_asking:
            return
        self.is_asking = True
        self.times += 1
        self.round = 0
        said = {
            "client": self.name, "project": self.data["project"], "times": self.times, "queue": self.data["queue"],
            "order": self.data["order"], "after": self.after, "have": [row["id"] for row in self.rows[:AHEAD]],
            "want": [], "raw": "", "draft": {}, "log": self.log if self.way == "page" else [],
        }  # fmt: skip
        if self.way == "alone":
            answer = await self.http.post(f"{self.data['address']}/rows", json={"ticket": self.data["ticket"], **said})
            self._take(answer.raise_for_status().json())
        else:
            await self._ask_page(said)
        self.is_asking = False

    async def _ask_page(self, said: Mapping[str, Any]) -> None:
        asked = BackMsg()
        asked.rerun_script.query_string = f"project={self.data['project']}&queue=all"
        asked.rerun_script.page_script_hash = self.script
        asked.rerun_script.fragment_id = self.fragment
        state = asked.rerun_script.widget_states.widgets.add()
        state.id, state.json_value = self.widget, json.dumps({"said": said})
        await self.live.send(asked.SerializeToString())
        await self.until(lambda: self.data["client"] == self.name and self.data["heard"] == self.times)

    async def decide(self) -> None:
        """Decide the next row, and wait until it is stored."""
        await self.until(lambda: bool(self.rows))
        row = self.rows.pop(0)
        action, value = ACTIONS[self.made % len(ACTIONS)]
        self.made, self.round, self.after = self.made + 1, self.round + 1, row["position"]
        number = self.made
        entry = {"number": number, "action": action, "example": row["id"], "value": value, "of": 0}
        self.log.append({**entry, "seen_version": row["version"]})
        began = time.monotonic()
        if self.way == "alone":
            await self._post()
        while any(one["number"] == number for one in self.log):
            await self.ask() if not self.is_asking else await self.until(lambda: not self.is_asking)
        self.took.append(1_000 * (time.monotonic() - began))

    async def _post(self) -> None:
        said = {"ticket": self.data["ticket"], "client": self.name, "queue": self.data["queue"], "after": self.after}
        answer = await self.http.post(f"{self.data['address']}/decisions", json={**said, "log": self.log})
        stored = answer.raise_for_status().json()
        self.refused += stored["refused"]
        self.log = [one for one in self.log if one["number"] > stored["stored"]]

    async def work(self, decisions: int) -> None:
        """So many decisions, one a second, whether or not the one before is stored."""
        await asyncio.sleep(random.random())  # each at a moment of its own within the second, as people do
        began, waiting = time.monotonic(), []
        for n in range(decisions):
            await asyncio.sleep(max(0.0, began + n - time.monotonic()))
            waiting.append(asyncio.create_task(self.decide()))
            if self.way == "alone" and (len(self.rows) < LOW or self.round >= ROUND):
                waiting.append(asyncio.create_task(self.ask()))
        await asyncio.gather(*waiting)


async def decided(
    url: str, project: str, sessions: int, decisions: int, way: Way, spent: Callable[[], float]
) -> tuple[Sequence[float], int, float]:
    """(milliseconds until each decision was stored, how many were refused, the server's CPU seconds by `spent`)."""
    async with contextlib.AsyncExitStack() as stack:
        clients = [await _opened(stack, url, project, n, way) for n in range(sessions)]
        before = spent()
        await asyncio.gather(*(client.work(decisions) for client in clients))
        return [ms for each in clients for ms in each.took], sum(each.refused for each in clients), spent() - before


async def _opened(stack: contextlib.AsyncExitStack, url: str, project: str, number: int, way: Way) -> Client:
    cookie = {"cookie": f"curation-reviewer=Reviewer%20{number}"}
    http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, headers={**cookie, "origin": url}))
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    connecting = websockets.connect(address, origin=websockets.Origin(url), additional_headers=cookie, max_size=None)
    live = await stack.enter_async_context(connecting)
    client = Client(live, http, number, way)
    stack.callback(asyncio.create_task(client.listen()).cancel)
    await client.open(f"project={project}&queue=all")
    return client
