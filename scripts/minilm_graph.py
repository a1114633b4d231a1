"""MiniLM as a graph for onnxruntime that multiplies whole numbers. Made from the weights alone; no torch.

Each matrix of weights has one scale a column. What it is multiplied with is rounded to eight bits as well: states after
a layer's normalisation, which are of like size for every text, by ranges measured once; the others by each token's own
largest number. So a token's numbers depend neither on the rest of its batch nor, through onnxruntime's setting
`session.x64quantprecision`, on the processor's instructions.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, TensorProto, helper, numpy_helper

Floats = npt.NDArray[np.float32]
Ranges = Mapping[str, Floats]
"""Name of a matrix of weights to the largest size of each of its inputs, shape (inputs,)."""

LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12
MARGIN = 1.1
"""Texts that were not measured may have somewhat larger states; what is larger still is cut."""
EASED = {"qkv": 0.5, "up": 0.75}
"""How much of an input's size moves into its weights: all would make the weights hard to round instead."""
LEAST_GELU = np.float32(0.17)
"""GELU is never below its negative; counted from there all eight bits are used."""
MICROSOFT = "com.microsoft"


def graph(weights: Mapping[str, Floats], ranges: Ranges | None) -> ModelProto:
    """`weights` by the names of a BERT checkpoint. Inputs `input_ids` and `attention_mask`, shape (batch, tokens);
    output `last_hidden_state`, shape (batch, tokens, WIDTH). Without `ranges` it multiplies floats, and what each
    matrix is multiplied with is an output named as the matrix, shape (batch * tokens, inputs)."""
    made = _Graph(weights, ranges)
    states = made.embedded()
    for layer in range(LAYERS):
        states = made.layer(layer, states)
    return made.finished(states)


