"""Pictures: fetched once, decoded safely, kept under their sha256."""
