"""The peer: what `rasa init` gives (its default pipeline and policies), with this bot's intents and messages.

Only the tokenizer differs from the default, because the default one cannot cut Chinese; every intent has one rule that
utters one text, and two stories, so that the stock policies have something to learn. It has no custom action, no store
and no log, which is to its advantage. It learns from `EXAMPLES` messages an intent and from stories that are not glued
together (`--augmentation 0`): otherwise its training takes hours, and how long a turn takes does not depend on it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml

EXAMPLES = 60
CONFIG = {
    "recipe": "default.v1",
    "assistant_id": "stock",
    "language": "zh",
    "pipeline": [
        {"name": "JiebaTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": 100},
        {"name": "TEDPolicy", "max_history": 5, "epochs": 100, "constrain_similarities": True},
    ],
}


def write_project(folder: Path, messages: dict[str, list[str]]) -> None:
    """Write a stock project that knows the first `EXAMPLES` of `messages` (intent → texts) of each intent."""

    def dump(path: Path, data: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8")

    intents = list(messages)
    dump(folder / "config.yml", CONFIG)
    dump(
        folder / "domain.yml",
        {
            "version": "3.1",
            "intents": intents,
            "responses": {f"utter_{intent}": [{"text": f"这是关于{intent}的回答。"}] for intent in intents}
            | {"utter_default": [{"text": "抱歉，没有听懂。"}]},
            "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
        },
    )
    dump(
        folder / "data/nlu.yml",
        {
            "version": "3.1",
            "nlu": [
                {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts[:EXAMPLES])}
                for intent, texts in messages.items()
            ],
        },
    )
    dump(
        folder / "data/rules.yml",
        {
            "version": "3.1",
            "rules": [
                {"rule": f"answer {intent}", "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]}
                for intent in intents
            ]
            + [{"rule": "not understood", "steps": [{"intent": "nlu_fallback"}, {"action": "utter_default"}]}],
        },
    )
    dump(
        folder / "data/stories.yml",
        {
            "version": "3.1",
            "stories": [
                {
                    "story": f"{first}, then {second}",
                    "steps": [
                        {"intent": first},
                        {"action": f"utter_{first}"},
                        {"intent": second},
                        {"action": f"utter_{second}"},
                    ],
                }
                for first, second in zip(intents, intents[1:] + intents[:1], strict=True)
            ],
        },
    )
    dump(folder / "credentials.yml", {"rest": None})
    dump(folder / "endpoints.yml", {})


def trained(folder: Path, messages: dict[str, list[str]]) -> float:
    """A trained project in `folder`; returns the seconds that training took.

    Training takes many minutes and depends on nothing but messages and configuration, so it is kept until one changes.
    """
    learned = {intent: texts[:EXAMPLES] for intent, texts in messages.items()}
    made_from = hashlib.sha256(json.dumps([CONFIG, learned], ensure_ascii=False).encode()).hexdigest()
    record = folder / "trained.json"
    if record.exists() and (kept := json.loads(record.read_text()))["made_from"] == made_from:
        return float(kept["seconds"])
    shutil.rmtree(folder, ignore_errors=True)
    write_project(folder, messages)
    started = time.perf_counter()
    subprocess.run(
        [*rasa(), "train", "--quiet", "--augmentation", "0", "--fixed-model-name", "stock"],
        cwd=folder,
        check=True,
        stdout=(folder / "train.log").open("wb"),
        stderr=subprocess.STDOUT,
    )
    seconds = time.perf_counter() - started
    record.write_text(json.dumps({"made_from": made_from, "seconds": seconds}))
    return seconds


def rasa() -> list[str]:
    return [sys.executable, "-m", "rasa"]


def serve_command(port: int) -> list[str]:
    return [*rasa(), "run", "--interface", "127.0.0.1", "--port", str(port), "--model", "models/stock.tar.gz"]
