"""Learn what each source's claims are worth: weights an attribute that make the true value most probable."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from enrichment.fusion.belief import GENDER, GROUP, TYPE
from enrichment.fusion.calibrate import OperatingPoint, Scored, expected_error, operating_point
from enrichment.fusion.fuse import Fuser
from enrichment.fusion.search import descend
from enrichment.fusion.voices import source_of, speaker
from enrichment.fusion.weights import FusionWeights, SourceWeight, declared
from schemas.attribute_spec import Attributes
from schemas.records import AttributeClaim, Source

_STRUCTURE = (GROUP, TYPE, GENDER)
_LEAST_EXAMPLES, _LEAST_READ = 60, 30
_MOST_EXAMPLES = 1500
# How strongly weights are held at slope 1, shift 0: few examples should not move them far.
_RIDGE = 0.005
_SMALLEST = 1e-6
# Where nobody knows the truth, explicit words are the yardstick that pictures are measured by; this far believed.
_YARDSTICK, _EXPLICIT = 0.9, 0.85
# A voice that guesses the wearer from what the product is may never outvote a word or a column that names one:
# the shops it learned from are not the shops it will meet.
_GUESSING = {(GENDER, "text:tfidf"): 0.6, (GENDER, "image:look"): 0.8}


@dataclass(frozen=True, slots=True)
class Example:
    """One product of known truth: everything that was claimed of it, and the true value an attribute.

    An attribute that ``truth`` lacks is unknown and teaches nothing.
    """

    claims: tuple[AttributeClaim, ...]
    truth: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned of one attribute, measured on examples it was not fitted to."""

    attribute: str
    examples: int
    before: float
    after: float
    calibration_error: float
    point: OperatingPoint


@dataclass(frozen=True, slots=True)
class Learned:
    """Learned weights and, an attribute each, what they were measured to do."""

    weights: FusionWeights
    lessons: tuple[Lesson, ...]


def learn(
    examples: Sequence[Example],
    vocabulary: Attributes,
    version: str,
    worded: Sequence[Example] = (),
    target: float = 0.9,
    seed: int = 0,
    explicit: Collection[str] = ("text:gazetteer", "text:fields"),
) -> Learned:
    """Fit weights on half of ``examples`` and thresholds on the other half.

    ``worded`` are more products, claimed by words alone: from them and the fitted half is learned what words
    mean by an article type, who wears it and how usual it is. The image group is fitted first, then article
    type and gender given it, then every other attribute with enough examples; the rest keep their declared
    weights; of those, pictures are calibrated against the words of the ``explicit`` voices, which quote a value
    and guess none (:func:`by_words`). Deterministic for a seed.
    """
    order = list(examples)
    random.Random(seed).shuffle(order)  # noqa: S311  # a split, not a secret
    fitted, held = order[::2], order[1::2]
    base = declared(vocabulary)
    weights = replace(
        base,
        version=version,
        gender_of_type=shares_of_gender(e.truth for e in [*worded, *fitted]),
        type_share=shares_of_type(e.truth for e in [*worded, *fitted]),
    )
    spoken = [*worded, *fitted]
    meant = {v: readings(spoken, TYPE, v) for v in speakers(spoken, TYPE) if source_of(v) is Source.TEXT}
    weights = _with_readings(weights, TYPE, meant)
    guesses = tuple(voice for name, voice in _GUESSING if name == GENDER)
    gender = replace(weights.attributes[GENDER], guesses=guesses)
    weights = replace(weights, attributes={**weights.attributes, GENDER: gender})
    lessons = []
    names = [*_STRUCTURE, *sorted({name for e in fitted for name in e.truth} - set(_STRUCTURE))]
    for name in names:
        if name not in base.attributes:
            continue
        teaching, proving = _about(fitted, name)[:_MOST_EXAMPLES], _about(held, name)
        if len(teaching) >= _LEAST_EXAMPLES and proving:
            before = accuracy(vocabulary, weights, proving, name)
            weights = _fit(vocabulary, weights, teaching, name)
            weights, lesson = _prove(vocabulary, weights, proving, name, target, before)
            lessons.append(lesson)
    unknown = [a.name for a in vocabulary.attributes if a.name not in {lesson.attribute for lesson in lessons}]
    yardsticks = {name: by_words(order, name, explicit)[:_MOST_EXAMPLES] for name in unknown}
    return Learned(_against_words(vocabulary, weights, yardsticks), tuple(lessons))


