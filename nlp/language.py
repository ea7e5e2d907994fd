"""Which language a product's words are in, so that words of a language without a vocabulary are not guessed at."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

import yaml
from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from nlp.spelling import COMMON

UNKNOWN = "unknown"
_WORDS = Path(__file__).parent / "vocabulary" / "languages.yaml"
_SHARE = 0.34
_LONG = 8
_SURE = 0.97


class Language:
    """Tells English product words from other languages.

    Names hardly hold function words, on which common detectors rely ("Herren Schuhe Schwarz" has none, and "Titan
    Men Raga" looks like anything). So the words are first looked up: vocabulary and function words of English
    against shop and function words of other languages. Only a long text that both leave undecided is shown to
    ``langdetect``, with a fixed seed.
    """

    def __init__(self, home: frozenset[str], language: str = "en") -> None:
        """Take the ``home`` language's vocabulary words; its function words are added."""
        self.language = language
        own = {COMMON.get(w, w) for w in function_words(language)}
        self._home = home | own
        self._begun = frozenset(w for w in self._home if w[:1].isalpha())
        self._other = {code: words - self._home for code, words in _foreign().items() if code != language}
        self._any = frozenset().union(*self._other.values())

    def of(self, words: Sequence[str]) -> str:
        """Return the language code of lower-case ``words``; the home language where nothing speaks against it."""
        # Nearly every text is settled by its words and breaks as they stand.
        if sum(map(self._begun.__contains__, words)) >= _SHARE * len(words):
            return self.language
        letters = [w for w in words if w[0].isalpha()]
        known = sum(map(self._home.__contains__, letters))
        if not letters or known >= _SHARE * len(letters):
            return self.language
        if sum(not _latin(w) for w in letters) * 2 > len(letters):
            return UNKNOWN
        if not self._any.isdisjoint(letters):
            hits, code = max((sum(w in own for w in letters), code) for code, own in sorted(self._other.items()))
            if hits > known:
                return code
        if len(letters) >= _LONG and known < 0.2 * len(letters):
            return _detect(" ".join(letters[:200]), self.language)
        return self.language


def _latin(word: str) -> bool:
    return all(c < "\u0250" or "\u1e00" <= c <= "\u1eff" for c in word)


@cache
def _foreign() -> dict[str, frozenset[str]]:
    declared = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return {code: frozenset(map(str, words)) | function_words(code) for code, words in declared.items()}


@cache
def function_words(code: str) -> frozenset[str]:
    """Return spaCy's stop words of a language."""
    return frozenset(import_module(f"spacy.lang.{code}.stop_words").STOP_WORDS)


@cache
def _factory() -> DetectorFactory:
    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    factory.set_seed(0)
    return factory


def _detect(text: str, home: str) -> str:
    detector = _factory().create()
    detector.seed = 0
    detector.append(text)
    try:
        best = detector.get_probabilities()[0]
    except (LangDetectException, IndexError):
        return home
    return str(best.lang) if best.prob >= _SURE else home
