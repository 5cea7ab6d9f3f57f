"""What runs the bot: in-process actions, live trackers, varied wordings, assembly, logs, and small shims for Rasa
3.6.21.
"""
