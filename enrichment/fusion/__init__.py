"""Where the claims of vendor, words and pictures meet, once: pure, records in, records out."""
