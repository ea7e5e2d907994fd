"""What people ask for by day: checks, simulations, exports, audits and lessons; nothing of a night depends on it."""
