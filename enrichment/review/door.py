"""The page before the page: it turns the token in the address into a reading cookie, then asks again."""

from __future__ import annotations

import base64
import hashlib

_SCRIPT = """
const token = new URLSearchParams(location.hash.slice(1)).get("token") || sessionStorage.getItem("enrich-token");
const note = document.querySelector("p");
if (token) {
  fetch("/api/session", { method: "POST", headers: { "X-Review-Token": token } }).then((answer) => {
    if (answer.ok) { sessionStorage.setItem("enrich-token", token); location.reload(); }
    else note.textContent = "The token is not the right one. Open the full address that the command showed.";
  });
} else note.textContent = "Open the full address that the command showed: it carries the token.";
"""
_HASH = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
DOOR_POLICY = f"default-src 'none'; script-src 'sha256-{_HASH}'; connect-src 'self'; img-src data:; base-uri 'none'"
DOOR_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Review</title><link rel="icon" href="data:,">'
    f"<p>Opening the review …</p><script>{_SCRIPT}</script></html>"
)
