"""How to sample: what is asked for, as a config (docs/config.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DEFAULT_CHAINS = 4
OUTPUT = "run.h5"


@dataclass(frozen=True)
class Settings:
    """Keys of a config that most runs change; `config` has any others, as nested dicts, and wins."""

    draws: int = 1000
    chains: int = DEFAULT_CHAINS
    tune: int | None = None
    seed: int | None = None
    target_accept: float | None = None
    init: Any = None
    log_likelihood: bool = False
    config: Mapping[str, Any] = field(default_factory=dict)

    def as_config(self, model: str, init: Mapping[str, Any]) -> dict[str, Any]:
        """The config of a model's file; `init` are the model's own initial values, which those asked for come before."""
        config: dict[str, Any] = {"model": model, "chains": self.chains, "sampler": {"draws": self.draws}}
        if self.seed is not None:
            config["seed"] = int(self.seed)
        if self.init is not None or init:
            config["init"] = self.init if self.init is not None else dict(init)
        if self.tune is not None:
            config["warmup"] = {"iterations": self.tune}
        if self.target_accept is not None:
            config["sampler"]["target_accept"] = self.target_accept
        config["output"] = {"file": OUTPUT, "log_likelihood": self.log_likelihood, "predictive": False}
        return merged(config, self.config)


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the entries of `over`; where both have an object, that of both."""
    result = dict(base)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = merged(result[key], value) if both else value
    return result
