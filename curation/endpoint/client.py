"""An OpenAI-compatible endpoint: one question out, one reply in, and nothing it does can hang or crash the run.

httpx and anyio are imported where an endpoint is used: whoever has none does not wait for them.

No redirects, no proxies from the environment, TLS verified, one time limit for the whole call, 1 MiB of reply. The
caller reads the key from the environment; it is sent as a header and kept nowhere else.
"""

import asyncio
import json
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from curation.endpoint.hosts import REFUSED, ForbiddenAddress, check_connection, check_host, is_hosted, without_key
from curation.endpoint.prompt import Prompt
from curation.errors import UsageError

if TYPE_CHECKING:
    import httpx

REPLY_BYTES = 1 << 20
FORMAT = "response_format"
VECTOR_BYTES = 16 << 20
"""Of a reply with vectors: 32 of 8,192 numbers in full."""
DIMENSIONS = 8_192
"""Numbers of a vector at most: more than any model in use gives."""
SHOWN_ERROR = 200
"""Characters of an endpoint's own error message that are kept."""


@dataclass(frozen=True)
class Address:
    """Where questions go: the whole URL, and the host alone."""

    url: str
    host: str
    completions: bool


@dataclass(frozen=True)
class Reply:
    """What came back: the text, the counts as the endpoint gave them, and whether the text was cut at the limit."""

    text: str
    prompt_tokens: object
    output_tokens: object
    cut_off: bool
    latency_ms: float


@dataclass(frozen=True)
class Embedded:
    """The vectors of some texts, shape (n, d), and how many tokens they were, as the endpoint says it."""

    vectors: npt.NDArray[np.float32]
    tokens: object


class CallFailed(Exception):
    """One attempt without a usable reply; the message is for a person.

    `again` says whether trying later can help, `wait` for how many seconds the endpoint asks, `billed` whether it may
    have cost something, `final` whether every other question would fare the same.
    """

    def __init__(
        self, reason: str, *, again: bool = False, wait: float | None = None, billed: bool = True, final: bool = False
    ) -> None:
        super().__init__(reason)
        self.again, self.wait, self.billed, self.final = again, wait, billed, final


def address(url: str, completions: bool = False, has_key: bool = False) -> Address:
    """The address of an endpoint named as http://host:port, .../v1 or in full.

    Raises UsageError: not an http(s) URL, a user name, key or query inside it, a key that would travel unencrypted, or
    an address that `check_host` refuses.
    """
    import httpx

    try:
        parsed = httpx.URL(url.strip())
        host = parsed.host
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(
            f"The endpoint is not a web address: {error}. Write it like http://127.0.0.1:8080/v1."
        ) from None
    if parsed.scheme not in ("http", "https") or not host:
        raise UsageError("The endpoint must begin with http:// or https://, like http://127.0.0.1:8080/v1.")
    if parsed.userinfo or parsed.query or parsed.fragment:
        raise UsageError(
            "The endpoint's address may hold no name, key or question mark: put the key in CURATION_API_KEY."
        )
    if parsed.scheme == "http" and has_key and is_hosted(host):
        raise UsageError(f"Your key would go to {host} unencrypted: use https, or unset CURATION_API_KEY.")
    check_host(host, is_open=parsed.scheme == "http")
    path = parsed.path.rstrip("/")
    if path.endswith("/completions"):
        completions = not path.endswith("/chat/completions")
    else:
        path = (path or "/v1") + ("/completions" if completions else "/chat/completions")
    return Address(str(parsed.copy_with(path=path)), host, completions)


def embeddings_address(url: str, has_key: bool = False) -> Address:
    """The address at which an endpoint makes vectors, named as for `address`, or in full. Raises UsageError as that."""
    chat = address(url.strip().rstrip("/").removesuffix("/embeddings"), has_key=has_key)
    return replace(chat, url=f"{chat.url.removesuffix('/chat/completions')}/embeddings")


