"""The vision room: one pass of a shared trunk gives image group, tags and embedding of every picture."""
