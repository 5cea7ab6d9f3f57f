"""Cosine collaborative filtering, segments, cold start and explanations. Needs numpy, scipy and scikit-learn only."""
