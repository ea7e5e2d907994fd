"""What the settings and a vendor's declaration say about pictures."""

from __future__ import annotations

from enrichment.config import Settings
from enrichment.images.policy import ArchivePolicy, HttpPolicy, ImagePolicy
from schemas.vendor_spec import Limits


def picture_policy(settings: Settings, limits: Limits) -> ImagePolicy:
    """Return the picture limits, with the private hosts that the operator allows and the vendor's own for a zip."""
    archive = ArchivePolicy(max_members=limits.archive_members, max_unpacked_bytes=limits.archive_bytes)
    return ImagePolicy(archive=archive, http=HttpPolicy(allow_private=settings.private_hosts))
