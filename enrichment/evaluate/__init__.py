"""Scoring a published run against a known truth: accuracy beside coverage, with intervals, field by field."""
