"""The declared maps from the training sets' labels to the project's values (``training_labels.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from schemas.declared import Declared, load

_DECLARED = Path(__file__).with_name("training_labels.yaml")


class DistantRule(Declared):
    """A pattern of words that, in a title of one of ``groups``, says an attribute's value."""

    attribute: str
    value: str
    match: str
    groups: tuple[str, ...]


class TrainingLabels(Declared):
    """Label maps of every training set; a name that no map holds gives no label."""

    version: int
    colour_names: Mapping[str, str]
    colour_merge: Mapping[str, str]
    gender_names: Mapping[str, str]
    gender_merge: Mapping[str, str]
    occasion_names: Mapping[str, str]
    season_names: Mapping[str, str]
    phone_labels: Mapping[str, Mapping[str, str]]
    distant: tuple[DistantRule, ...]

    def merge(self, attribute: str, value: str) -> str:
        """Return the value under which near-equal values of ``attribute`` count as one."""
        maps = {"colour": self.colour_merge, "gender": self.gender_merge}
        return maps.get(attribute, {}).get(value, value)

    def distant_labels(self, title: str, group: str) -> dict[str, str]:
        """Return the weak labels that a title's words give; two values of one attribute cancel out.

        >>> training_labels().distant_labels("Acme Men Striped Polo Tshirt", "top")
        {'pattern': 'striped', 'collar': 'polo'}
        >>> training_labels().distant_labels("Acme Striped and Checked Shirt", "top")
        {}
        """
        found: dict[str, set[str]] = {}
        for rule in self.distant:
            if group in rule.groups and re.search(rule.match, title, re.IGNORECASE):
                found.setdefault(rule.attribute, set()).add(rule.value)
        return {name: values.pop() for name, values in found.items() if len(values) == 1}


@cache
def training_labels(path: Path = _DECLARED) -> TrainingLabels:
    """Return the project's declared label maps."""
    return load(path, TrainingLabels)
