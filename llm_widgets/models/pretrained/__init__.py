"""Models that others trained, kept on this machine in a form that loads at once."""
