"""Augmentation of a whole batch: new backgrounds, geometry, resolution, light; colours keep their names."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


class Augment:
    """Turn cached pictures (uint8 ``[B, S, S, 4]``, RGB + foreground) into training pictures (``[B, 3, side, side]``).

    Product shots lose their even background to flat colours, gradients and patches of real backgrounds, so that
    the trunk cannot lean on white; low-resolution copies let 60 px sources meet large ones. Hue is never turned,
    since colour is a label.
    """

    zoom = (0.68, 1.12)  # how much of the picture's side is seen: below 1 its edges are cut
    stretch = 0.1  # of each side, one up and the other down
    shift = 0.12  # of half a side

    def __init__(self, side: int, seed: int, scenes: Tensor | None = None) -> None:
        """Take backgrounds from the corners of ``scenes``, photos uint8 ``[M, S, S, 3]``, if there are any."""
        self.side = side
        self.random = torch.Generator().manual_seed(seed)
        self.scenes = scenes

    def __call__(self, cached: Tensor) -> Tensor:
        """Return float pictures in 0..1 ``[B, 3, side, side]``."""
        turned = self._geometry(cached.permute(0, 3, 1, 2).float() / 255)
        pictures = self._background(turned[:, :3], turned[:, 3:])
        return self._light(self._resolution(pictures)).clamp_(0, 1)

    def _uniform(self, shape: tuple[int, ...], low: float, high: float) -> Tensor:
        return torch.rand(shape, generator=self.random) * (high - low) + low

    def _chance(self, count: int, probability: float) -> Tensor:
        return torch.rand(count, generator=self.random) < probability

    def _geometry(self, pictures: Tensor) -> Tensor:
        """Turn, scale, stretch, shift and mirror, resampling once."""
        count = len(pictures)
        angle = self._uniform((count,), -0.2, 0.2) * (1 + 1.5 * self._chance(count, 0.2))
        zoom = self._uniform((count,), *self.zoom)
        stretch = self._uniform((count,), 1 - self.stretch, 1 + self.stretch)
        mirror = torch.where(self._chance(count, 0.5), -1.0, 1.0)
        matrix = torch.zeros(count, 2, 3)
        matrix[:, 0, 0] = torch.cos(angle) * zoom * stretch * mirror
        matrix[:, 0, 1] = -torch.sin(angle) * zoom * stretch
        matrix[:, 1, 0] = torch.sin(angle) * zoom / stretch * mirror
        matrix[:, 1, 1] = torch.cos(angle) * zoom / stretch
        matrix[:, :, 2] = self._uniform((count, 2), -self.shift, self.shift)
        grid = functional.affine_grid(matrix, [count, 4, self.side, self.side], align_corners=False)
        return functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)

    def _background(self, pictures: Tensor, mask: Tensor) -> Tensor:
        """Lay two of five products on another background, with a soft edge."""
        chosen = self._chance(len(pictures), 0.4) & (mask.amin(dim=(1, 2, 3)) < 0.5)
        at = chosen.nonzero().squeeze(1)
        if len(at):
            soft = functional.avg_pool2d(mask[at], 3, 1, 1)
            pictures = pictures.index_copy(0, at, pictures[at] * soft + self._scene(len(at)) * (1 - soft))
        return pictures

    def _scene(self, count: int) -> Tensor:
        """Draw backgrounds ``[count, 3, side, side]``: gradients between two colours, or corners of real photos."""
        ends = self._uniform((count, 3, 2, 2), 0, 1) * 0.25 + self._uniform((count, 3, 1, 1), 0.1, 0.85)
        smooth = functional.interpolate(ends, size=(self.side, self.side), mode="bilinear", align_corners=True)
        smooth = smooth + torch.randn(smooth.shape, generator=self.random) * self._uniform((count, 1, 1, 1), 0, 0.06)
        if self.scenes is None or not len(self.scenes):
            return smooth
        pick = torch.randint(len(self.scenes), (count,), generator=self.random)
        size = self.scenes.shape[1]
        part = size // 3
        photos = self.scenes[pick].permute(0, 3, 1, 2).float() / 255
        corner = photos[:, :, :part, :part] if self._chance(1, 0.5) else photos[:, :, -part:, -part:]
        real = functional.interpolate(corner, size=(self.side, self.side), mode="bilinear", align_corners=False)
        return torch.where(self._chance(count, 0.6)[:, None, None, None], real, smooth)

    def _resolution(self, pictures: Tensor) -> Tensor:
        """Shrink three of ten pictures to 48-88 px and back, as a small source would be."""
        at = self._chance(len(pictures), 0.3).nonzero().squeeze(1)
        if not len(at):
            return pictures
        small = int(self._uniform((1,), 48, 88))
        shrunk = functional.interpolate(pictures[at], size=(small, small), mode="bilinear", antialias=True)
        back = functional.interpolate(shrunk, size=(self.side, self.side), mode="bicubic", align_corners=False)
        return pictures.index_copy(0, at, back)

    def _light(self, pictures: Tensor) -> Tensor:
        """Vary brightness, contrast, saturation and white balance a little."""
        count = len(pictures)
        shape = (count, 1, 1, 1)
        mean = pictures.mean(dim=(2, 3), keepdim=True)
        grey = pictures.mean(dim=1, keepdim=True)
        out = (pictures - mean) * self._uniform(shape, 0.85, 1.2) + mean
        out = (out - grey) * self._uniform(shape, 0.8, 1.2) + grey
        return out * self._uniform(shape, 0.85, 1.12) * self._uniform((count, 3, 1, 1), 0.96, 1.04)
