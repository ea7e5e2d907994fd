from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from safetensors.torch import save_file

from enrichment.vision import backbones
from enrichment.vision.augment import Augment
from enrichment.vision.bands import BANDS, features, width
from enrichment.vision.batches import LabelledPictures
from enrichment.vision.colour import COLOURS
from enrichment.vision.fold import folded
from enrichment.vision.head_loss import HeadLoss
from enrichment.vision.losses import (
    ClassProxies,
    among_cross_entropy,
    generalised_cross_entropy,
    masked_cross_entropy,
    relations,
)
from enrichment.vision.net import LookNet, Scores
from enrichment.vision.torchvision_shim import greedy_nms, install
from enrichment.vision.training_labels import training_labels
from enrichment.vision.training_rows import TrainingRow
from enrichment.vision.vocabulary import GROUP, TAUGHT, Vocabulary, among, value_shares
from schemas.errors import ModelMismatch, UsageError
from tests.vision.conftest import TINY


def test_shim_is_installed_once_and_suppresses_overlaps() -> None:
    assert install() is False
    boxes = torch.tensor([[0.0, 0, 10, 10], [1, 1, 10, 10], [20, 20, 30, 30]])
    assert greedy_nms(boxes, torch.tensor([0.5, 0.9, 0.1]), 0.5).tolist() == [1, 2]
    assert greedy_nms(boxes[:0], torch.zeros(0), 0.5).tolist() == []


@pytest.mark.parametrize("name", ["tf_efficientnet_lite0", "resnet18", TINY])
def test_folding_changes_no_answer(name: str) -> None:
    torch.manual_seed(0)
    trunk = backbones.trunk(name).eval()
    for module in trunk.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.8, 1.2)
    probe = torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        torch.testing.assert_close(folded(trunk)(probe), trunk(probe), rtol=1e-3, atol=1e-3)


def test_folding_leaves_fewer_norms() -> None:
    trunk = backbones.trunk("tf_efficientnet_lite0").eval()
    count = [sum(isinstance(m, torch.nn.BatchNorm2d) for m in t.modules()) for t in (trunk, folded(trunk))]
    assert count[0] > 0
    assert count[1] == 0


def test_own_resnet_has_the_stem_of_its_weights() -> None:
    trunk = backbones.trunk(backbones.RESNET_STEM)
    names = dict(trunk.named_parameters())
    assert "stem.conv.bias" in names
    assert len(backbones.depth_groups(trunk)) >= 5
    with pytest.raises(UsageError, match="no weights"):
        backbones.trunk(backbones.RESNET_STEM, hub=True)


def test_unknown_backbone_and_foreign_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no timm model"):
        backbones.trunk("resnot50")
    save_file({"nothing.weight": torch.zeros(2)}, str(tmp_path / "w.safetensors"))
    with pytest.raises(ModelMismatch, match="not for this backbone"):
        backbones.trunk(TINY, tmp_path / "w.safetensors")


def test_every_parameter_is_in_one_depth_group() -> None:
    for name in (TINY, "resnet18", "tf_efficientnet_lite0"):
        trunk = backbones.trunk(name)
        grouped = [id(p) for group in backbones.depth_groups(trunk) for p in group]
        assert sorted(grouped) == sorted(id(p) for p in trunk.parameters())


def test_taggers_follow_the_given_group_and_embeddings_have_unit_norm() -> None:
    torch.manual_seed(1)
    net = LookNet(torch.nn.Identity(), 16, 3, {"colour": 4, "gender": 2}).eval()
    torch.nn.init.normal_(net.taggers.up["gender"])
    features, colours = torch.randn(5, 16), torch.rand(5, COLOURS)
    first = net.heads(features, colours, torch.zeros(5, dtype=torch.long))
    other = net.heads(features, colours, torch.ones(5, dtype=torch.long))
    assert not torch.allclose(first.tags["gender"], other.tags["gender"])
    torch.testing.assert_close(first.embedding.norm(dim=1), torch.ones(5))
    own = net.heads(features, colours)
    picked = net.heads(features, colours, own.group.argmax(dim=1))
    torch.testing.assert_close(own.tags["gender"], picked.tags["gender"])