def by_words(examples: Sequence[Example], name: str, explicit: Collection[str]) -> list[Example]:
    """Return what pictures say of products whose ``explicit`` voices name exactly one value: that is the truth."""
    found = []
    for example in examples:
        about = [c for c in example.claims if c.attribute == name]
        said = {c.value for c in about if speaker(c.source, c.producer) in explicit and c.confidence >= _EXPLICIT}
        seen = tuple(c for c in about if c.source is Source.IMAGE)
        if len(said) == 1 and seen:
            found.append(Example(seen, {name: said.pop()}))
    return found


def _against_words(
    vocabulary: Attributes, weights: FusionWeights, yardsticks: Mapping[str, Sequence[Example]]
) -> FusionWeights:
    """Calibrate what pictures say of attributes without known truth against the words of the same products."""
    for name, teaching in yardsticks.items():
        if len(teaching) < _LEAST_EXAMPLES:
            continue
        weights = _fit(vocabulary, weights, teaching, name)
        known = weights.attributes[name]
        sources = {voice: _no_surer(weight) for voice, weight in known.sources.items()}
        words = SourceWeight(max(_YARDSTICK, known.sources["text"].belief))
        changed = replace(known, sources={**sources, "text": words})
        weights = replace(weights, attributes={**weights.attributes, name: changed})
    return weights


def _no_surer(weight: SourceWeight) -> SourceWeight:
    """Bound what the yardstick can give: products whose words name a value are the plain ones, so it only takes."""
    return replace(weight, slope=min(weight.slope, 1.0), shift=min(weight.shift, 0.0))


def accuracy(vocabulary: Attributes, weights: FusionWeights, examples: Sequence[Example], name: str) -> float:
    """Return the share of examples whose most probable value is the true one, thresholds apart."""
    scored = score(vocabulary, weights, examples, name)
    return sum(item.right for item in scored) / len(scored) if scored else 0.0


def score(vocabulary: Attributes, weights: FusionWeights, examples: Sequence[Example], name: str) -> list[Scored]:
    """Return the most probable value's probability, and whether it is true, of each example it can be told of."""
    found = []
    for example, fused in zip(examples, _fused(vocabulary, weights, examples, name), strict=True):
        if fused:
            best = min(fused, key=lambda value: (-fused[value], value))
            found.append(Scored(fused[best], best == example.truth[name]))
    return found


def shares_of_gender(truths: Iterable[Mapping[str, str]], smoothing: float = 8.0) -> dict[str, dict[str, float]]:
    """Return the share of each gender among products of an article type, smoothed towards the overall shares."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    overall: Counter[str] = Counter()
    for truth in truths:
        if TYPE in truth and GENDER in truth:
            counts[truth[TYPE]][truth[GENDER]] += 1
            overall[truth[GENDER]] += 1
    total = sum(overall.values()) + 6.0
    usual = {gender: (overall[gender] + 1.0) / total for gender in ("boys", "girls", "kids", "men", "unisex", "women")}
    return {
        name: {g: round((c[g] + smoothing * u) / (sum(c.values()) + smoothing), 5) for g, u in usual.items()}
        for name, c in sorted(counts.items())
    }


def shares_of_type(truths: Iterable[Mapping[str, str]], smoothing: float = 20.0) -> dict[str, float]:
    """Return how much likelier than an average one each article type is, dampened: shops differ."""
    counts = Counter(truth[TYPE] for truth in truths if TYPE in truth)
    return {name: round(math.sqrt((count + smoothing) / smoothing), 4) for name, count in sorted(counts.items())}


def speakers(examples: Iterable[Example], name: str) -> list[str]:
    """Return the voices with examples enough for weights of their own, sorted; the group's too where types imply it."""
    heard = Counter(v for e in examples for v in {speaker(c.source, c.producer) for c in e.claims if _bears(c, name)})
    return sorted(voice for voice, count in heard.items() if count >= _LEAST_EXAMPLES)


