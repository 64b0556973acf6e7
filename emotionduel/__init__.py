import os

# The matrices of one face are too small to share: numpy's other threads would only spin, and cost another core.
# Read when numpy is loaded; PyTorch has a setting of its own, SCORER_THREADS.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
