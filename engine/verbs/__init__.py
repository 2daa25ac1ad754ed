"""The door: one plain function per verb, records in, events out, records back.

>>> from engine.verbs import inspect
>>> inspect("sample:fashion-resnet").format
<Format.ONNX: 'onnx'>

Every verb takes keyword arguments ``emit`` (receives :mod:`engine.events`) and ``cancel`` where its work is long, and
returns a frozen record with ``to_json()``: the document that ``--json`` prints. The command line, the window's worker
and your scripts call the same functions. They are loaded on first use, so importing this module costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .adapters import adapter_add, adapter_list, adapter_remove
    from .board_log import device_history, device_log
    from .bundling import bundle
    from .campaigns import profile_run
    from .catalogue import techniques
    from .compression import compress
    from .demonstration import demo
    from .deployment import deploy, offline, releases, rollback
    from .devices import (
        device_discover,
        device_doctor,
        device_group,
        device_keys,
        device_list,
        device_probe,
        device_remove,
        device_selftest,
        device_set,
        device_setup,
        device_tag,
        device_unlock,
    )
    from .diagnosis import doctor
    from .effect_map import effects
    from .enrolment import device_add, device_add_from, device_add_plan
    from .evaluation import compare, evaluate
    from .expectations import forecast
    from .explanation import explain
    from .exporting import export
    from .fleet import fleet_cancel, fleet_pause, fleet_resume, fleet_rollout, fleet_status
    from .fleet_profile import profile_fleet
    from .fleet_watching import fleet_watch
    from .foresight import profile_predict
    from .generalisation import robustness
    from .inspection import inspect
    from .knowledge import profile_check, profile_compare, profile_cover, profile_drift, profile_import
    from .layer_comparison import compare_layers
    from .listing import job_list, job_show, project_show, recipe_check
    from .measurement import measure, measure_scenario
    from .past_readings import profile_history
    from .pipelining import pipeline
    from .prediction import run
    from .presets import choose
    from .previewing import data_preview
    from .profiling import profile_export, profile_list, profile_show
    from .reporting import report
    from .sensitivities import sensitivity
    from .succession import profile_over_time, profile_releases, profile_variants
    from .transferring import profile_transfer
    from .watching import device_watch

VERBS: dict[str, str] = {
    "inspect": "inspection",
    "data_preview": "previewing",
    "techniques": "catalogue",
    "compress": "compression",
    "choose": "presets",
    "forecast": "expectations",
    "sensitivity": "sensitivities",
    "evaluate": "evaluation",
    "compare": "evaluation",
    "compare_layers": "layer_comparison",
    "explain": "explanation",
    "effects": "effect_map",
    "robustness": "generalisation",
    "pipeline": "pipelining",
    "export": "exporting",
    "bundle": "bundling",
    "device_add": "enrolment",
    "device_add_from": "enrolment",
    "device_add_plan": "enrolment",
    "device_group": "devices",
    "device_tag": "devices",
    "device_unlock": "devices",
    "device_keys": "devices",
    "device_discover": "devices",
    "device_list": "devices",
    "device_probe": "devices",
    "device_remove": "devices",
    "device_selftest": "devices",
    "device_set": "devices",
    "device_setup": "devices",
    "device_doctor": "devices",
    "adapter_add": "adapters",
    "adapter_list": "adapters",
    "adapter_remove": "adapters",
    "device_watch": "watching",
    "device_log": "board_log",
    "device_history": "board_log",
    "deploy": "deployment",
    "rollback": "deployment",
    "offline": "deployment",
    "releases": "deployment",
    "fleet_rollout": "fleet",
    "fleet_resume": "fleet",
    "fleet_pause": "fleet",
    "fleet_cancel": "fleet",
    "fleet_status": "fleet",
    "fleet_watch": "fleet_watching",
    "run": "prediction",
    "measure": "measurement",
    "measure_scenario": "measurement",
    "profile_list": "profiling",
    "profile_show": "profiling",
    "profile_history": "past_readings",
    "profile_fleet": "fleet_profile",
    "profile_export": "profiling",
    "profile_run": "campaigns",
    "profile_predict": "foresight",
    "profile_compare": "knowledge",
    "profile_drift": "knowledge",
    "profile_releases": "succession",
    "profile_variants": "succession",
    "profile_over_time": "succession",
    "profile_cover": "knowledge",
    "profile_import": "knowledge",
    "profile_check": "knowledge",
    "profile_transfer": "transferring",
    "report": "reporting",
    "doctor": "diagnosis",
    "demo": "demonstration",
    "project_show": "listing",
    "job_list": "listing",
    "job_show": "listing",
    "recipe_check": "listing",
}
"""Verb -> the module of this package that holds it."""

__all__ = [
    "VERBS",
    "adapter_add",
    "adapter_list",
    "adapter_remove",
    "bundle",
    "choose",
    "compare",
    "compare_layers",
    "compress",
    "data_preview",
    "demo",
    "deploy",
    "device_add",
    "device_add_from",
    "device_add_plan",
    "device_discover",
    "device_doctor",
    "device_group",
    "device_history",
    "device_keys",
    "device_list",
    "device_log",
    "device_probe",
    "device_remove",
    "device_selftest",
    "device_set",
    "device_setup",
    "device_tag",
    "device_unlock",
    "device_watch",
    "doctor",
    "effects",
    "evaluate",
    "explain",
    "export",
    "fleet_cancel",
    "fleet_pause",
    "fleet_resume",
    "fleet_rollout",
    "fleet_status",
    "fleet_watch",
    "forecast",
    "inspect",
    "job_list",
    "job_show",
    "measure",
    "measure_scenario",
    "offline",
    "pipeline",
    "profile_check",
    "profile_compare",
    "profile_cover",
    "profile_drift",
    "profile_export",
    "profile_fleet",
    "profile_history",
    "profile_import",
    "profile_list",
    "profile_over_time",
    "profile_predict",
    "profile_releases",
    "profile_run",
    "profile_show",
    "profile_transfer",
    "profile_variants",
    "project_show",
    "recipe_check",
    "releases",
    "report",
    "robustness",
    "rollback",
    "run",
    "sensitivity",
    "techniques",
]


def __dir__() -> list[str]:
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    if name not in VERBS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{VERBS[name]}", __name__), name)
