"""Writes MiniLM's ONNX graph straight from its safetensors weights, pooling inside, and quantises it to int8.

Run as a child process by `install.py`, because `onnx` is needed only here and is installed only for the moment:
`python -m firstline.models_ai.exporter WEIGHTS OUT`. No torch. The graph is BERT's encoder (Devlin et al. 2019), mean
pooling over the mask and L2 normalisation, as the sentence-transformers card of all-MiniLM-L6-v2 describes.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEADS = 12
EPSILON = 1e-12
OPSET = 20
IR_VERSION = 9
# The inputs of these three products have outliers that 8 bits cannot hold: kept in float32 they lift the cosine between
# int8 and float32 vectors from .995 to .997 (all six layers give no more) for 5 MB and a fifth more CPU.
KEPT_PLAIN = ["l0_f_mm", "l1_f_mm", "l2_f_mm"]
SAFETENSORS_TYPES = {"F32": np.float32, "F16": np.float16, "I64": np.int64, "I32": np.int32}

Array = NDArray[Any]


def read_safetensors(path: Path) -> dict[str, Array]:
    """All tensors of a safetensors file by name: 8 bytes of header length, a JSON header, then the raw data."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        raw = data[8 + length + start : 8 + length + end]
        tensors[name] = np.frombuffer(raw, SAFETENSORS_TYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors


class Graph:
    """Collects nodes and constants; every method returns the name of what it added, so that calls nest."""

    def __init__(self, weights: dict[str, Array]) -> None:
        """`weights`: tensors by their name in the safetensors file."""
        from onnx import helper, numpy_helper

        self._helper = helper
        self._from_array = numpy_helper.from_array
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: Array) -> str:
        """Add a constant tensor."""
        self.constants.append(self._from_array(np.ascontiguousarray(value).reshape(value.shape), name))
        return name

    def integers(self, name: str, *values: int) -> str:
        """Add a constant list of int64."""
        return self.constant(name, np.array(values, dtype=np.int64))

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add one operation with one output."""
        self.nodes.append(self._helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def linear(self, source: str, parameters: str, output: str) -> str:
        """`source` · weightᵀ + bias; safetensors keeps weights as (out, in)."""
        weight = self.constant(f"{output}_w", self.weights[f"{parameters}.weight"].T)
        bias = self.constant(f"{output}_b", self.weights[f"{parameters}.bias"])
        return self.node("Add", [self.node("MatMul", [source, weight], f"{output}_mm"), bias], output)

    def normalised(self, source: str, parameters: str, output: str) -> str:
        """Layer normalisation over the last axis."""
        weight = self.constant(f"{output}_w", self.weights[f"{parameters}.weight"])
        bias = self.constant(f"{output}_b", self.weights[f"{parameters}.bias"])
        return self.node("LayerNormalization", [source, weight, bias], output, axis=-1, epsilon=EPSILON)


def build(weights: dict[str, Array]) -> Any:
    """The whole model as an ONNX ModelProto: (input_ids, attention_mask) int64 (b, s) → embedding float32 (b, d)."""
    import onnx
    from onnx import TensorProto, helper

    graph = Graph(weights)
    hidden = _embeddings(graph)
    layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))
    for layer in range(layers):
        hidden = _encoder_layer(graph, hidden, f"encoder.layer.{layer}.", f"l{layer}_")
    _pooling(graph, hidden)
    size = weights["embeddings.word_embeddings.weight"].shape[1]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "s"]) for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["b", size])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "bert", inputs, [output], graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return model


def _embeddings(graph: Graph) -> str:
    """Word + position + type embeddings, normalised; also the constants that every layer shares."""
    from onnx import TensorProto

    weights = graph.weights
    words = graph.constant("word", weights["embeddings.word_embeddings.weight"])
    positions = graph.constant("position", weights["embeddings.position_embeddings.weight"])
    size = weights["embeddings.word_embeddings.weight"].shape[1]
    types = graph.constant("type", weights["embeddings.token_type_embeddings.weight"][:1].reshape(1, 1, size))
    zero, one = graph.integers("zero", 0), graph.integers("one", 1)
    gathered = graph.node("Gather", [words, "input_ids"], "words_at")
    length = graph.node("Gather", [graph.node("Shape", ["input_ids"], "shape"), one], "length")
    placed = graph.node("Slice", [positions, zero, length, zero], "positions_at")
    total = graph.node("Add", [graph.node("Add", [gathered, placed], "placed_words"), types], "typed_words")
    mask = graph.node("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    wide = graph.node("Unsqueeze", [mask, graph.integers("axes12", 1, 2)], "mask4")
    away = graph.node("Sub", [graph.constant("onef", np.array(1, np.float32)), wide], "mask_away")
    graph.node("Mul", [away, graph.constant("far", np.array(-1e4, np.float32))], "mask_bias")
    graph.integers("by_head", 0, 0, HEADS, size // HEADS)
    graph.integers("flat", 0, 0, size)
    graph.constant("scale", np.array(1 / np.sqrt(size // HEADS), np.float32))
    return graph.normalised(total, "embeddings.LayerNorm", "embedded")


def _encoder_layer(graph: Graph, hidden: str, parameters: str, prefix: str) -> str:
    """One transformer layer: attention, then the feed-forward part, each with its residual and normalisation."""
    context = _attention(graph, hidden, f"{parameters}attention.self.", prefix)
    attended = graph.linear(context, f"{parameters}attention.output.dense", f"{prefix}o")
    residual = graph.node("Add", [attended, hidden], f"{prefix}o_sum")
    middle = graph.normalised(residual, f"{parameters}attention.output.LayerNorm", f"{prefix}a")
    raised = graph.node(
        "Gelu", [graph.linear(middle, f"{parameters}intermediate.dense", f"{prefix}i")], f"{prefix}gelu"
    )
    lowered = graph.linear(raised, f"{parameters}output.dense", f"{prefix}f")
    total = graph.node("Add", [lowered, middle], f"{prefix}f_sum")
    return graph.normalised(total, f"{parameters}output.LayerNorm", f"{prefix}x")


def _attention(graph: Graph, hidden: str, parameters: str, prefix: str) -> str:
    turned = {}
    for part, order in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
        made = graph.linear(hidden, parameters + part, prefix + part)
        split = graph.node("Reshape", [made, "by_head"], f"{prefix}{part}_split")
        turned[part] = graph.node("Transpose", [split], f"{prefix}{part}_turned", perm=order)
    scores = graph.node("MatMul", [turned["query"], turned["key"]], f"{prefix}scores")
    scaled = graph.node("Mul", [scores, "scale"], f"{prefix}scaled")
    masked = graph.node("Add", [scaled, "mask_bias"], f"{prefix}masked")
    weights = graph.node("Softmax", [masked], f"{prefix}weights", axis=-1)
    context = graph.node("MatMul", [weights, turned["value"]], f"{prefix}context")
    joined = graph.node("Transpose", [context], f"{prefix}context_turned", perm=[0, 2, 1, 3])
    return graph.node("Reshape", [joined, "flat"], f"{prefix}joined")


def _pooling(graph: Graph, hidden: str) -> str:
    """Mean of the token vectors under the mask, scaled to length 1."""
    mask = graph.node("Unsqueeze", ["mask", graph.integers("axis_last", -1)], "mask3")
    kept = graph.node("Mul", [hidden, mask], "kept")
    total = graph.node("ReduceSum", [kept, "one"], "kept_sum", keepdims=0)
    count = graph.node("ReduceSum", ["mask", "one"], "mask_sum", keepdims=1)
    mean = graph.node("Div", [total, count], "mean")
    return graph.node("LpNormalization", [mean], "embedding", axis=-1, p=2)


def export(weights: Path, out: Path) -> None:
    """Write the int8 model of the safetensors file `weights` to `out` (dynamic quantisation, per channel)."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    tensors = {name.removeprefix("bert."): value for name, value in read_safetensors(weights).items()}
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "fp32.onnx"
        onnx.save(build(tensors), str(plain))
        quantize_dynamic(
            str(plain),
            str(out),
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul", "Gather"],
            nodes_to_exclude=KEPT_PLAIN,
        )


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