class Endpoint:
    """Open connections to one address; use as a context manager."""

    def __init__(self, where: Address, model: str, key: str, timeout: float) -> None:
        import httpx
        from anyio.from_thread import start_blocking_portal

        self.address, self.model, self._timeout = where, model, timeout
        self._key = key
        headers = {"Accept-Encoding": "identity", "Accept": "application/json"}
        if any(not "!" <= character <= "~" for character in key):
            raise UsageError("The key in the environment holds characters no key has. Set it again.")
        headers |= {"Authorization": f"Bearer {key}"} if key else {}
        self.refused: set[str] = set()
        # a thread with an event loop of its own: whoever calls may have one running already (a notebook, a test)
        self._loop = start_blocking_portal("asyncio")
        # read before and after the block by the event loop below; no environment, so no proxy and no .netrc
        self._client = httpx.AsyncClient(
            headers=headers, timeout=timeout, follow_redirects=False, trust_env=False, verify=_certificates()
        )

    def __repr__(self) -> str:
        return f"Endpoint({self.address.url!r}, {self.model!r})"

    def __enter__(self) -> "Endpoint":
        self._portal = self._loop.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(Exception):
            self._portal.call(self._client.aclose)
        self._loop.__exit__(kind, error, trace)

    def ask(self, prompt: Prompt) -> Reply:
        """The reply to one question. Raises CallFailed, never anything else an endpoint could provoke."""
        return self._portal.call(self._ask, prompt)

    def embed(self, texts: Sequence[str]) -> Embedded:
        """The vectors of these texts, one a text in their order. Raises CallFailed as `ask`."""
        return self._portal.call(self._embed, texts)

    async def _ask(self, prompt: Prompt) -> Reply:
        start = time.monotonic()
        body = await self._sent(self._body(prompt), REPLY_BYTES)
        reply = parsed_reply(body, self.address.completions, 1000 * (time.monotonic() - start))
        return replace(reply, text=without_key(reply.text, self._key))

    async def _embed(self, texts: Sequence[str]) -> Embedded:
        body = await self._sent({"model": self.model, "input": list(texts)}, VECTOR_BYTES)
        return parsed_vectors(body, len(texts))

    async def _sent(self, question: Mapping[str, Any], most: int) -> bytes:
        """The body of the reply to this. Raises CallFailed on any other status than 200."""
        import httpx

        try:
            # one limit around everything: a server that sends a byte now and then would pass every smaller one
            async with asyncio.timeout(self._timeout):
                traced = {"trace": check_connection}
                asked = self._client.stream("POST", self.address.url, json=question, extensions=traced)
                async with asked as response:
                    body = await _read(response, most)
        except (TimeoutError, httpx.TimeoutException):
            raise CallFailed(f"no answer within {self._timeout:g} s", again=True) from None
        except ForbiddenAddress:
            raise CallFailed(REFUSED.format(host=self.address.host), billed=False, final=True) from None
        except httpx.ConnectError:
            reason = f"{self.address.host} cannot be reached, or its certificate is not valid"
            raise CallFailed(reason, again=True, billed=False) from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise CallFailed(f"the connection broke ({type(error).__name__})", again=True) from None
        except UnicodeError:
            raise CallFailed("the row holds characters that cannot be sent", billed=False) from None
        if response.status_code != 200:
            raise self._refused(response, body, question)
        return body

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        body = prompt.body(self.model)
        kept = {name: value for name, value in body.items() if name not in self.refused}
        return kept | ({"max_completion_tokens": prompt.reply_tokens} if "max_tokens" in self.refused else {})

    def _refused(self, response: "httpx.Response", body: bytes, sent: Mapping[str, Any]) -> CallFailed:
        status = response.status_code
        if status in (401, 403):
            return CallFailed(f"the endpoint refused the key ({status})", billed=False, final=True)
        if 300 <= status < 400:
            reason = f"the endpoint points to another address ({status}); redirects are not followed, name that one"
            return CallFailed(reason, billed=False, final=True)
        if status == 429 or status >= 500:
            wait = retry_after(response.headers.get("retry-after", ""), datetime.now(UTC))
            reason = "the endpoint asks for fewer calls (429)" if status == 429 else f"the endpoint failed ({status})"
            return CallFailed(reason, again=True, wait=wait, billed=status != 429)
        parameter = refused_parameter(body)
        if status in (400, 422) and parameter in sent:
            self.refused.add(parameter)
            return CallFailed(f"the endpoint does not take {parameter}", again=True, wait=0.0, billed=False)
        said = error_text(body, self._key)
        reason = f"the endpoint refused the question ({status})" + (f": {said}" if said else "")
        return CallFailed(reason, billed=False, final=status in (404, 405))


