"""NumPy alone: what can be computed before the reader's eyes, with nothing else installed.

Activations with derivatives, losses, one neuron and dense networks that keep every number of their way forward and
back, optimizers and surfaces to race them on, automatic differentiation, attention, a whole tiny language model,
sampling, a gradient check, and the worked example of the documents (`worked_example`).
"""

from __future__ import annotations

from llm_widgets.foundations import worked_example
from llm_widgets.foundations.activations import (
    ACTIVATIONS,
    Activation,
    gelu,
    gelu_derivative,
    gelu_tanh,
    gelu_tanh_derivative,
    identity,
    identity_derivative,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    silu,
    silu_derivative,
    tanh,
    tanh_derivative,
)
from llm_widgets.foundations.attention import (
    Attention,
    AttentionBackward,
    attention_backward,
    causal_mask,
    padding_mask,
    scaled_dot_product_attention,
)
from llm_widgets.foundations.autodiff import Value
from llm_widgets.foundations.autodiff_graph import (
    BackwardStep,
    Contribution,
    Graph,
    GraphEdge,
    GraphNode,
    backward_steps,
    graph,
    topological_order,
)
from llm_widgets.foundations.differences import GradientCheck, finite_differences, gradient_check
from llm_widgets.foundations.language_model import TinyLanguageModel
from llm_widgets.foundations.language_passes import FeedForward, LanguageBackward, LanguageForward
from llm_widgets.foundations.losses import (
    LOSSES,
    Loss,
    binary_cross_entropy,
    binary_cross_entropy_from_logits,
    cross_entropy_from_logits,
    half_squared_error,
    mean_squared_error,
)
from llm_widgets.foundations.network import (
    DenseLayer,
    DenseNetwork,
    LayerBackward,
    LayerForward,
    NetworkBackward,
    NetworkForward,
)
from llm_widgets.foundations.network_steps import EdgeStep, NodeStep, edges_backward, edges_forward
from llm_widgets.foundations.neuron import (
    CHAIN,
    NEURON_LOSSES,
    SYMBOLS,
    Neuron,
    NeuronBackward,
    NeuronForward,
    NeuronStep,
)
from llm_widgets.foundations.normalization import Normalized, rms_norm, rms_norm_backward
from llm_widgets.foundations.optimizers import SGD, Adam, AdamState, Momentum, MomentumState, Optimizer, OptimizerState
from llm_widgets.foundations.probabilities import (
    log_softmax,
    log_softmax_backward,
    softmax,
    softmax_backward,
    softmax_jacobian,
)
from llm_widgets.foundations.sampling import next_token_probabilities, sample
from llm_widgets.foundations.surfaces import SURFACES, Descent, Surface, descend

__all__ = [
    "ACTIVATIONS",
    "CHAIN",
    "LOSSES",
    "NEURON_LOSSES",
    "SGD",
    "SURFACES",
    "SYMBOLS",
    "Activation",
    "Adam",
    "AdamState",
    "Attention",
    "AttentionBackward",
    "BackwardStep",
    "Contribution",
    "DenseLayer",
    "DenseNetwork",
    "Descent",
    "EdgeStep",
    "FeedForward",
    "GradientCheck",
    "Graph",
    "GraphEdge",
    "GraphNode",
    "LanguageBackward",
    "LanguageForward",
    "LayerBackward",
    "LayerForward",
    "Loss",
    "Momentum",
    "MomentumState",
    "NetworkBackward",
    "NetworkForward",
    "Neuron",
    "NeuronBackward",
    "NeuronForward",
    "NeuronStep",
    "NodeStep",
    "Normalized",
    "Optimizer",
    "OptimizerState",
    "Surface",
    "TinyLanguageModel",
    "Value",
    "attention_backward",
    "backward_steps",
    "binary_cross_entropy",
    "binary_cross_entropy_from_logits",
    "causal_mask",
    "cross_entropy_from_logits",
    "descend",
    "edges_backward",
    "edges_forward",
    "finite_differences",
    "gelu",
    "gelu_derivative",
    "gelu_tanh",
    "gelu_tanh_derivative",
    "gradient_check",
    "graph",
    "half_squared_error",
    "identity",
    "identity_derivative",
    "log_softmax",
    "log_softmax_backward",
    "mean_squared_error",
    "next_token_probabilities",
    "padding_mask",
    "relu",
    "relu_derivative",
    "rms_norm",
    "rms_norm_backward",
    "sample",
    "scaled_dot_product_attention",
    "sigmoid",
    "sigmoid_derivative",
    "silu",
    "silu_derivative",
    "softmax",
    "softmax_backward",
    "softmax_jacobian",
    "tanh",
    "tanh_derivative",
    "topological_order",
    "worked_example",
]
