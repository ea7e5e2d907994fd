"""Read what vendors deliver: drops in every declared format become products, problems and withdrawals."""
