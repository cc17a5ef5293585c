"""What is known of a folder of weights without loading them: its card, for people and programs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.encoder import WEIGHTS, load_settings
from models.heads import STANCES
from models.labels import read_config
from models.prediction import POLARITIES, RISK_CODES

# What of config.json describes the network to a reader.
NETWORK = (
    "model_type",
    "blocks",
    "merge_after",
    "width",
    "inner",
    "heads",
    "vocabulary",
    "positions",
)
_FIGURES = re.compile(r"^## Figures$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Card:
    """Name, files, network, labels and figures of one set of weights.

    `files` are sizes in bytes. `figures` are the rows of the first table under «Figures» in the
    folder's README.md, by its own headings; empty where there is none. `shipped` tells the weights
    that come with the product.
    """

    folder: Path
    shipped: bool
    name: str
    version: str
    preprocessing: str
    files: Mapping[str, int]
    network: Mapping[str, int | str]
    polarities: Sequence[str]
    stances: Sequence[str]
    thresholds: Mapping[str, float]
    temperature: float
    figures: Sequence[Mapping[str, str]]

    @property
    def full_name(self) -> str:
        """Model and preprocessing version as stored with each prediction."""
        return f"{self.name}@{self.version}+{self.preprocessing}"


def read_card(folder: Path | None = None) -> Card:
    """Return the card of the weights in `folder`, by default the shipped ones.

    Raises `ModelError` with a sentence in Chinese for a folder that holds none of our making.
    """
    folder = folder or WEIGHTS
    config = read_config(folder)
    settings = load_settings(folder)
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return Card(
        folder=folder,
        shipped=folder.resolve() == WEIGHTS.resolve(),
        name=settings.name,
        version=settings.version,
        preprocessing=settings.preprocessing,
        files={path.name: path.stat().st_size for path in files},
        network={name: config[name] for name in NETWORK if name in config},
        polarities=POLARITIES,
        stances=STANCES,
        thresholds={code: settings.thresholds[code] for code in RISK_CODES},
        temperature=settings.temperature,
        figures=_figures(folder / "README.md"),
    )


def _figures(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    section = _FIGURES.search(path.read_text("utf-8"))
    lines = section.group(1).splitlines() if section else []
    start = next((n for n, line in enumerate(lines) if line.startswith("|")), len(lines))
    table = lines[start:]
    stop = next((n for n, line in enumerate(table) if not line.startswith("|")), len(table))
    rows = [[cell.strip() for cell in line.strip("| \n").split("|")] for line in table[:stop]]
    return [dict(zip(rows[0], row, strict=False)) for row in rows[2:]]
