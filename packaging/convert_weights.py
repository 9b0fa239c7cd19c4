"""Write weights of an older format anew under the present names of tensors and settings.

``python packaging/convert_weights.py FILE.safetensors…`` replaces each file and its card. The numbers, the
trunk and what the card tells stay as they are; where the hash changes, what the card says of the old one
(its studies) is said of the new one.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import load_file, save

from karyoview.detectors.cards import CARD_FORMAT, card_path, combined_hash, read_card, sha256_of_file
from karyoview.detectors.weights import load_weights
from karyoview.detectors.weights_reading import current_name


def convert(path: Path) -> bool:
    """Whether ``path`` was of an older format and has been replaced; raises EngineError for damaged weights."""
    card = card_path(path)
    if json.loads(card.read_text(encoding="utf-8"))["format"] == CARD_FORMAT:
        return False
    old = load_weights(path).hash
    present = read_card(card)
    with safe_open(path, "np") as file:
        metadata = file.metadata()
    tensors = {current_name(name): tensor for name, tensor in load_file(path).items()}
    written = path.with_name(f".{path.name}.new")
    written.write_bytes(save(dict(sorted(tensors.items())), metadata=metadata))
    os.replace(written, path)
    entry = present["weights"]
    entry["sha256"] = sha256_of_file(path)
    entry["hash"] = combined_hash(entry["sha256"], entry["trunk"]["sha256"] if entry.get("trunk") else None)
    text = json.dumps(present, indent=2, ensure_ascii=False).replace(old, entry["hash"])
    card.write_text(text + "\n", encoding="utf-8")
    load_weights(path)
    return True


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name, "converted" if convert(Path(name)) else "is of the present format")
