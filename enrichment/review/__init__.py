"""The merchandisers' room: the hierarchy diff report, their decisions, and what the next night must obey."""
