"""Writes and reads a network as one small file: matrices as bytes with a scale a row."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from models.labels import ModelError, read_config
from models.network import Network, Shape, Tensor

MODEL_TYPE = "fengsui"  # how config.json names a network of ours
SCALE = ".scale"
# What fits into a signed byte; a row's largest weight becomes this.
TOP = 127.0


def save_network(network: Network, folder: Path) -> None:
    """Write config.json and model.safetensors as `load_network` reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    config = json.dumps({"model_type": MODEL_TYPE, **asdict(network.shape)}, indent=2)
    (folder / "config.json").write_text(config + "\n", "utf-8")
    packed: dict[str, Tensor] = {}
    for name, value in network.state_dict().items():
        packed |= _packed(name, value.float().cpu())
    save_file(packed, folder / "model.safetensors", metadata={"format": "pt"})
    # safetensors writes for the owner alone; the weights are for every user of the machine.
    (folder / "model.safetensors").chmod(0o644)


def load_network(folder: Path, kind: Tensor = torch.float32) -> Network:
    """Return the network saved in `folder`, in the floating type `kind`, ready to answer.

    Raises `ModelError` with a sentence in Chinese for a folder that holds no such network.
    """
    with torch.device("meta"):  # takes no memory: the stored values become the network's own
        network = Network(_shape(folder))
    try:
        stored = load_file(folder / "model.safetensors")
        names = [name for name in stored if not name.endswith(SCALE)]
        state = {name: _unpacked(name, stored).to(kind) for name in names}
        network.load_state_dict(state, assign=True)
    except (OSError, RuntimeError, KeyError, SafetensorError) as error:
        raise ModelError(
            f"模型文件 {folder / 'model.safetensors'} 缺失或已损坏，请重新取得完整的模型目录。"
        ) from error
    return network.eval()


def _shape(folder: Path) -> Shape:
    config = read_config(folder)
    try:
        chosen = {name: config[name] for name in asdict(Shape())}
    except KeyError as error:
        raise ModelError(
            f"模型目录 {folder} 不是烽燧自己的模型（config.json 缺少 {error}）；"
            "换用别的情感模型，请在配置的 model 里写 path 和 labels。"
        ) from error
    return Shape(**{**chosen, "merge_after": tuple(chosen["merge_after"])})


def _packed(name: str, value: Tensor) -> dict[str, Tensor]:
    """Keep vectors at half precision; a matrix loses a 254th of its row's largest at most."""
    if value.dim() != 2:  # noqa: PLR2004 - a matrix has two dimensions
        return {name: value.half()}
    scale = (value.abs().amax(1, keepdim=True) / TOP).clamp(min=1e-8)
    return {name: (value / scale).round().to(torch.int8), name + SCALE: scale}


def _unpacked(name: str, stored: dict[str, Tensor]) -> Tensor:
    value = stored[name].float()
    return value * stored[name + SCALE] if name + SCALE in stored else value
