"""One file a step: upgrade and downgrade."""
