"""Serving without TensorFlow, where no trained component needs it: it takes half of the time to import Rasa, and 300
MB.

Rasa 3.6.21 imports TensorFlow for whoever reads `rasa.utils.train_utils`, because two of its modules derive training
helpers
(a progress logger, a checkpoint writer, a batch generator) from Keras classes; and for whoever loads a model, because
the
model's *training* graph names a validator that imports DIET to compare with. Only training ever makes one of them.
`without_tensorflow` puts small modules in their place before Rasa is imported; the names are there, using one says
what to do. Never called by `zhike train`, `rasa train` or `rasa shell`; undone by starting a new process.
"""

from __future__ import annotations

import json
import os
import sys
import tarfile
from pathlib import Path
from types import ModuleType
from typing import Any

# Modules of Rasa 3.6.21 that import TensorFlow and hold graph components.
TENSORFLOW_COMPONENTS = frozenset(
    {
        "rasa.core.policies.ted_policy",
        "rasa.core.policies.unexpected_intent_policy",
        "rasa.nlu.classifiers.diet_classifier",
        "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
        "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
        "rasa.nlu.selectors.response_selector",
    }
)
_TRAINING_HELPERS = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaDataGenerator", "RasaBatchDataGenerator"),
    "rasa.graph_components.validators.default_recipe_validator": ("DefaultV1RecipeValidator",),
}


def needs_tensorflow(model: Path) -> bool:
    """Whether a component of the trained model (rasa.tar.gz) lies in one of Rasa's TensorFlow modules."""
    with tarfile.open(model) as archive:
        # The archive's first members are the components; the metadata is found by name.
        member = archive.extractfile("metadata.json")
        assert member is not None, "a Rasa archive has a metadata.json"
        schema = json.load(member)["predict_schema"]["nodes"]
    return any(node["uses"].rpartition(".")[0] in TENSORFLOW_COMPONENTS for node in schema.values())


def without_tensorflow() -> bool:
    """Stand in for the training helpers. False (and nothing done) when TensorFlow or a helper is imported already."""
    if "tensorflow" in sys.modules or any(name in sys.modules for name in _TRAINING_HELPERS):
        return False
    for name, classes in _TRAINING_HELPERS.items():
        module = ModuleType(name, "Stands in for Rasa's Keras training helpers, see bot.runtime.light_start.")
        for class_name in classes:
            setattr(module, class_name, type(class_name, (), {"__init__": _cannot_train}))
        sys.modules[name] = module
    return True


def one_thread_a_product() -> None:
    """Numeric libraries compute in the thread that asks. Helpers that wait busily for the next small product would eat
    the processor that other turns need. To be called before numpy is imported; what the environment says counts.
    """
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def _cannot_train(self: Any, *_: Any, **__: Any) -> None:
    raise RuntimeError(
        f"{type(self).__name__}: this process serves without TensorFlow and cannot train; run `zhike train`"
    )
