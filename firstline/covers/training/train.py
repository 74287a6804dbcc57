"""Makes the cover model anew: `python -m firstline.covers.training.train DATA_FOLDER`. Needs scikit-learn.

The folder holds `raman2020/items.jsonl.gz` and `incivility/items.jsonl.gz`. Cross-validated (raman2020 by row,
incivility by thread, pruning within each fold), printed, then trained on everything and written.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from firstline.covers.features import letters, plain, words
from firstline.covers.model import FOLDER, Model

FOLDS = 5
KEPT = 70_000
LEAST = 2, 4
SETS = {"raman2020": "id", "incivility": "thread"}

Row = tuple[list[str], list[str], int]


def read(folder: Path, name: str) -> tuple[list[Row], list[int]]:
    """Rows as words, letters and label, and the fold of each; rows of one group stay together."""
    rows, folds = [], []
    with gzip.open(folder / name / "items.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            spoken = plain(row["text"])
            rows.append((words(spoken), letters(spoken), int(row["label"])))
            folds.append(hashlib.sha256(str(row[SETS[name]]).encode()).digest()[0] % FOLDS)
    return rows, folds


def fit(rows: list[Row]) -> Model:
    """Two passes: all features that occur often enough, then the strongest of them alone."""
    documents: list[Counter[str]] = [Counter(), Counter()]
    for *said, _label in rows:
        for found, features in zip(documents, said, strict=True):
            found.update(set(features))
    frequencies = {
        feature: float(np.float16(1 + np.log((1 + len(rows)) / (1 + count))))
        for found, least in zip(documents, LEAST, strict=True)
        for feature, count in sorted(found.items())
        if count >= least
    }
    first = _solve(rows, frequencies)
    strongest = sorted(first.places, key=lambda one: (-abs(first.weights[first.places[one]]), one))[:KEPT]
    return _solve(rows, {feature: frequencies[feature] for feature in sorted(strongest)})


def _solve(rows: list[Row], frequencies: dict[str, float]) -> Model:
    from scipy.sparse import csr_matrix

    column = {feature: place for place, feature in enumerate(frequencies)}
    data: list[float] = []
    places: list[int] = []
    starts = [0]
    for *said, _label in rows:
        for features in said:
            counts = Counter(one for one in features if one in column)
            values = {column[one]: (1 + np.log(count)) * frequencies[one] for one, count in counts.items()}
            length = np.sqrt(sum(value * value for value in values.values())) or 1.0
            places += values.keys()
            data += [value / length for value in values.values()]
        starts.append(len(places))
    matrix = csr_matrix((data, places, starts), shape=(len(rows), len(column)))
    solved = LogisticRegression(C=1.0, max_iter=500, class_weight="balanced").fit(matrix, [row[2] for row in rows])
    step = float(np.abs(solved.coef_).max()) / 127
    weights = np.round(solved.coef_[0] / step) * step
    return Model(column, weights, np.array(list(frequencies.values())), float(solved.intercept_[0]), 1.0, 0.0)


def raw(model: Model, row: Row) -> float:
    """The model's sum before it becomes a probability."""
    return model.offset + model._block(row[0]) + model._block(row[1])


def main(folder: Path) -> None:
    """Cross-validate, print, train on everything, write."""
    sets = {name: read(folder, name) for name in SETS}
    held: dict[str, list[tuple[float, int]]] = {name: [] for name in SETS}
    for fold in range(FOLDS):
        model = fit([row for rows, folds in sets.values() for row, its in zip(rows, folds, strict=True) if its != fold])
        for name, (rows, folds) in sets.items():
            held[name] += [(raw(model, row), row[2]) for row, its in zip(rows, folds, strict=True) if its == fold]
    for name, pairs in held.items():
        value = roc_auc_score([label for _, label in pairs], [score for score, _ in pairs])
        print(f"{name}: AUC {value:.3f} of {len(pairs)}")
    scores = [pair for pairs in held.values() for pair in pairs]
    platt = LogisticRegression(C=1e6).fit([[score] for score, _ in scores], [label for _, label in scores])
    model = fit([row for rows, _folds in sets.values() for row in rows])
    write(model, float(platt.coef_[0][0]), float(platt.intercept_[0]))


def write(model: Model, slope: float, shift: float) -> None:
    """Both files, without times in them, so that the same data give the same bytes."""
    names = sorted(model.places)
    order = [model.places[name] for name in names]
    weights = model.weights[order]
    step = float(np.abs(weights).max()) / 127
    arrays: dict[str, Any] = {
        "weights": np.round(weights / step).astype(np.int8),
        "frequencies": model.frequencies[order].astype(np.float16),
        "step": np.float64(step),
        "numbers": np.array([model.offset, slope, shift]),
    }
    with zipfile.ZipFile(FOLDER / "model.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), buffer.getvalue())
    (FOLDER / "features.txt.gz").write_bytes(gzip.compress("\n".join(names).encode(), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