def readings(
    examples: Iterable[Example], name: str, voice: str, smoothing: float = 4.0, least: float = 0.004
) -> dict[str, dict[str, float]]:
    """Return what ``voice`` means by each value it names, as shares of the true values found beside it.

    A value is taken at its word as if ``smoothing`` more examples had said so, or as many more as it lacks to
    ``_LEAST_READ``: a handful of slips must not give a word another meaning. Shares under ``least`` are dropped.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        named = {c.value for c in example.claims if c.attribute == name and speaker(c.source, c.producer) == voice}
        if name in example.truth and len(named) == 1:
            counts[named.pop()][example.truth[name]] += 1
    found: dict[str, dict[str, float]] = {}
    for value, truths in sorted(counts.items()):
        own = max(smoothing, _LEAST_READ - sum(truths.values()))
        total = sum(truths.values()) + own
        shares = {t: (n + own * (t == value)) / total for t, n in truths.items()} | (
            {value: own / total} if value not in truths else {}
        )
        found[value] = {t: round(share, 4) for t, share in sorted(shares.items()) if share >= least}
    return found


def _about(examples: Sequence[Example], name: str) -> list[Example]:
    """Return the examples whose truth is known and about which somebody says something that bears on it."""
    bearing = set(_STRUCTURE) if name in _STRUCTURE else {name}
    return [e for e in examples if name in e.truth and any(c.attribute in bearing for c in e.claims)]


def _fused(
    vocabulary: Attributes, weights: FusionWeights, examples: Sequence[Example], name: str
) -> list[Mapping[str, float]]:
    fuser = Fuser(vocabulary, weights)
    return [fuser.distribution(name, example.claims) for example in examples]


def _fit(vocabulary: Attributes, weights: FusionWeights, examples: Sequence[Example], name: str) -> FusionWeights:
    heard = speakers(examples, name)
    bearing = {name, GROUP, TYPE, GENDER} if name in _STRUCTURE else {name}
    trimmed = [replace(e, claims=tuple(c for c in e.claims if c.attribute in bearing)) for e in examples]

    several = vocabulary.get(name).kind == "choices"

    def loss(point: Sequence[float]) -> float:
        tried = _with(weights, name, heard, point)
        probabilities = zip(trimmed, _fused(vocabulary, tried, trimmed, name), strict=True)
        told = [_surprise(fused, e.truth[name], several) for e, fused in probabilities if fused]
        slopes, shifts = point[: len(heard)], point[len(heard) : -1]
        held = sum((s - 1.0) ** 2 for s in slopes) + 0.25 * sum(s * s for s in shifts) + (point[-1] - 1.0) ** 2
        return sum(told) / max(len(told), 1) + _RIDGE * held

    start = [1.0] * len(heard) + [0.0] * len(heard) + [1.0]
    bounds = [(0.05, 4.0)] * len(heard) + [(-4.0, 4.0)] * len(heard) + [(0.5, 4.0) if len(heard) > 1 else (1.0, 1.0)]
    return _with(weights, name, heard, descend(loss, start, bounds))


def _surprise(fused: Mapping[str, float], truth: str, several: bool) -> float:
    """Return the negative log-likelihood; where several values can be true, that of each named value's own odds."""
    lost = -math.log(max(fused.get(truth, 0.0), _SMALLEST))
    if several:
        lost -= sum(math.log(max(1.0 - p, _SMALLEST)) for value, p in sorted(fused.items()) if value != truth)
    return lost


def _bears(claim: AttributeClaim, name: str) -> bool:
    return claim.attribute == name or (name == GROUP and claim.attribute == TYPE)


def _with(weights: FusionWeights, name: str, heard: Sequence[str], point: Sequence[float]) -> FusionWeights:
    known = weights.attributes[name]
    slopes, shifts = point[: len(heard)], point[len(heard) : -1]
    learned = {s: SourceWeight(_GUESSING.get((name, s), 1.0), slopes[at], shifts[at]) for at, s in enumerate(heard)}
    attribute = replace(known, sources={**known.sources, **learned}, temperature=point[-1])
    return replace(weights, attributes={**weights.attributes, name: attribute})


def _with_readings(
    weights: FusionWeights, name: str, meant: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> FusionWeights:
    attribute = replace(weights.attributes[name], readings=meant)
    return replace(weights, attributes={**weights.attributes, name: attribute})


def _prove(
    vocabulary: Attributes, weights: FusionWeights, held: Sequence[Example], name: str, target: float, before: float
) -> tuple[FusionWeights, Lesson]:
    """Set the threshold that reaches the precision target on examples the weights were not fitted to."""
    scored = score(vocabulary, weights, held, name)
    point = operating_point(scored, target)
    changed = replace(weights.attributes[name], threshold=round(min(point.threshold, 0.9), 4))
    after = sum(item.right for item in scored) / max(len(scored), 1)
    lesson = Lesson(name, len(held), before, after, expected_error(scored), point)
    return replace(weights, attributes={**weights.attributes, name: changed}), lesson
