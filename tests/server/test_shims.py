"""Our changes to Rasa 3.6.21 give the same results as Rasa's own code, and lean on nothing that has changed."""

from __future__ import annotations

import ast
import inspect
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import rasa
from jsonschema import ValidationError
from rasa.core.actions.action import ActionExtractSlots, RemoteAction
from rasa.core.actions.forms import FormAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    FollowupAction,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.runtime import light_start, shims
from bot.runtime.action_endpoint import failed
from tests.homes import clean_environment

_RASAS_TEMPORARY_TRACKER = FormAction._temporary_tracker

DOMAIN = Domain.from_dict(
    {
        "intents": ["greet", "buy"],
        "entities": ["brand"],
        "actions": ["action_a", "action_b"],
        "forms": {"a_form": {"required_slots": ["size"]}},
        "slots": {
            "size": {"type": "text", "mappings": [{"type": "custom"}]},
            "kind": {"type": "categorical", "values": ["x", "y"], "mappings": [{"type": "custom"}]},
        },
    }
)


def test_rasa_is_the_version_that_the_shims_are_written_for():
    assert rasa.__version__ == shims.RASA_VERSION


# --- validation of an action's result -------------------------------------------------------------------


@pytest.mark.parametrize(
    "result",
    [
        {"events": [], "responses": []},
        {"events": [{"event": "slot", "name": "a", "value": 1, "timestamp": None}], "responses": [{"text": "x"}]},
        {"events": [{"event": "followup", "name": "action_listen"}]},
        failed("action_x", "again"),
    ],
)
def test_good_results_are_accepted(result: dict[str, Any]):
    assert shims.validate_action_result(RemoteAction("action_x", None), result)


@pytest.mark.parametrize(
    "result",
    [[], "x", {"events": {}}, {"events": [{"event": 3}]}, {"responses": ["x"]}, {"events": [{"event": "slot"}]}],
)
def test_bad_results_are_refused_as_rasa_refuses_them(result: Any):
    import jsonschema

    schema = RemoteAction.action_response_format_spec()
    try:
        jsonschema.validate(result, schema)
    except ValidationError:
        with pytest.raises(ValidationError):
            shims.validate_action_result(RemoteAction("action_x", None), result)
    else:
        assert shims.validate_action_result(RemoteAction("action_x", None), result)


# --- trackers -------------------------------------------------------------------------------------------


