"""Training the text tower: every caption is led to the vector of its concept, every unlabelled text to where the
teacher puts it.

The image tower has fixed the vectors by then, so this needs no pictures. Words that no caption holds start from the
teacher's vectors and are pulled along by its answers; that is how the small tower comes to understand them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm

from scoring.lab.captions import Grammar

Tokenize = Callable[[list[str]], torch.Tensor]


@dataclass(frozen=True)
class TextPlan:
    steps: int = 4000
    captions: int = 160
    others: int = 96
    rate: float = 2e-3
    dropped: float = 0.06
    sharpness: float = 16.0
    seed: int = 0


def word_tokens(encoder: dict[str, int]) -> dict[str, int]:
    """The tokens that are a whole word: word -> its place in the vocabulary."""
    return {token[:-4]: place for token, place in encoder.items() if token.endswith("</w>") and token[:-4].isalpha()}


def begin_from(clip: nn.Module, places: np.ndarray, vectors: np.ndarray) -> None:
    """Words start near words of like meaning: the teacher's vectors, pressed into the tower's width."""
    width = clip.token_embedding.weight.shape[1]
    centred = vectors - vectors.mean(0)
    _, _, axes = np.linalg.svd(centred[:: max(1, len(centred) // 8000)], full_matrices=False)
    pressed = torch.from_numpy(centred @ axes[:width].T)
    with torch.no_grad():
        clip.token_embedding.weight.mul_(0.5)
        clip.token_embedding.weight[torch.from_numpy(places)] = pressed * (0.3 / pressed.std())


def text_vectors(clip: nn.Module, tokens: torch.Tensor) -> torch.Tensor:
    """What `encode_text` gives, without the padding behind the longest text: a causal mask never looks there."""
    length = int((tokens != 0).sum(1).max())
    tokens = tokens[:, :length]
    x = F.embedding(tokens, clip.token_embedding.weight, sparse=True) + clip.positional_embedding[:length]
    x = clip.ln_final(clip.transformer(x, attn_mask=clip.attn_mask[:length, :length]))
    return F.normalize(x[torch.arange(len(x)), tokens.argmax(1)] @ clip.text_projection, dim=1)


def train_text(
    clip: nn.Module, tokenize: Tokenize, concepts: torch.Tensor, others: list[str], weights: np.ndarray, plan: TextPlan
) -> None:
    """`weights` (texts, concepts): what the teacher says of each of the others."""
    torch.manual_seed(plan.seed)
    rng, grammar = np.random.default_rng(plan.seed), Grammar(plan.seed + 17)
    concepts, mass, others_tokens = F.normalize(concepts, dim=1), torch.from_numpy(weights), tokenize(others)
    steppers = Steppers(clip, plan)
    clip.train()
    bar = tqdm(range(plan.steps), desc="text tower", mininterval=10)
    for step in bar:
        texts, wanted = zip(*(grammar.draw() for _ in range(plan.captions)), strict=True)
        rows = torch.from_numpy(rng.integers(0, len(others), plan.others))
        tokens = _with_gaps(torch.cat([tokenize(list(texts)), others_tokens[rows]]), plan.dropped)
        known, guessed = text_vectors(clip, tokens).split([plan.captions, plan.others])
        right = _captions_loss(known, concepts, torch.tensor(wanted), plan.sharpness)
        along = _others_loss(guessed, concepts, mass[rows])
        steppers.step(right + 2 * along)
        if step % 100 == 0:
            bar.set_postfix(captions=round(right.item(), 3), others=round(along.item(), 3))
    clip.eval()


class Steppers:
    """What moves the tower: words by one optimiser, layers by another, both on a rate that rises and falls once."""

    def __init__(self, clip: nn.Module, plan: TextPlan) -> None:
        not_layers = ("visual", "logit", "token_embedding")
        self.layers = [p for name, p in clip.named_parameters() if not name.startswith(not_layers)]
        # Of 49,408 words a batch holds a few hundred: only those are moved.
        words = torch.optim.SparseAdam([clip.token_embedding.weight], plan.rate)
        self.movers = [words, torch.optim.AdamW(self.layers, plan.rate, weight_decay=0.0)]
        once = {"total_steps": plan.steps, "pct_start": 0.1, "cycle_momentum": False}
        self.paces = [torch.optim.lr_scheduler.OneCycleLR(mover, plan.rate, **once) for mover in self.movers]

    def step(self, loss: torch.Tensor) -> None:
        for mover in self.movers:
            mover.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.layers, 1.0)
        for mover, pace in zip(self.movers, self.paces, strict=True):
            mover.step()
            pace.step()


def _captions_loss(seen: torch.Tensor, concepts: torch.Tensor, wanted: torch.Tensor, sharpness: float) -> torch.Tensor:
    """Each caption nearest to its own concept, and near to it."""
    apart = 1 - (seen * concepts[wanted]).sum(1)
    return F.cross_entropy(seen @ concepts.T * sharpness, wanted) + apart.mean()


def _others_loss(seen: torch.Tensor, concepts: torch.Tensor, share: torch.Tensor) -> torch.Tensor:
    """Each text where the teacher's answer puts it, the more so the surer that answer is."""
    lead = F.normalize(share @ concepts, dim=1)
    return (share.max(1).values * (1 - (seen * lead).sum(1))).mean()


def _with_gaps(tokens: torch.Tensor, dropped: float) -> torch.Tensor:
    """Now and then a word is blurred into a comma, so that no caption hangs on one word alone."""
    word = (tokens > 600) & (tokens < 49406)
    hit = word & (torch.rand(tokens.shape) < dropped)
    return torch.where(hit, torch.full_like(tokens, 267), tokens)
