"""The vocabulary of the project: what a row is, in memory and at rest."""
