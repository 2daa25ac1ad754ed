"""On what a board runs a model: a runtime, a provider of it and its options, as the user asks; what is left open is the usual."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from device_agent.contract.manifest import Manifest, runtimes_for
from device_agent.contract.messages import NAME, Runtime

from ..errors import RejectedError, UsageError
from ..events import Emit, ignore
from .agent_client import AgentClient
from .provider import known_provider, offering
from .runtimes import WHEELS, bring_runtime
from .transport import Deadline

SINCE = 4
"""The minor version of the first agent that verifies and runs on what it is told."""


DELEGATES: dict[str, tuple[str, dict[str, str]]] = {"xnnpack": ("XNNPACK", {}), "none": ("CPU", {"delegate": "none"})}
"""Delegates that are known by a name, as provider and options."""


@dataclass(frozen=True)
class RunOn:
    """What is asked for.

    Args:
        runtime: id of a runtime adapter; "" = the board's preferred one for the format.
        provider: a key of :data:`engine.deploy.provider.PROVIDERS`, or the runtime's own name; "" = what it uses by itself.
        options: of the adapter.
    """

    runtime: str = ""
    provider: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        runtime: str | None = None,
        provider: str | None = None,
        delegate: str | None = None,
        delegate_options: Sequence[str] = (),
    ) -> "RunOn":
        """From what a user says.

        Args:
            runtime: id of an adapter.
            provider: of the runtime.
            delegate: of a TFLite runtime: ``xnnpack``, ``none``, or the library of another on the board.
            delegate_options: of that library, ``KEY=VALUE`` each.

        Raises:
            UsageError: a name that no runtime or provider can have.

        >>> RunOn.of("rknn", "NPU").provider
        'NPU'
        >>> RunOn.of(delegate="libedgetpu.so.1", delegate_options=["device=usb:0"]).options
        {'delegate': 'libedgetpu.so.1', 'delegate.device': 'usb:0'}
        """
        for what, name in (("runtime", runtime), ("provider", provider)):
            if name is not None and not NAME.match(name):
                raise UsageError(f"bad-{what}", f"'{name[:40]}' is no name of a {what}", "see flyweight device probe")
        if provider is not None and runtime is None:
            known_provider(provider)
        if delegate is None:
            if delegate_options:
                raise UsageError(
                    "no-delegate", "--delegate-option without a delegate", "name its library: --delegate PATH"
                )
            return cls(runtime or "", provider or "")
        if provider is not None:
            raise UsageError(
                "one-of", "--delegate and --provider exclude one another", "a delegate is TFLite's provider"
            )
        if delegate in DELEGATES and not delegate_options:
            named, more = DELEGATES[delegate]
            return cls(runtime or "", named, more)
        options = {"delegate": delegate}
        for text in delegate_options:
            key, equals, value = text.partition("=")
            if not key or not equals:
                raise UsageError("bad-option", f"'{text[:100]}' is not KEY=VALUE", "for example: device=usb:0")
            options[f"delegate.{key}"] = value
        return cls(runtime or "", "DELEGATE", options)

    @classmethod
    def of_told(cls, told: Mapping[str, str]) -> "RunOn":
        """From what an agent was told (see ``StageRequest.run``), as a slot's history keeps it.

        >>> RunOn.of_told({"provider": "DELEGATE", "delegate": "none"})
        RunOn(runtime='', provider='DELEGATE', options={'delegate': 'none'})
        """
        options = {key: value for key, value in told.items() if key not in ("runtime", "provider")}
        return cls(told.get("runtime", ""), told.get("provider", ""), options)

    def to_json(self) -> dict[str, Any]:
        """For a plan that is kept."""
        return {"runtime": self.runtime, "provider": self.provider, "options": dict(self.options)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any] | None) -> "RunOn":
        """From such a plan; None = the usual."""
        return cls() if value is None else cls(value["runtime"], value["provider"], dict(value["options"]))

    def __str__(self) -> str:
        """In words, as a user would give it; "" for the usual.

        >>> str(RunOn.of("litert", delegate="libedgetpu.so.1"))
        'runtime litert, provider DELEGATE, delegate libedgetpu.so.1'
        """
        pairs = {"runtime": self.runtime, "provider": self.provider, **self.options}
        return ", ".join(f"{key} {value}" for key, value in pairs.items() if value)

    @property
    def asks(self) -> bool:
        """Whether anything but the usual is asked for."""
        return bool(self.runtime or self.provider or self.options)

    def entry(self, formats: Sequence[str], have: Sequence[Runtime], name: str) -> tuple[Runtime, str]:
        """The runtime of a board, and its name for the provider, that run a model of one of some formats.

        Raises:
            RejectedError: the board has none; says what it has.
        """
        fitting = [item for format_ in formats for item in runtimes_for(format_, have, self.runtime)]
        if not fitting and self.runtime:
            known = ", ".join(f"{item.id} ({' '.join(item.formats)})" for item in have) or "none"
            raise RejectedError(
                "no-runtime",
                f"the board has no runtime {self.runtime} for {name} ({' or '.join(formats)}); it has: {known}",
                "flyweight device adapter list TARGET says why an adapter cannot be used; add one: flyweight device adapter add",
            )
        return offering(self.provider, fitting, name)

    def takes(self, format_: str, have: Sequence[Runtime]) -> bool:
        """Whether a board runs a format so."""
        try:
            self.entry([format_], have, format_)
        except RejectedError:
            return False
        return True

    def prepare(
        self, client: AgentClient, manifest: Manifest, *, emit: Emit = ignore, deadline: Deadline | None = None
    ) -> tuple[str | None, dict[str, str]]:
        """Make sure the board can run a bundle so: its environment, and what the agent is told (see ``StageRequest.run``).

        Raises:
            RejectedError: it cannot, or its agent is too old to be told.
        """
        formats = [model.format for model in manifest.models]
        if not self.asks:
            return bring_runtime(client, formats, emit=emit, deadline=deadline), {}
        self._check_agent(client)
        have = client.runtimes()
        known = any(runtimes_for(format_, have, self.runtime) for format_ in formats)
        if not known and (not self.runtime or any(self.runtime in names for names in WHEELS.values())):
            bring_runtime(client, formats, runtime=self.runtime, emit=emit, deadline=deadline)
            have = client.runtimes()
        runtime, named = self.entry(formats, have, manifest.name)
        told = {"runtime": self.runtime and runtime.id, "provider": self.provider and named}
        return runtime.env, {**{key: value for key, value in told.items() if value}, **self.options}

    def told(self, client: AgentClient, slot: str) -> dict[str, str]:
        """What the agent is told about a prediction with what is in a slot already; nothing where nothing is asked for.

        Raises:
            RejectedError: the board's runtimes do not offer it, or its agent is too old to be told.
        """
        if not self.asks:
            return {}
        self._check_agent(client)
        fitting = [item for item in client.runtimes() if self.runtime in ("", item.id)]
        named = offering(self.provider, fitting, f"slot {slot}")[1] if self.provider else ""
        pairs = {"runtime": self.runtime, "provider": named}
        return {**{key: value for key, value in pairs.items() if value}, **self.options}

    def _check_agent(self, client: AgentClient) -> None:
        if client.hello.minor < SINCE:
            raise RejectedError(
                "old-agent",
                f"the agent there speaks protocol {client.hello.major}.{client.hello.minor} and runs models on the usual only",
                "update it: flyweight device add NAME ADDRESS; or leave out --runtime, --provider and --delegate",
            )


USUAL = RunOn()