def random_talk(seed: int) -> list[Event]:
    """Events as a talk has them: sessions, turns, slots, forms with interruptions, undone turns."""
    rng, in_form = random.Random(seed), False
    events: list[Event] = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    for _ in range(rng.randint(1, 12)):
        intent = rng.choice(["greet", "buy"])
        events.append(
            UserUttered(
                "…",
                {"name": intent, "confidence": 1.0},
                [{"entity": "brand", "value": "小米"}] if rng.random() < 0.3 else [],
            )
        )
        kind = rng.random()
        if in_form and kind < 0.5:
            events += [DefinePrevUserUtteredFeaturization(False), ActionExecutionRejected("a_form")]
            events += [ActionExecuted("action_a"), BotUttered("x"), FollowupAction("a_form"), ActionExecuted("a_form")]
        elif in_form:
            events += [ActionExecuted("a_form"), SlotSet("size", rng.choice(["L", None]))]
            if kind > 0.8:
                events.append(ActiveLoop(None))
                in_form = False
        elif kind < 0.3:
            events += [
                DefinePrevUserUtteredFeaturization(False),
                ActionExecuted("a_form"),
                ActiveLoop("a_form"),
                SlotSet("requested_slot", "size"),
            ]
            in_form = True
        elif kind < 0.4:
            events += [ActionExecuted("action_b"), UserUtteranceReverted()]
            continue
        elif kind < 0.5:
            events += [ActionExecutionRejected("action_a"), FollowupAction("action_listen")]
        else:
            events += [
                DefinePrevUserUtteredFeaturization(False),
                ActionExecuted("action_a"),
                BotUttered("x"),
                SlotSet("kind", rng.choice(["x", "y", None])),
            ]
            if rng.random() < 0.5:
                events += [ActionExecuted("action_b"), BotUttered("y")]
        events.append(ActionExecuted("action_listen"))
        if rng.random() < 0.1:
            events += [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
            in_form = False
    return events


@pytest.mark.parametrize("seed", range(40))
def test_applied_events_are_rasas(seed: int):
    rng = random.Random(seed)
    tracker = DialogueStateTracker.from_events("s", [], DOMAIN.slots)
    for event in random_talk(seed):
        tracker.update(event)
        if rng.random() < 0.4:  # going on from what was known, after one event or several
            assert shims.applied_events(tracker) == shims._APPLIED(tracker)
            twin = shims.copy_tracker(tracker)
            twin.update(ActionExecuted("a_form"))
            assert shims.applied_events(twin) == shims._APPLIED(twin)


def test_event_classes_are_rasas():
    for name in ("slot", "user", "followup", "active_loop", "rewind", "bot", "action"):
        assert shims.event_class(name) is shims._RESOLVE(name)
    with pytest.raises(ValueError):
        shims.event_class("no such event")


async def test_nothing_is_extracted_where_only_actions_fill_slots_and_all_where_a_message_does(monkeypatch):
    asked = []

    async def rasas(*args: Any) -> list[Event]:
        asked.append(args)
        return [SlotSet("size", "L")]

    monkeypatch.setattr(shims, "_EXTRACT", rasas)
    tracker, action = DialogueStateTracker.from_events("s", [], DOMAIN.slots), ActionExtractSlots(None)
    assert await shims.extract_slots(action, None, None, tracker, DOMAIN) == []
    for change in (
        {"slots": {"size": {"type": "text", "mappings": [{"type": "from_text"}]}}},
        {"slots": {"size": {"type": "text", "mappings": [{"type": "custom", "action": "action_a"}]}}},
        {"actions": ["action_a", "action_b", "action_validate_slot_mappings"]},
    ):
        domain = Domain.from_dict({**DOMAIN.as_dict(), **change})
        assert await shims.extract_slots(action, None, None, tracker, domain) == [SlotSet("size", "L")]
    assert len(asked) == 3


def test_default_actions_are_rasas_and_made_once_for_each_endpoint():
    one, other = EndpointConfig("http://one"), EndpointConfig("http://other")
    for endpoint in (None, one, other):
        made = shims.default_actions(endpoint)
        assert made is shims.default_actions(endpoint)
        assert [type(action) for action in made] == [type(action) for action in shims._MAKE_DEFAULT_ACTIONS(endpoint)]
    assert shims.default_actions(one) is not shims.default_actions(other)


@pytest.mark.parametrize("seed", range(20))
def test_a_forms_temporary_tracker_is_as_rasas(seed: int):
    tracker = DialogueStateTracker.from_events("s", random_talk(seed), DOMAIN.slots)
    form, found = FormAction("a_form", None), [SlotSet("size", "XXL")]
    mine = shims.temporary_tracker(form, tracker, found, DOMAIN)
    rasas = _RASAS_TEMPORARY_TRACKER(form, tracker, found, DOMAIN)
    assert mine.current_slot_values() == rasas.current_slot_values()
    assert (mine.active_loop_name, mine.latest_action_name) == (rasas.active_loop_name, rasas.latest_action_name)
    assert mine.latest_message == rasas.latest_message
    assert list(mine.events)[-3:] == list(rasas.events)[-3:]


@pytest.mark.parametrize("seed", range(20))
def test_a_copied_tracker_is_in_the_same_state_and_on_its_own(seed: int):
    tracker = DialogueStateTracker.from_events("s", random_talk(seed), DOMAIN.slots)
    twin, replayed = shims.copy_tracker(tracker), tracker.travel_back_in_time(float("inf"))
    assert twin == tracker and twin.current_slot_values() == replayed.current_slot_values()
    assert (twin.active_loop_name, twin.latest_action_name) == (replayed.active_loop_name, replayed.latest_action_name)
    before = tracker.current_state()
    for event in (
        UserUttered("neu", {"name": "greet"}),
        ActionExecuted("a_form"),
        ActiveLoop("a_form"),
        SlotSet("size", "XXL"),
    ):
        twin.update(event)
    assert tracker.current_state() == before


def test_an_action_sees_the_whole_turn_and_what_is_recent():
    events: list[Event] = []
    for number in range(60):
        events += [
            UserUttered(str(number), {"name": "greet"}),
            ActionExecuted("action_a"),
            ActionExecuted("action_listen"),
        ]
    events += [UserUttered("jetzt", {"name": "greet"}), *(SlotSet("size", str(n)) for n in range(50))]
    call = shims.action_call_format(
        RemoteAction("action_a", None), DialogueStateTracker.from_events("s", events, DOMAIN.slots), DOMAIN
    )
    seen = call["tracker"]["events"]
    assert seen[0]["event"] == "user" and seen[-1]["value"] == "49" and len(seen) == 51
    assert call["tracker"]["slots"]["size"] == "49" and call["tracker"]["latest_message"]["text"] == "jetzt"


# --- what only serves logging -----------------------------------------------------------------------------


@pytest.mark.parametrize("module", shims.ONLY_FOR_LOGGING, ids=lambda module: module.__name__)
def test_every_deepcopy_that_is_left_out_is_an_argument_of_a_log_line(module: Any):
    tree = ast.parse(inspect.getsource(module))
    logged = [
        call
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "structlogger"
    ]
    in_log_lines = {id(inner) for call in logged for inner in ast.walk(call)}
    uses = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "copy"
    ]
    assert uses and all(use.attr == "deepcopy" and id(use) in in_log_lines for use in uses)


