"""Layers of our own; each imports Keras, so each is imported where a model is built."""
