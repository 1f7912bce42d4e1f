"""Models that were published: their sizes, the counts that their papers give, and what is counted there.

Each count comes from the source that is named with it; `count_parameters()` of the spec is what the kit counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llm_widgets.i18n import N_
from llm_widgets.models.bert import BERTSpec
from llm_widgets.models.gpt import GPTSpec
from llm_widgets.models.llama import SMOLLM2_135M, LlamaSpec
from llm_widgets.models.lstm_classifier import PRESETS
from llm_widgets.models.presets import TRANSFORMER_SIZES
from llm_widgets.models.spec import Spec
from llm_widgets.models.t5 import T5Spec

GPT2 = "Radford et al. (2019), table 2; openai/gpt-2, README"
GPT3 = "Brown et al. (2020), tables 2.1, D.1"
BERT = "Devlin et al. (2019), section 3"
T5 = "Raffel et al. (2020), section 3.7"
LLAMA2 = "Touvron et al. (2023), Llama 2, table 1"

_GPT2_NOTE = N_(
    "The paper's own counts were wrong, says its repository, which names the models by the right ones. A tied table is "
    "counted once."
)
_GPT3_NOTE = N_(
    "The paper shows 125M, 350M … in one table and the counts in millions in another; its vocabulary is GPT-2's."
)
_BERT_NOTE = N_(
    "Counted without the head that guesses hidden words, and with the pooled vector; the paper's number is rounded."
)
_T5_NOTE = N_("The paper rounds. A tied table is counted once, and each stack has one table of distances.")
_LLAMA_NOTE = N_("The name is rounded; the output has a table of its own.")


@dataclass(frozen=True)
class PublishedModel:
    """A model under the name by which it is known.

    Args:
        name: as in `PUBLISHED`.
        title: as its authors write it (an English message where it has a translation).
        spec: its sizes and switches.
        said: the count as it is published, "" for a model of the kit or of the documents.
        rounded: to how many parameters the published count is exact; 0 where it is not the model's count.
        source: paper and table.
        note: what is counted, where that needs words (an English message).
        tokens: of its training, as published; 0: not said.
    """

    name: str
    title: str
    spec: Spec
    said: str = ""
    rounded: int = 0
    source: str = ""
    note: str = ""
    tokens: int = 0


def _gpt(layers: int, width: int, heads: int, length: int) -> GPTSpec:
    return GPTSpec(vocabulary_size=50_257, d_model=width, num_layers=layers, num_heads=heads, max_length=length)


def _bert(layers: int, width: int, heads: int) -> BERTSpec:
    return BERTSpec(
        vocabulary_size=30_522, d_model=width, num_layers=layers, num_heads=heads, max_length=512, head="pooled"
    )


def _t5(layers: int, width: int, heads: int, inner: int = 0, head: int = 0) -> T5Spec:
    sizes: dict[str, Any] = {"d_model": width, "num_layers": layers, "num_heads": heads, "d_head": head, "d_ff": inner}
    return T5Spec(vocabulary_size=32_128, **sizes, max_length=512)


def _llama2(layers: int, width: int, heads: int, inner: int, shared: int = 0) -> LlamaSpec:
    sizes: dict[str, Any] = {"d_model": width, "num_layers": layers, "num_heads": heads, "d_ff": inner}
    return LlamaSpec(
        vocabulary_size=32_000, **sizes, num_key_value_heads=shared, max_length=4096, tied=False, norm_epsilon=1e-5
    )


_KIT = {"tiny": N_("GPT, tiny"), "small": N_("GPT, small"), "medium": N_("GPT, medium")}


def _kit(name: str) -> PublishedModel:
    sizes: dict[str, Any] = dict(TRANSFORMER_SIZES[name])
    return PublishedModel(name, _KIT[name], GPTSpec(**sizes))


M, G = 10**6, 10**9
_ALL = (
    PublishedModel("document-en", N_("LSTM of the English document"), PRESETS["document_en"]),
    PublishedModel("document-zh", N_("LSTM of the Chinese document"), PRESETS["document_zh"]),
    *(_kit(name) for name in TRANSFORMER_SIZES),
    PublishedModel("gpt2", "GPT-2 124M", _gpt(12, 768, 12, 1024), "117M; 124M", M, GPT2, _GPT2_NOTE),
    PublishedModel("gpt2-medium", "GPT-2 355M", _gpt(24, 1024, 16, 1024), "345M; 355M", M, GPT2, _GPT2_NOTE),
    PublishedModel("gpt2-large", "GPT-2 774M", _gpt(36, 1280, 20, 1024), "762M; 774M", M, GPT2, _GPT2_NOTE),
    PublishedModel("gpt2-xl", "GPT-2 1.5B", _gpt(48, 1600, 25, 1024), "1,542M; 1,558M", M, GPT2, _GPT2_NOTE),
    PublishedModel("bert-base", "BERT base", _bert(12, 768, 12), "110M", 10 * M, BERT, _BERT_NOTE, 0),
    PublishedModel("bert-large", "BERT large", _bert(24, 1024, 16), "340M", 10 * M, BERT, _BERT_NOTE, 0),
    PublishedModel("t5-small", "T5 small", _t5(6, 512, 8), "60M", 10 * M, T5, _T5_NOTE, 1000 * G),
    PublishedModel("t5-base", "T5 base", _t5(12, 768, 12), "220M", 10 * M, T5, _T5_NOTE, 1000 * G),
    PublishedModel("t5-large", "T5 large", _t5(24, 1024, 16), "770M", 0, T5, N_(
        "The paper says 770 million; its sizes give 738 million, as its released weights have. With the tied table "
        "counted twice it would be 771 million."
    ), 1000 * G),
    PublishedModel("t5-3b", "T5 3B", _t5(24, 1024, 32, 16_384, 128), "3B; around 2.8B", 0, T5, N_(
        "Its sizes give 2.9 billion. The heads together are wider than a token: 32 of 128 numbers, 4,096, at a width "
        "of 1,024. This and d_ff make it larger than T5 large, whose depth and width it has."
    ), 1000 * G),
    PublishedModel("t5-11b", "T5 11B", _t5(24, 1024, 128, 65_536, 128), "11B", G, T5, N_(
        "The heads together are sixteen times as wide as a token: 128 of 128 numbers, 16,384, at a width of 1,024. "
        "The paper says why d_ff is so large: its processors are quickest with large products of matrices."
    ), 1000 * G),
    PublishedModel("gpt3-small", "GPT-3 125M", _gpt(12, 768, 12, 2048), "125M", M, GPT3, _GPT3_NOTE, 300 * G),
    PublishedModel("gpt3-medium", "GPT-3 350M", _gpt(24, 1024, 16, 2048), "356M", M, GPT3, _GPT3_NOTE, 300 * G),
    PublishedModel("gpt3-large", "GPT-3 760M", _gpt(24, 1536, 16, 2048), "760M", M, GPT3, _GPT3_NOTE, 300 * G),
    PublishedModel("gpt3-xl", "GPT-3 1.3B", _gpt(24, 2048, 16, 2048), "1,320M", 10 * M, GPT3, N_(
        "The paper says 24 heads of 128 numbers at a width of 2,048, which do not fit together; 16 heads do, and give "
        "the same count."
    ), 300 * G),
    PublishedModel("gpt3-2.7b", "GPT-3 2.7B", _gpt(32, 2560, 32, 2048), "2,650M", 10 * M, GPT3, _GPT3_NOTE, 300 * G),
    PublishedModel("gpt3-6.7b", "GPT-3 6.7B", _gpt(32, 4096, 32, 2048), "6,660M", 10 * M, GPT3, _GPT3_NOTE, 300 * G),
    PublishedModel("gpt3-13b", "GPT-3 13B", _gpt(40, 5120, 40, 2048), "12,850M", 10 * M, GPT3, N_(
        "The paper's table 2.1 says a width of 5,140, which 40 heads of 128 numbers do not give; 5,120 is what they "
        "give, and what its table D.1 counts with."
    ), 300 * G),
    PublishedModel("gpt3", "GPT-3 175B", _gpt(96, 12_288, 96, 2048), "174,600M", 100 * M, GPT3, N_(
        "The paper's table 2.1 says 175.0B, its table D.1 counts 174,600 million. Half of its layers look at fewer "
        "tokens, which changes no parameter; here all look at all."
    ), 300 * G),
    PublishedModel(
        "llama2-7b", "Llama 2 7B", _llama2(32, 4096, 32, 11_008), "7B", G, LLAMA2, _LLAMA_NOTE, 2000 * G
    ),
    PublishedModel(
        "llama2-70b", "Llama 2 70B", _llama2(80, 8192, 64, 28_672, 8), "70B", 0, LLAMA2, N_(
            "The name is rounded: 69.0 billion. Eight queries share each key and value."
        ), 2000 * G
    ),
    PublishedModel(
        "smollm2-135m", "SmolLM2 135M", SMOLLM2_135M, "135M", M, "Allal et al. (2025), SmolLM2; its model card",
        N_("The smallest model that the kit can load and chat with."), 2000 * G
    ),
)  # fmt: skip
PUBLISHED: dict[str, PublishedModel] = {model.name: model for model in _ALL}
