"""Catalogue enrichment: one nightly batch from vendor drops to a published, reviewed hierarchy."""
