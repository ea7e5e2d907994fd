"""The registry of trained versions: vision, text and fusion alike."""
