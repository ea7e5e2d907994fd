"""The local review server: the report's page, saving decisions as one goes; for one person on one machine.

It listens on the loopback only. Whoever has the token may save; the token travels in the address's fragment,
which browsers keep to themselves. A page elsewhere can neither read it nor send the header that carries it, and
a foreign host name that resolves to the loopback is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import socket
import threading
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse

from enrichment.review import ledger
from enrichment.review.door import DOOR_PAGE, DOOR_POLICY
from enrichment.review.exchange import check_records
from enrichment.stores.port import Store
from schemas.errors import UsageError

LOOPBACK = "127.0.0.1"
_BODY_LIMIT = 16 * 2**20
_SERVED = {".html", ".js", ".jpg", ".json", ".parquet", ".csv"}
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}


@dataclass(frozen=True, slots=True)
class ReviewServer:
    """A server that holds its port but does not answer yet; ``url`` carries the token."""

    app: FastAPI
    url: str
    listener: socket.socket

    def run(self) -> None:
        """Answer until interrupted."""
        config = uvicorn.Config(self.app, log_level="warning", access_log=False, server_header=False, ws="none")
        uvicorn.Server(config).run(sockets=[self.listener])


def prepare(
    report: Path, store: Store, port: int = 0, token: str | None = None, nodes: Collection[str] = ()
) -> ReviewServer:
    """Bind the loopback (any free port for 0) and build the application around ``report``'s folder.

    Where ``nodes`` are given, a correction to any other path, or a lock on one, is refused.

    Raises:
        UsageError: ``report`` holds no report, or the port is taken.

    """
    run_id = _run_of(report)
    # Bound here and not by uvicorn, so that the address with its port is known before anything is served.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.bind((LOOPBACK, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise UsageError(f"port {port} on {LOOPBACK}: {error}. Take another, or 0 for any free one.") from error
    bound = int(listener.getsockname()[1])
    secret = token or secrets.token_urlsafe(32)
    app = create_app(report, store, run_id, Guard(secret, bound), nodes)
    return ReviewServer(app, f"http://{LOOPBACK}:{bound}/#token={secret}", listener)


class Guard:
    """Who may read and who may write: host name, origin, token and cookie are checked on every request."""

    def __init__(self, token: str, port: int) -> None:
        """Keep the token and the two names under which the server may be asked."""
        self._token = token
        self._hosts = {f"{LOOPBACK}:{port}", f"localhost:{port}"}
        self.cookie = f"enrich_review_{port}"
        # Cookies of one host reach all its ports: the cookie must not be the token that may write.
        self.pass_value = hmac.new(token.encode(), b"read", hashlib.sha256).hexdigest()

    def host(self, request: Request) -> None:
        """Refuse a request that came under another name."""
        if request.headers.get("host", "") not in self._hosts:
            raise HTTPException(421, "asked under another host name than the loopback's")

    def reader(self, request: Request) -> bool:
        """Tell whether the request carries the reading cookie."""
        given = request.cookies.get(self.cookie, "")
        return hmac.compare_digest(given.encode(), self.pass_value.encode())

    def writer(self, request: Request) -> None:
        """Refuse a request without the token, or from a page of another origin."""
        given = request.headers.get("x-review-token", "")
        origin = request.headers.get("origin")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise HTTPException(403, "the token is missing or wrong: open the page by its full address")
        if origin is not None and origin.removeprefix("http://") not in self._hosts:
            raise HTTPException(403, "asked by a page of another origin")


def create_app(report: Path, store: Store, run_id: str, guard: Guard, nodes: Collection[str] = ()) -> FastAPI:
    """Return the application: ``/`` and the report's files to readers, ``/api/decisions`` to writers."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(guard.host)])
    known = {entry.id for entry in ledger.read(store)}
    lock = threading.Lock()

    @app.post("/api/session", dependencies=[Depends(guard.writer)])
    def open_session() -> Response:
        answer = Response(status_code=204)
        answer.set_cookie(guard.cookie, guard.pass_value, httponly=True, samesite="strict")
        return answer

    @app.get("/api/decisions", dependencies=[Depends(guard.writer)])
    def saved() -> JSONResponse:
        own = [entry for entry in ledger.read(store) if entry.run_id == run_id]
        return JSONResponse({"decisions": [ledger.as_record(entry) for entry in own]}, headers=_HEADERS)

    @app.post("/api/decisions", dependencies=[Depends(guard.writer)])
    def save(records: Annotated[list[Any], Depends(_posted)]) -> JSONResponse:
        found = check_records(records, nodes)
        rows = [(refused.row, refused.why) for refused in found.refused]
        for entry, (row, _line) in zip(found.entries, found.places, strict=True):
            if entry.run_id != run_id:
                rows.append((row, f"run {entry.run_id} is not served here"))
        if rows:
            # All of them are named: the page takes these out and sends the others again.
            told = {"refused": [f"{row}: {why}" for row, why in rows[:20]], "rows": rows}
            return JSONResponse(told, status_code=422, headers=_HEADERS)
        # Handlers run in threads; two saves of one page must not both think an entry new.
        with lock:
            added = ledger.append(store, found.entries, known)
        return JSONResponse({"added": added}, headers=_HEADERS)

    @app.get("/{name:path}")
    def file(name: str, request: Request) -> Response:
        if not guard.reader(request):
            return HTMLResponse(DOOR_PAGE, headers=_HEADERS | {"Content-Security-Policy": DOOR_POLICY})
        return FileResponse(_inside(report, name or "index.html"), headers=_HEADERS | {"Cache-Control": "no-store"})

    return app


async def _posted(request: Request) -> list[Any]:
    """Read a bounded JSON body ``{"decisions": [...]}``; forms, which other pages can send, are refused."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise HTTPException(415, "send application/json")
    # Counted while it comes in: the stated length may lie or be absent.
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _BODY_LIMIT:
            raise HTTPException(413, f"more than {_BODY_LIMIT} bytes: send fewer decisions at once")
    try:
        records = json.loads(bytes(body))["decisions"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise HTTPException(400, "send an object with a list 'decisions'") from error
    if not isinstance(records, list):
        raise HTTPException(400, "'decisions' must be a list")
    return records


def _inside(report: Path, name: str) -> Path:
    """Return the file ``name`` of the report; 404 for anything outside its folder or of another kind."""
    root = report.resolve()
    try:
        # Resolved first: a link inside the folder may point out of it.
        path = (root / name).resolve()
        found = path.is_relative_to(root) and path.suffix in _SERVED and path.is_file()
    except (OSError, ValueError):
        found = False
    if not found:
        raise HTTPException(404, "no such file in the report")
    return path


def _run_of(report: Path) -> str:
    try:
        return str(json.loads((report / "numbers.json").read_text(encoding="utf-8"))["run"]["run_id"])
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"{report}: no report with numbers.json. Give the folder that holds index.html.") from error