class _Graph:
    """Nodes and constants, added one after another. States of tokens have the shape (batch * tokens, width)."""

    def __init__(self, weights: Mapping[str, Floats], ranges: Ranges | None) -> None:
        self._weights, self._ranges = weights, ranges
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}
        self._measured: list[str] = []
        self._shape = self._node("Shape", "input_ids")
        self._tokens = self._node("ReduceProd", self._shape, keepdims=1)
        self._middles = self._node("Expand", self._constant("middles", [128], np.uint8), self._tokens)
        kept = self._node("Cast", "attention_mask", to=TensorProto.FLOAT)
        hidden = self._node("Mul", self._node("Sub", kept, self._constant("one", 1.0)), self._constant("far", 1e4))
        self._mask = self._node("Unsqueeze", hidden, self._constant("heads_and_rows", [1, 2], np.int64))

    def embedded(self) -> str:
        """Words, positions and the one type of token, normalised."""
        words, scales = _by_rows(self._weights["embeddings.word_embeddings.weight"])
        found = self._node("Gather", self._constant("words", words, np.int8), "input_ids")
        scale = self._node("Gather", self._constant("words.scale", scales), "input_ids")
        word = self._node("Mul", self._node("Cast", found, to=TensorProto.FLOAT), scale)
        places = self._weights["embeddings.position_embeddings.weight"]
        places = places + self._weights["embeddings.token_type_embeddings.weight"][0]
        one, two = (self._constant(f"at{at}", [at], np.int64) for at in (1, 2))
        length = self._node("Slice", self._shape, one, two)
        zero = self._constant("at0", [0], np.int64)
        place = self._node("Slice", self._constant("places", places), zero, length, zero)
        states = self._node("Add", word, place)
        return self._flat(self._normalised("embeddings", states))

    def layer(self, number: int, states: str) -> str:
        """Attention, then the two wide matrices, each with what came in added and normalised."""
        name = f"encoder.layer.{number}"
        attention, out = f"{name}.attention.self", f"{name}.attention.output.dense"
        context = self._attention(number, attention, states)
        # A head's shares sum to one, so what is added to each value arrives whole.
        bias = self._weights[f"{out}.bias"] + self._weights[f"{out}.weight"] @ self._weights[f"{attention}.value.bias"]
        told = self._multiplied(f"{number}.out", context, self._weights[f"{out}.weight"].T)
        states = self._added(f"{name}.attention.output", told, states, bias)
        wide = f"{name}.intermediate.dense"
        bias = self._weights[f"{wide}.bias"]
        told = self._multiplied(f"{number}.up", states, self._weights[f"{wide}.weight"].T, bias)
        told = self._node("Gelu", told, domain=MICROSOFT)
        told = self._multiplied(f"{number}.down", told, self._weights[f"{name}.output.dense.weight"].T)
        return self._added(f"{name}.output", told, states, self._weights[f"{name}.output.dense.bias"])

    def finished(self, states: str) -> ModelProto:
        self._node("Reshape", states, self._shaped(WIDTH), out="last_hidden_state")
        tensor = helper.make_tensor_value_info
        inputs = [tensor(name, TensorProto.INT64, ["batch", "tokens"]) for name in ("input_ids", "attention_mask")]
        outputs = [tensor("last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", WIDTH])]
        outputs += [tensor(name, TensorProto.FLOAT, None) for name in self._measured]
        made = helper.make_graph(self._nodes, "minilm", inputs, outputs, list(self._constants.values()))
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(made, opset_imports=opsets, ir_version=8)

    def _attention(self, number: int, name: str, states: str) -> str:
        """What each token takes from the others. The keys' bias is left out: it moves all shares of a row alike."""
        scale = np.float32((WIDTH // HEADS) ** -0.5)
        parts = [self._weights[f"{name}.{part}.weight"].T for part in ("query", "key", "value")]
        bias = np.concatenate([self._weights[f"{name}.query.bias"] * scale, np.zeros(2 * WIDTH, np.float32)])
        three = np.concatenate([parts[0] * scale, *parts[1:]], axis=1)
        told = self._multiplied(f"{number}.qkv", states, three, bias)
        by_head = self._node("Reshape", told, self._shaped(3, HEADS, WIDTH // HEADS))
        by_head = self._node("Transpose", by_head, perm=[2, 0, 3, 1, 4])  # (3, batch, heads, tokens, width of a head)
        query, key, value = self._split(by_head)
        near = self._node("FusedMatMul", query, key, domain=MICROSOFT, transB=1)
        shares = self._node("Softmax", self._node("Add", near, self._mask), axis=-1)
        found = self._node("Transpose", self._node("MatMul", shares, value), perm=[1, 3, 2, 0, 4])
        return self._flat(found)

    def _multiplied(self, name: str, states: str, weights: Floats, bias: Floats | None = None) -> str:
        """`states` times `weights`, which have the shape (inputs, outputs), and the bias."""
        kind = name.partition(".")[2]
        if self._ranges is None:
            self._node("Identity", states, out=name)
            self._measured.append(name)
            told = self._node("MatMul", states, self._constant(f"{name}.weight", weights))
            return told if bias is None else self._node("Add", told, self._constant(f"{name}.bias", bias))
        if kind in EASED:
            return self._by_ranges(name, states, weights, self._ranges[name], EASED[kind], bias)
        assert bias is None
        return (self._from_gelu if kind == "down" else self._by_token)(name, states, weights)

    def _by_ranges(
        self, name: str, states: str, weights: Floats, largest: Floats, eased: float, bias: Floats | None
    ) -> str:
        sizes = np.maximum(largest, 1e-6)
        eases = sizes**eased / np.abs(weights).max(axis=1) ** (1 - eased)
        eases = (eases / eases.mean()).astype(np.float32)
        step = self._constant(f"{name}.step", (sizes / eases).max() * MARGIN / 127)
        middle = self._constant("middle", 128, np.uint8)
        eased_states = self._node("Mul", states, self._constant(f"{name}.ease", 1 / eases))
        rounded = self._node("QuantizeLinear", eased_states, step, middle)
        return self._product(name, rounded, step, weights * eases[:, None], middle, bias)

    def _by_token(self, name: str, states: str, weights: Floats) -> str:
        largest = self._node("ReduceMax", self._node("Abs", states), axes=[1], keepdims=1)
        step = self._node("Mul", largest, self._constant("by127", 1 / 127))
        rounded = self._node("QuantizeLinear", states, self._column(step), self._middles, axis=0)
        middle = self._constant("middle", 128, np.uint8)
        return self._node("Mul", self._product(name, rounded, self._constant("one", 1.0), weights, middle), step)

    def _from_gelu(self, name: str, states: str, weights: Floats) -> str:
        """By each token's largest number, counted from GELU's least; what that adds is taken off the product again."""
        least = self._constant("least", LEAST_GELU)
        largest = self._node("Add", self._node("ReduceMax", states, axes=[1], keepdims=1), least)
        step = self._node("Mul", largest, self._constant("by255", 1 / 255))
        zero = self._node("Floor", self._node("Div", least, step))
        zeros = self._column(self._node("Cast", zero, to=TensorProto.UINT8))
        rounded = self._node("QuantizeLinear", states, self._column(step), zeros, axis=0)
        product = self._product(name, rounded, self._constant("one", 1.0), weights)
        whole, scales = _by_columns(weights)
        sums = self._constant(f"{name}.sums", whole.sum(axis=0, dtype=np.float32)[None] * scales)
        return self._node("Mul", self._node("Sub", product, self._node("Mul", zero, sums)), step)

    def _product(
        self, name: str, rounded: str, step: str, weights: Floats, zero: str = "", bias: Floats | None = None
    ) -> str:
        whole, scales = _by_columns(weights)
        given = [rounded, self._constant(f"{name}.int8", whole, np.int8), step, self._constant(f"{name}.scale", scales)]
        given += [zero, "", "" if bias is None else self._constant(f"{name}.bias", bias)]
        while not given[-1]:
            given.pop()
        return self._node("MatMulIntegerToFloat", *given, domain=MICROSOFT)

    def _added(self, name: str, told: str, states: str, bias: Floats) -> str:
        told = self._node("Add", told, self._constant(f"{name}.bias", bias))
        return self._normalised(name, self._node("Add", told, states))

    def _normalised(self, name: str, states: str) -> str:
        scale, bias = (
            self._constant(f"{name}.norm.{part}", self._weights[f"{name}.LayerNorm.{part}"])
            for part in ("weight", "bias")
        )
        return self._node("LayerNormalization", states, scale, bias, axis=-1, epsilon=EPSILON)

    def _split(self, states: str) -> list[str]:
        at = len(self._nodes)
        parts = [f"{at}/{part}" for part in ("query", "key", "value")]
        ones = self._constant("ones", [1, 1, 1], np.int64)
        self._nodes.append(helper.make_node("Split", [states, ones], parts, name=f"{at}/Split", axis=0))
        return parts

    def _shaped(self, *further: int) -> str:
        """The shape (batch, tokens, *further)."""
        ends = self._constant("ends" + "x".join(map(str, further)), list(further), np.int64)
        return self._node("Concat", self._shape, ends, axis=0)

    def _flat(self, states: str) -> str:
        return self._node("Reshape", states, self._constant("flat", [-1, WIDTH], np.int64))

    def _column(self, states: str) -> str:
        return self._node("Reshape", states, self._constant("all", [-1], np.int64))

    def _constant(self, name: str, value: Any, kind: Any = np.float32) -> str:
        if name not in self._constants:
            array = np.array(value, dtype=kind, order="C")
            self._constants[name] = numpy_helper.from_array(array, name)
        return name

    def _node(self, kind: str, *given: str, out: str = "", domain: str = "", **settings: Any) -> str:
        at = len(self._nodes)
        made = out or f"{at}/{kind}"
        inputs: Sequence[str] = given
        self._nodes.append(helper.make_node(kind, inputs, [made], name=f"{at}/{kind}", domain=domain, **settings))
        return made


def _by_rows(weights: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """(rows, columns) -> int8 of that shape and scales (rows, 1)."""
    scales = np.abs(weights).max(axis=1, keepdims=True) / 127
    return np.rint(weights / scales).astype(np.int8), scales.astype(np.float32)


def _by_columns(weights: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """(inputs, outputs) -> int8 of that shape and scales (outputs,)."""
    scales = np.abs(weights).max(axis=0) / 127
    return np.rint(weights / scales).astype(np.int8), scales.astype(np.float32)
