"""Where a product belongs: reading vendor filings, placing, and what a changed hierarchy would move. Pure."""
