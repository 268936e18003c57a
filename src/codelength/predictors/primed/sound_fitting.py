"""Fits a bank of linear predictors to sound: predictors by likeness of spectra, then their weights.

Frames of the data are sorted to the predictor that leaves least of them, and predictors are made
anew from the frames that they have (Buzo and others 1980, vector quantisation of linear
prediction); then the weights of predictors and scales are how often each suits a frame.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.predictors.primed.kinds import KINDS
from codelength.predictors.primed.predictors import Predictors

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROUNDS = 20
FRAME = 192
STEP = 96


class Plan(NamedTuple):
    """How a kind is fitted.

    Arguments:
        predictors, order: of the bank.
        smallest, ratio, scales: the ladder of standard deviations.
        noise: of rounding, added to each frame's variance.
        fading: of logarithms after a sample, in 2^16ths.
    """

    predictors: int
    order: int
    smallest: float
    ratio: float
    scales: int
    noise: float
    fading: int


PLANS = {
    "audio_16bit": Plan(128, 24, 0.3, 1.6, 22, 0.0, 62_000),
    "audio_8bit": Plan(64, 20, 0.08, 1.5, 22, 0.02, 63_600),
    "audio_mfcc": Plan(48, 16, 0.7, 1.35, 16, 0.0, 63_000),
}


def correlations(series: list[Ints], order: int, noise: float) -> Floats:
    """Sums of products at lags 0..order in Hamming-windowed frames, `[frames, order + 1]`."""
    window = np.hamming(FRAME)
    found = []
    for one in series:
        starts = np.arange(0, max(0, len(one) - FRAME), STEP)
        frames = one[starts[:, None] + np.arange(FRAME)] * window
        lags = [(frames[:, : FRAME - k] * frames[:, k:]).sum(axis=1) for k in range(order + 1)]
        found.append(np.stack(lags, axis=1))
    sums = np.concatenate(found)
    sums[:, 0] = sums[:, 0] * (1 + 1e-5) + 1.0 + noise * (window**2).sum()
    return sums


def reflections(sums: Floats) -> tuple[Floats, Floats, Floats]:
    """Levinson's recursion: reflections `[order]`, taps `[order]`, what is left of the variance."""
    order = len(sums) - 1
    taps, kept, left = np.zeros(0), np.zeros(order), sums[0]
    for n in range(1, order + 1):
        kept[n - 1] = (sums[n] - (taps * sums[n - 1 : 0 : -1]).sum()) / left
        taps = np.append(taps - kept[n - 1] * taps[::-1], kept[n - 1])
        left = left * (1 - kept[n - 1] ** 2)
    return kept, taps, left


def spectrum(taps: Floats) -> Floats:
    """What a frame's correlations are weighed with, for the energy that these taps leave of it."""
    filtered = np.concatenate([[1.0], -taps])
    size = len(filtered)
    sums = np.array([(filtered[: size - k] * filtered[k:]).sum() for k in range(size)])
    sums[1:] *= 2
    return sums


def sorted_frames(sums: Floats, predictors: int, seed: int) -> tuple[Floats, Ints, Floats]:
    """Predictors' correlations `[predictors, order + 1]`, each frame's predictor, energy left."""
    drawn = np.random.default_rng(seed)
    own = sums[drawn.choice(len(sums), predictors, replace=False)]
    for _ in range(ROUNDS):
        weights = np.array([spectrum(reflections(one)[1]) for one in own])
        energies = np.maximum(np.stack([(sums * one).sum(axis=1) for one in weights], 1), 1e-9)
        which = energies.argmin(axis=1)
        left = energies[np.arange(len(sums)), which]
        for k in range(predictors):
            mine = which == k
            if mine.sum() > 5:
                own[k] = (sums[mine] / left[mine, None]).mean(axis=0)
            else:
                own[k] = sums[drawn.integers(len(sums))]
    return own, which, left


def fit_predictors(name: str, series: list[bytes], seed: int = 0) -> Predictors:
    """The predictors of a kind of sound.

    Arguments:
        series: symbols of recordings.
        seed: of the predictors' first frames.
    """
    plan, layout = PLANS[name], KINDS[name].layout
    half = 1 << (layout.bits - 1)
    samples = [layout.units(one).astype(np.int64) - half for one in series]
    if layout.differences:
        samples = [one[1:] for one in samples]
    sums = correlations(samples, plan.order, plan.noise)
    own, which, left = sorted_frames(sums, plan.predictors, seed)
    kept = np.array([reflections(one)[0] for one in own])
    deviations = np.sqrt(left / (np.hamming(FRAME) ** 2).sum())
    ladder = plan.smallest * plan.ratio ** np.arange(plan.scales)
    rungs = np.round(np.log(deviations / plan.smallest) / np.log(plan.ratio)).astype(np.int64)
    counts = np.zeros((plan.predictors, plan.scales))
    np.add.at(counts, (which, rungs.clip(0, plan.scales - 1)), 1.0)
    counts[:, 1:] += counts[:, :-1] / 2
    counts[:, :-1] += counts[:, 1:] / 2
    chances = np.log2((counts + 0.05) / counts.sum())
    first = np.zeros(0, np.uint16)
    if layout.differences:
        values = np.bincount(np.frombuffer(b"".join(series), np.uint8), minlength=256)
        mass = (values + 1.0) / (values.sum() + 256.0)
        first = np.roll(np.maximum(1, np.round(mass * 32768)), 128).astype(np.uint16)
    return Predictors(
        np.round(kept * 32768).clip(-32767, 32767).astype(np.int16),
        np.round(ladder * 1024).astype(np.int64),
        np.round(chances * 256).astype(np.int16),
        np.array([plan.fading], np.int64),
        first,
    )
