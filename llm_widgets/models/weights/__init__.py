"""Weights from elsewhere: which of them goes where."""
