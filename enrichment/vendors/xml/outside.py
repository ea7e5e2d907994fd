"""What an XML document holds outside its records: an empty feed is told from a server's error page by it."""

from __future__ import annotations

from enrichment.vendors.xml.trail import Trail

_WORDS = 61


class Outside:
    """The root, the first words, and whether the list is there that was declared to be around the records."""

    def __init__(self, above: str) -> None:
        """Look for ``above``, the names that are declared to stand above a record; ``""`` for none."""
        self.above = above
        self.root = ""
        self.words = ""
        self.has_list = False
        self._elements = 0

    def start(self, name: str, attributes: list[str], trail: Trail) -> None:
        """Take the start of an element that ``trail`` has just entered."""
        self.root = self.root or name
        self._elements += 1
        for attribute, value in zip(attributes[::2], attributes[1::2], strict=True):
            # One with a prefix says where names are at home.
            if attribute != "xmlns" and ":" not in attribute:
                self.text(value)
        self.has_list = self.has_list or (bool(self.above) and trail.ends_with(self.above))

    def text(self, text: str) -> None:
        """Take a piece of text; the first words are kept."""
        if len(self.words) < _WORDS and (words := " ".join(text.split())):
            self.words = f"{self.words} {words}".strip()[:_WORDS]

    def is_silent(self) -> bool:
        """Tell whether the document is one element that says nothing: no error page is."""
        return self._elements == 1 and not self.words
