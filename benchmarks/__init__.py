"""Performance figures, each against a peer measured in the same run on the same machine: `make bench`."""
