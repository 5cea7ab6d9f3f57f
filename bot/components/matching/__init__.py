"""One deterministic matcher for each entity. Plain functions over a normalised text; nothing here knows of Rasa."""