@pytest.mark.parametrize("name", ["tf_efficientnet_lite0", "resnet18", TINY])
def test_features_tell_the_upper_from_the_lower_part_of_a_picture(name: str) -> None:
    torch.manual_seed(0)
    trunk = backbones.trunk(name).eval()
    picture = torch.rand(1, 3, 96, 96)
    with torch.inference_mode():
        maps = trunk.forward_features(picture)
        found = features(trunk, picture)
    assert found.shape == (1, width(trunk))
    channels = maps.shape[1]
    bands = found[0, -BANDS * channels :].view(BANDS, channels)
    torch.testing.assert_close(bands[0], maps[0, :, :1].mean(dim=(1, 2)))
    torch.testing.assert_close(bands[2], maps[0, :, -1:].mean(dim=(1, 2)))
    torch.testing.assert_close(found[:, : -BANDS * channels], trunk.forward_head(maps, pre_logits=True))


def test_a_trunk_without_a_map_gives_its_pooled_features() -> None:
    trunk = timm.create_model("vit_tiny_patch16_224", num_classes=0, img_size=64).eval()
    assert width(trunk) == trunk.num_features


def test_masked_losses_ignore_unknown_rows() -> None:
    scores, codes = torch.tensor([[2.0, 0.0, 9.0], [0.0, 3.0, 0.0]]), torch.tensor([0, -1])
    allowed = torch.tensor([[True, True, False], [True, True, True]])
    expected = -torch.log_softmax(torch.tensor([2.0, 0.0]), 0)[0]
    torch.testing.assert_close(masked_cross_entropy(scores, codes, allowed), expected)
    assert float(masked_cross_entropy(scores, torch.tensor([-1, -1]))) == 0
    assert float(generalised_cross_entropy(scores, torch.tensor([-1, -1]), allowed)) == 0


def test_a_value_of_the_right_family_is_half_a_mistake() -> None:
    colours = ("blue", "navy_blue", "red")
    loss = HeadLoss(Vocabulary(("top",), {"colour": colours}, {"colour": {"top": colours}}))
    scores, allowed = torch.log(torch.tensor([[0.3, 0.3, 0.4]])), torch.ones(1, 3, dtype=torch.bool)
    summed, code, may = loss.in_families("colour", scores, torch.tensor([1]), allowed)
    torch.testing.assert_close(summed.softmax(dim=1), torch.tensor([[0.6, 0.4]]))
    assert (code.tolist(), may.tolist()) == ([0], [[True, True]])
    made = Scores(torch.zeros(1, 1), {"colour": scores}, torch.zeros(1, 2))
    rights = {
        name: float(right) for name, _, right in loss.right(made, {k: code * 0 for k in (GROUP, TAUGHT, "colour")})
    }
    assert rights["colour"] == 1


def test_a_balanced_head_learns_from_scores_shifted_by_how_frequent_a_value_is() -> None:
    vocabulary = Vocabulary(("dress", "top"), {"collar": ("none", "polo")}, {"collar": {"top": ("none", "polo")}})
    rows = [TrainingRow("worn", str(n), b"", "train", str(n), labels={"collar": "none"}) for n in range(8)]
    rows.append(TrainingRow("worn", "8", b"", "train", "8", labels={"collar": "polo", "pattern": "solid"}))
    shares = value_shares(rows, vocabulary, np.full(9, 1 / 9))
    assert shares["collar"].tolist() == pytest.approx([9 / 11, 2 / 11])
    often = value_shares(rows, vocabulary, np.array([*[1 / 18] * 8, 10 / 18]))
    assert often["collar"].tolist() == pytest.approx([5 / 11, 6 / 11]), "what counts is how often a row is drawn"
    codes = {"image_group": torch.tensor([1]), "taught_group": torch.tensor([-1]), "collar": torch.tensor([1])}
    even = Scores(torch.zeros(1, 2), {"collar": torch.zeros(1, 2)}, torch.zeros(1, 4))
    plain, balanced = HeadLoss(vocabulary), HeadLoss(vocabulary, priors=shares)
    rare, usual = (float(balanced(even, torch.zeros(1, 4), {**codes, "collar": torch.tensor([c])})) for c in (1, 0))
    assert usual < float(plain(even, torch.zeros(1, 4), codes)) < rare


