"""What a product resembles: one Annoy bundle a group, its recall measured before it may leave."""
