"""JSON that may stand inside a script element, whatever a vendor wrote."""

from __future__ import annotations

import json
from typing import Any

# Inside a script element only these could end it, open a comment or break a line of JavaScript.
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def script_json(value: Any) -> str:
    r"""Return ``value`` as compact JSON without ``<``, ``>``, ``&`` or JavaScript's extra line ends.

    >>> script_json({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text
