"""Text to token ids: the one path from a string to the network's input."""
