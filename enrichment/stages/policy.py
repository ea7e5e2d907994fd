"""What the settings say about pictures."""

from __future__ import annotations

from enrichment.config import Settings
from enrichment.images.policy import HttpPolicy, ImagePolicy


def picture_policy(settings: Settings) -> ImagePolicy:
    """Return the picture limits, with the private hosts that the operator allows."""
    return ImagePolicy(http=HttpPolicy(allow_private=settings.private_hosts))