@cache
def _certificates() -> ssl.SSLContext:
    import httpx

    # Mozilla's list as certifi carries it; read once, which takes longer than a call to this machine
    return httpx.create_ssl_context(verify=True, trust_env=False)


async def _read(response: "httpx.Response", most: int) -> bytes:
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise CallFailed("the reply is compressed, which was not asked for")
    body = b""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > most:
            raise CallFailed(f"the reply is longer than {most // (1 << 20)} MiB")
    return body


def parsed_reply(body: bytes, completions: bool, latency_ms: float) -> Reply:
    """The reply in a response's body. Raises CallFailed for what is not JSON of the expected form."""
    whole = _json(body)
    if whole is None:
        raise CallFailed("the reply is not JSON")
    choices = whole.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(first, Mapping):
        raise CallFailed("the reply holds no choices, so it is not the OpenAI form")
    message = first if completions else first.get("message")
    text = message.get("text" if completions else "content", 0) if isinstance(message, Mapping) else 0
    if text is not None and not isinstance(text, str):
        raise CallFailed("the reply holds no text where the OpenAI form has it")
    said = whole.get("usage")
    used = said if isinstance(said, Mapping) else {}
    cut = first.get("finish_reason") == "length"
    # a lone surrogate is valid JSON and no text
    clean = (text or "").encode("utf-8", "replace").decode()
    return Reply(clean, used.get("prompt_tokens"), used.get("completion_tokens"), cut, latency_ms)


def parsed_vectors(body: bytes, texts: int) -> Embedded:
    """The vectors in a response's body. Raises CallFailed for what is not one list of finite numbers a text, all of one
    length."""
    data = (_json(body) or {}).get("data")
    if not isinstance(data, list) or len(data) != texts or not all(isinstance(one, Mapping) for one in data):
        raise CallFailed("the reply holds no vector for each text, so it is not the OpenAI form")
    try:
        in_order = sorted(data, key=lambda one: int(one.get("index", 0)))
        vectors = np.asarray([one["embedding"] for one in in_order], np.float32)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise CallFailed("the vectors in the reply are no lists of numbers of one length") from None
    if vectors.ndim != 2 or not 2 <= vectors.shape[1] <= DIMENSIONS or not np.isfinite(vectors).all():
        raise CallFailed(f"the vectors in the reply are not 2 to {DIMENSIONS:,} finite numbers")
    used = (_json(body) or {}).get("usage")
    return Embedded(vectors, used.get("prompt_tokens") if isinstance(used, Mapping) else None)


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds a Retry-After header asks for, as a number or a date (RFC 9110, 10.2.3); None when it says neither."""
    with suppress(ValueError):
        seconds = float(value)
        return max(0.0, seconds) if seconds < float("inf") else None
    with suppress(ValueError, TypeError):
        when = parsedate_to_datetime(value)
        return max(0.0, (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now.timestamp())
    return None


def refused_parameter(body: bytes) -> str:
    """The parameter of ours that an error names, "" where it names none: newer models want max_completion_tokens in
    place of max_tokens, and take no temperature; older ones and small servers know no response_format, and few of them
    say so in the field made for it."""
    error = (_json(body) or {}).get("error")
    named = error.get("param") if isinstance(error, Mapping) else None
    if named in ("max_tokens", "temperature"):
        return str(named)
    return FORMAT if FORMAT.encode() in body else ""


def error_text(body: bytes, key: str) -> str:
    """The endpoint's own words about an error, "" where there are none or where they repeat a piece of the key."""
    error = (_json(body) or {}).get("error")
    text = error.get("message") if isinstance(error, Mapping) else error
    if not isinstance(text, str):
        return ""
    pieces = {key[n : n + 6] for n in range(max(len(key) - 5, 0))}
    if any(piece in text for piece in pieces) or without_key(text, key) != text:
        return ""
    return " ".join(text.encode("utf-8", "replace").decode().split())[:SHOWN_ERROR]


def _json(body: bytes) -> Mapping[str, Any] | None:
    try:
        whole = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return whole if isinstance(whole, Mapping) else None