# --- the graph ------------------------------------------------------------------------------------------


async def test_the_straight_runner_gives_what_dask_gives(bot: Any):
    import rasa.core.processor as processor_module
    from rasa.core.channels.channel import UserMessage

    _, _, dask_runner = processor_module.MessageProcessor._load_model(str(bot.model.rasa))
    straight, target = shims.StraightRunner(dask_runner), bot.agent.processor.model_metadata.nlu_target
    for text in ("你好", "推荐几款蓝牙耳机", "？？"):
        given = {"__message__": [UserMessage(text)], "__tracker__": DialogueStateTracker.from_events("s", [])}
        (one,), (other,) = straight.run(given, [target])[target], dask_runner.run(given, [target])[target]
        assert one.as_dict(only_output_properties=True) == other.as_dict(only_output_properties=True)


# --- TensorFlow -----------------------------------------------------------------------------------------


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=180,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_model_is_served_without_tensorflow(trained_home: Path):
    model = trained_home / "models/current/rasa.tar.gz"
    assert not light_start.needs_tensorflow(model)
    code = (
        "import sys; from bot.runtime.light_start import without_tensorflow; assert without_tensorflow()\n"
        "from rasa.core.agent import Agent; agent = Agent.load(sys.argv[1]) if len(sys.argv) > 1 else None\n"
        "from rasa.utils.train_utils import RasaModelCheckpoint\n"
        "try: RasaModelCheckpoint()\nexcept RuntimeError as error: print(error)\n"
        "print('tensorflow' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(model)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=180,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert "zhike train" in done.stdout and done.stdout.splitlines()[-1] == "False"


def test_the_stand_ins_are_the_classes_that_rasa_has():
    """Names only, read from the source: importing them would be importing TensorFlow."""
    for module, names in light_start._TRAINING_HELPERS.items():
        path = Path(rasa.__file__).parent.joinpath(*module.split(".")[1:]).with_suffix(".py")
        classes = [node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.ClassDef)]
        assert set(names) == set(classes)


def test_components_that_need_tensorflow_are_known():
    """All of Rasa's modules with graph components that import TensorFlow, directly or through rasa.utils.tensorflow."""
    root = Path(rasa.__file__).parent
    for path in [*root.glob("nlu/**/*.py"), *root.glob("core/policies/*.py")]:
        text = path.read_text("utf-8")
        if "import tensorflow" in text or "from tensorflow" in text:
            name = ".".join(("rasa", *path.relative_to(root).with_suffix("").parts))
            assert name in light_start.TENSORFLOW_COMPONENTS, name


def test_with_tensorflow_imported_already_nothing_is_changed():
    assert (
        run(
            "import sys, types; sys.modules['tensorflow'] = types.ModuleType('tensorflow')\n"
            "from bot.runtime.light_start import without_tensorflow; print(without_tensorflow())"
        ).strip()
        == "False"
    )
