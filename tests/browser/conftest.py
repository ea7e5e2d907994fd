from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from enrichment.review.report import write_report
from tests.review.night import make_night

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
Opened = Callable[..., "Page"]


def find_chromium() -> str:
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("CI has no Chromium: install the package 'chromium'")
    if found is None:
        pytest.skip("no Chromium here: install the package 'chromium'")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


def picture(sha256: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), tuple(bytes.fromhex(sha256[:6]))).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    write_report(make_night(240, 60, pictures=picture), folder)
    return folder


@pytest.fixture
def opened(browser: Browser, report: Path) -> Iterator[Opened]:
    """Open the page in a browser of its own; any script error, refused script or request elsewhere fails the test."""
    contexts, wrong = [], []

    def open_page(url: str = "", ready: str = "body.ready", refusals: bool = False) -> Page:
        def note(error: str) -> None:
            if not (refusals and "status of 422" in error):
                wrong.append(error)

        context = browser.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        address = url or (report / "index.html").as_uri()
        own = address.rsplit("/", 1)[0]
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: note(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on(
            "request", lambda request: None if request.url.startswith((own, "blob:")) else wrong.append(request.url)
        )
        page.goto(address)
        page.wait_for_selector(ready)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
