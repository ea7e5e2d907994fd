"""Progress as a small port: null, list (tests), log and rich back ends."""
