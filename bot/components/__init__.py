"""Rasa graph components of 知客's language understanding, and the plain modules they are made of.

``text``, ``segmenter``, ``encoders``, ``features``, ``intent_model`` and ``gate_rules`` know nothing of Rasa and load
no TensorFlow; ``normaliser``, ``tokenizer``, ``intents`` and ``gate`` put them into Rasa's graph.
"""
