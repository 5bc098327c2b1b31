#!/usr/bin/env python3
"""A dense export, opened by real transformers and by our own engine: the same logits?

    python3 dense_with_transformers.py reference EXPORT CALIB CASES   # with torch, transformers, safetensors, Pillow
    vlmptq probe model CASES --out OURS
    python3 dense_with_transformers.py compare CASES OURS             # plain Python

`reference` asks the first held-out calibration lines (picture and question) in float32 and writes them in the form of
golden/models beside links to the export's files. `compare` prints the largest difference and exits with 1 above 1e-3.
"""
import array
import json
import struct
import sys
from pathlib import Path

LINES = slice(128, 132)
TOLERANCE = 1e-3


def reference(export, calib, out):
    import torch
    from PIL import Image
    from safetensors.torch import save_file
    from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration, Qwen2VLImageProcessor

    tokenizer = AutoTokenizer.from_pretrained(export)
    processor = Qwen2VLImageProcessor.from_pretrained(export)
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(export, dtype=torch.float32).eval()
    pad = tokenizer.convert_tokens_to_ids("<|image_pad|>")
    (out / "images").mkdir(parents=True, exist_ok=True)
    for file in export.iterdir():
        if not (out / file.name).exists():
            (out / file.name).symlink_to(file.resolve())
    tensors, cases = {}, []
    for text in (calib / "calib.jsonl").read_text().splitlines()[LINES]:
        line = json.loads(text)
        picture = Image.open(calib / line["image"]).convert("RGB")
        pixels = processor(images=[picture], return_tensors="pt")
        messages = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": line["question"]}]}]
        prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        count = int(pixels["image_grid_thw"].prod()) // 4
        ids = tokenizer(prompt.replace("<|image_pad|>", "<|image_pad|>" * count), return_tensors="pt").input_ids
        with torch.no_grad():
            logits = model(input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=pixels["pixel_values"],
                           image_grid_thw=pixels["image_grid_thw"], mm_token_type_ids=(ids == pad).int()).logits[0]
        name, file = f"line{line['id']}", f"images/{line['id']}.png"
        picture.save(out / file)
        tensors[name + "/logits"] = logits.contiguous()
        cases.append({"name": name, "messages": messages, "images": [file],
                      "greedy": {"max_new_tokens": 1, "repetition_penalty": 1.0, "eos_token_ids": [0]}})
    save_file(tensors, out / "io.safetensors")
    (out / "io.json").write_text(json.dumps({"family": "qwen2_5_vl", "cases": cases, "tokenizer_cases": []}))
    print(f"{len(cases)} cases in {out}")


def logits_in(file):
    data = file.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    for name, info in json.loads(data[8:8 + size]).items():
        if name.endswith("/logits"):
            begin, end = info["data_offsets"]
            yield name, array.array("f", data[8 + size + begin:8 + size + end])


def compare(cases, ours):
    wanted, got = dict(logits_in(cases / "io.safetensors")), dict(logits_in(ours / "io.safetensors"))
    worst = 0.0
    for name, values in wanted.items():
        if len(values) != len(got[name]):
            sys.exit(f"{name}: {len(values)} values, ours has {len(got[name])}")
        worst = max(worst, max(abs(a - b) for a, b in zip(values, got[name])))
    print(f"{len(wanted)} cases, largest logit difference {worst:.2e}")
    sys.exit(worst > TOLERANCE)


if __name__ == "__main__":
    command, *paths = sys.argv[1:] or ["help"]
    if command == "reference" and len(paths) == 3:
        reference(*map(Path, paths))
    elif command == "compare" and len(paths) == 2:
        compare(*map(Path, paths))
    else:
        sys.exit(__doc__)