def test_generalised_loss_is_bounded_where_cross_entropy_is_not() -> None:
    sure_of_another, codes = torch.tensor([[30.0, -30.0]]), torch.tensor([1])
    allowed = torch.ones(1, 2, dtype=torch.bool)
    assert float(generalised_cross_entropy(sure_of_another, codes, allowed)) <= 2
    assert float(masked_cross_entropy(sure_of_another, codes)) > 50


def test_metric_losses_reward_the_right_neighbours() -> None:
    torch.manual_seed(0)
    proxies = ClassProxies(8, 2)
    right = torch.nn.functional.normalize(proxies.directions.detach(), dim=1)
    codes = torch.tensor([0, 1])
    assert float(proxies(right, codes).detach()) < float(proxies(right.flip(0), codes).detach())
    features = torch.randn(6, 12)
    centred = torch.nn.functional.normalize(features - features.mean(0), dim=1)
    assert float(relations(centred, features)) == pytest.approx(0, abs=1e-10)


def test_augmentation_is_seeded_and_replaces_the_background() -> None:
    cached = torch.full((16, 64, 64, 4), 255, dtype=torch.uint8)
    cached[..., 3] = 0
    cached[:, 20:44, 20:44, :3] = 40
    cached[:, 20:44, 20:44, 3] = 255
    first, again, other = (Augment(48, seed)(cached) for seed in (1, 1, 2))
    torch.testing.assert_close(first, again)
    assert not torch.allclose(first, other)
    assert first.shape == (16, 3, 48, 48)
    assert 0 <= float(first.min()) <= float(first.max()) <= 1
    replaced = (first[:, :, 2, 2].mean(dim=1) < 0.8).float().mean()
    assert 0.1 < float(replaced) < 0.8


def test_a_label_that_leaves_the_value_open_asks_for_any_of_its_values() -> None:
    types = ("Jeans", "Shorts", "Trousers")
    vocabulary = Vocabulary(("bottom",), {"article_type": types}, {"article_type": {"bottom": types}})
    sets = training_labels().among("article_type")
    trousers = sets.index(training_labels().phone_among["Pants"]["article_type"])
    assert vocabulary.among("article_type")[trousers].tolist() == [True, False, True]
    rows = [
        TrainingRow("phone", "1", b"", "train", "1", among=training_labels().phone_among["Pants"]),
        TrainingRow("phone", "2", b"", "train", "2", labels={"article_type": "Shorts"}),
    ]
    codes = LabelledPictures(rows, [], [0, 0], vocabulary).codes
    assert codes[among("article_type")].tolist() == [trousers, -1]
    scores = torch.log(torch.tensor([[0.1, 0.3, 0.6], [0.1, 0.3, 0.6]]))
    may, known = torch.ones(2, 3, dtype=torch.bool), torch.from_numpy(codes[among("article_type")])
    loss = among_cross_entropy(scores, known, torch.from_numpy(vocabulary.among("article_type")), may)
    assert float(loss) == pytest.approx(-np.log(0.7), abs=1e-5)
    none = among_cross_entropy(scores, torch.tensor([-1, -1]), torch.from_numpy(vocabulary.among("article_type")), may)
    assert float(none) == 0
