"""How well labelled files are read: files in (`labelled`, `examples`), measures, reports out (`summary`, `page`).

Nothing here loads a model: the measures take what `zhike parse` would print.
"""
