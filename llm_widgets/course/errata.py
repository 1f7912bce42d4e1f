"""What is wrong in the two documents that the chapters follow: each row with its place, and what computes or cites it.

What the documents say is told in our own words; a row that cannot be confirmed is listed as just that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_widgets.course import errata_computed as computed
from llm_widgets.course._erratum import Erratum as Erratum
from llm_widgets.course._erratum import Place as Place
from llm_widgets.course._erratum import standing_in as _in
from llm_widgets.i18n import N_

if TYPE_CHECKING:
    from llm_widgets.widgets import ErrataView

ERRATA: tuple[Erratum, ...] = (
    Erratum(
        "largest",
        N_("The size of GPT-3"),
        _in("zh", "1"),
        "outdated",
        N_("GPT-3, with more than 175 billion parameters, is one of the largest pre-trained models at present."),
        N_("That was so in 2020. Larger models have been published since."),
        (
            N_("Counted from its published sizes, GPT-3 has {gpt3} parameters."),
            N_("PaLM (2022) has 540 billion, {times} times as many."),
        ),
        computed.gpt3_size,
        "Brown et al. (2020), Language Models are Few-Shot Learners, §2.1, table 2.1; "
        "Chowdhery et al. (2022), PaLM: Scaling Language Modeling with Pathways",
    ),
    Erratum(
        "translation",
        N_("BERT as a translator"),
        _in("zh", "1", "6.3"),
        "statement",
        N_("GPT-3 and BERT do language tasks excellently, and both have shown excellent translation."),
        N_("BERT is an encoder: it has no decoder that could write a translation. GPT-3 translates, better into "
           "English than out of it."),
        (
            N_("By their specs: BERT has {bert_encoder} encoder blocks and {bert_decoder} decoder blocks; T5, which "
               "was trained on translation too, has {t5_encoder} and {t5_decoder}."),
            N_("Brown et al. report for GPT-3, shown a few examples, 39.5 BLEU from Romanian to English and 21.0 from "
               "English to Romanian; the best trained systems had 39.9 and 38.5."),
        ),
        computed.encoder_only,
        "Devlin et al. (2019), BERT, §3; Brown et al. (2020), Language Models are Few-Shot Learners, §3.3, table 3.4; "
        "Raffel et al. (2020), Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer, §2",
    ),
    Erratum(
        "straight-chain",
        N_("The architecture as a straight chain"),
        (*_in("en", "2.2", "2.3"), *_in("zh", "2.3", "2.4")),
        "missing",
        N_("A language model is a straight chain of layers from input to output, each passed once."),
        N_("Positions, residual connections and layer normalization are missing, and the block of attention and "
           "feed-forward network is repeated."),
        (
            N_("GPT-2 in its smallest size: {blocks} blocks one after the other, {residuals} ways around a step, "
               "{norms} normalizations, and a vector for each of {positions} positions. The chain has none of these."),
            N_("Without positions the order is lost: tokens in reverse order give the same mixes in reverse order "
               "(largest difference {difference})."),
        ),
        computed.straight_chain,
        "Vaswani et al. (2017), Attention Is All You Need, §3.1 and §3.5",
    ),
    Erratum(
        "embedding",
        N_("What the embedding reads"),
        (*_in("en", "2.2"), *_in("zh", "2.4")),
        "missing",
        N_("The embedding layer turns text into vectors."),
        N_("It looks up rows of a table by token ids. The tokenizer, which turns text into ids, comes first."),
        (
            N_("The tokenizer makes {ids} of “cat”; the embedding takes these rows of its table of {rows}."),
            N_("Looking up rows is the same as multiplying one-hot vectors with the table: {same}."),
        ),
        computed.token_ids,
        "Vaswani et al. (2017), Attention Is All You Need, §3.4",
    ),
    Erratum(
        "importance",
        N_("What self-attention computes"),
        _in("zh", "2.3"),
        "statement",
        N_("Self-attention computes how important each word of the input is."),
        N_("It computes, for each position, a weighted mix of the values at all positions that it may see. There is no "
           "single importance of a word."),
        (
            N_("Four tokens have {shape} weights, one row for each token that looks; each row sums to 1: {sums}."),
            N_("The first token weighs {first} in the four rows: it depends on who looks."),
            N_("The output is the weights times the values: {mixed}."),
        ),
        computed.mixed_positions,
        "Vaswani et al. (2017), Attention Is All You Need, §3.2.1",
    ),
    Erratum(
        "preprocessing",
        N_("Removing punctuation and case"),
        (*_in("en", "3.1"), *_in("zh", "3.1")),
        "outdated",
        N_("Before training, the text is cleaned and normalized; the Chinese document names removing punctuation and "
           "making all letters the same case."),
        N_("That is right for bags of words. Models that write keep both, and use subword tokens."),
        (
            N_("{before} sentences that differ in meaning or tone become {plain}, “{left}”, without signs and "
               "capitals."),
            N_("Byte-level BPE keeps all {kept} apart, and gives each of them back exactly: {back}."),
        ),
        computed.lost_signs,
        "Radford et al. (2019), Language Models are Unsupervised Multitask Learners, §2.2; "
        "Sennrich, Haddow and Birch (2016), Neural Machine Translation of Rare Words with Subword Units",
    ),
    Erratum(
        "inference",
        N_("Inference as one pass"),
        (*_in("en", "3.2"), *_in("zh", "3.2")),
        "missing",
        N_("Inference is input, embedding, network, output: one pass."),
        N_("One pass gives the probabilities of one next token. Writing repeats it, token by token: with sampling, "
           "temperature, top-k, top-p, and a key-value cache that saves work."),
        (
            N_("One pass of a tiny model: {once}, the chances of a, b, c and space after “a”."),
            N_("{passes} passes, always the likeliest: “{greedy}”. Drawn with two seeds: “{first}” and “{second}”."),
        ),
        computed.one_pass_after_another,
        "Holtzman et al. (2020), The Curious Case of Neural Text Degeneration",
    ),
    Erratum(
        "sum",
        N_("The weighted sum"),
        _in("zh", "4.1"),
        "number",
        N_("0.1·1 + 0.2·2 + 0.3·3 + 0.5 = 1.8, so the output is 1.8."),
        N_("The sum is 1.9."),
        (N_("Products {products}; with the bias 0.5 they sum to {sum}."),),
        computed.weighted_sum,
    ),
    Erratum(
        "loss",
        N_("The loss"),
        _in("zh", "4.2"),
        "number",
        N_("For the target 2.0 the loss is 0.02."),
        N_("½(1.9 − 2.0)² = 0.005. The printed loss follows from the wrong output 1.8."),
        (N_("From the output 1.9 the loss is {right}; from 1.8 it is {printed}, {times} times as much."),),
        computed.loss,
    ),
    Erratum(
        "chain-rule",
        N_("The formulas of backpropagation"),
        (*_in("en", "4.2"), *_in("zh", "4.2")),
        "rule",
        N_("∂Loss/∂Weight = Input · ∂Output/∂Weight, and ∂Loss/∂Bias = ∂Output/∂Bias."),
        N_("The chain rule: ∂Loss/∂Weight = ∂Loss/∂Output · σ′(z) · Input, and ∂Loss/∂Bias = ∂Loss/∂Output · σ′(z). "
           "In the documents' formulas no target occurs."),
        (
            N_("Target 2: the formula gives {formula_near}, the chain rule {chain_near}, finite differences "
               "{slope_near}."),
            N_("Target −5: the formula still gives {formula_far}, the chain rule {chain_far}, finite differences "
               "{slope_far}."),
        ),
        computed.chain_rule,
        "Rumelhart, Hinton and Williams (1986), Learning representations by back-propagating errors; "
        "Goodfellow, Bengio and Courville (2016), Deep Learning, §6.5",
    ),
    Erratum(
        "weight-gradient",
        N_("The weight gradient"),
        _in("zh", "4.2"),
        "rule",
        N_("The weight gradient is [0.1, 0.4, 0.9], inputs times weights."),
        N_("It is (1.9 − 2.0)·[1, 2, 3] = [−0.1, −0.2, −0.3]."),
        (
            N_("By the chain rule {right}, by finite differences {slope}."),
            N_("One update with inputs times weights makes the loss {worse} times as large; one with the gradient "
               "makes it {better} times."),
        ),
        computed.weight_gradient,
    ),
    Erratum(
        "bias-gradient",
        N_("The bias gradient"),
        _in("zh", "4.2"),
        "number",
        N_("The bias gradient is −0.2."),
        N_("It is 1.9 − 2.0 = −0.1. The printed one follows from the wrong output."),
        (N_("By the chain rule {right}, by finite differences {slope}."),),
        computed.bias_gradient,
    ),
    Erratum(
        "new-weights",
        N_("The new weights"),
        _in("zh", "4.2"),
        "number",
        N_("[0.1, 0.2, 0.3] − 0.1·[0.1, 0.4, 0.9] = [0, −0.2, 0]."),
        N_("Even as written that is [0.09, 0.16, 0.21]; the right update gives [0.11, 0.22, 0.33]."),
        (
            N_("As written: {written}. With the gradient: {right}."),
            N_("The printed update takes the loss from {before} to {after}: {factor} times as much."),
        ),
        computed.new_weights,
    ),
    Erratum(
        "new-bias",
        N_("The new bias"),
        _in("zh", "4.2"),
        "number",
        N_("The new bias is 0.52."),
        N_("It is 0.51: 0.5 − 0.1·(−0.1)."),
        (N_("One update by the chain rule gives {right}."),),
        computed.new_bias,
    ),
    Erratum(
        "tanh",
        N_("tanh for several classes"),
        _in("zh", "4.3"),
        "statement",
        N_("tanh is often used for multi-class problems."),
        N_("Softmax is. tanh gives hidden activations around 0, inside an LSTM for one."),
        (
            N_("Scores {logits}: tanh gives {tanh}, with negative numbers, and the sum {tanh_sum}."),
            N_("Softmax gives {softmax}, none below 0, and the sum {softmax_sum}: a probability for each class."),
        ),
        computed.tanh_and_softmax,
        "Goodfellow, Bengio and Courville (2016), Deep Learning, §6.2.2.3; LeCun et al. (1998), Efficient BackProp",
    ),
    Erratum(
        "dead-relu",
        N_("The derivative of ReLU"),
        _in("zh", "4.3"),
        "missing",
        N_("ReLU is simple and efficient; of its derivative there is no word."),
        N_("Its derivative is 0 below 0. A unit that is below 0 for all inputs gets no gradient: it is dead."),
        (
            N_("The derivative at −2, −0.5, 0.5 and 2: {slopes}."),
            N_("A unit with bias −5 after 100 updates: bias {bias}, output {output}. Nothing has moved."),
        ),
        computed.dead_relu,
        "Goodfellow, Bengio and Courville (2016), Deep Learning, §6.3.1",
    ),
    Erratum(
        "basic-llm",
        N_("The classifier as a language model"),
        (*_in("en", "5.2"), *_in("zh", "5.2")),
        "statement",
        N_("Embedding, LSTM and Dense(1, sigmoid) make a basic large language model."),
        N_("They make a text classifier with some 400,000 parameters. A language model predicts the next token."),
        (
            N_("The English document's network has {en} parameters, the Chinese one's {zh}."),
            N_("For one text the classifier gives {classifier_out} numbers; a GPT with the same vocabulary gives "
               "{gpt_out}: a score of every token at every position."),
        ),
        computed.classifier,
    ),
    Erratum(
        "udacity-course",
        N_("A course by name and teacher"),
        (*_in("en", "7.1"), *_in("zh", "7.1.2")),
        "unconfirmed",
        N_("A Udacity course on natural language processing with TensorFlow is recommended, with a teacher's name."),
        N_("Not confirmed. The chapters do not repeat it."),
        (
            N_("The documents give neither an address nor a year, and a search for this title and teacher found no "
               "such course. That is no proof that there was none."),
        ),
    ),
    Erratum(
        "domain-paper",
        N_("A paper on domain adaptation"),
        (*_in("en", "7.3", "10"), *_in("zh", "7.3.1", "10.1")),
        "unconfirmed",
        N_("A paper by Shazeer and others that explores domain adaptation for text generation is recommended."),
        N_("Not confirmed. The chapters do not repeat it."),
        (
            N_("A search for this title found these documents alone. A paper that can be confirmed, with Shazeer among "
               "its authors and transfer between tasks as its subject, is the one below."),
        ),
        reference="Raffel et al. (2020), Exploring the Limits of Transfer Learning with a Unified Text-to-Text "
        "Transformer, JMLR 21",
    ),
)  # fmt: skip


def errata(**settings: Any) -> ErrataView:
    """The rows as a widget: what the documents say, and a button that computes or cites what is right.

    Args:
        settings: chapter, kind, row, checked and projector; see `ErrataView`.

    Example:
        >>> errata(chapter=4).checked  # doctest: +SKIP
        []
    """
    from llm_widgets.widgets import ErrataView

    return ErrataView(ERRATA, **settings)
