"""Packages that only the lab needs, imported when they are used."""

from importlib import import_module
from typing import Any

PACKAGES = {
    "catboost": "catboost",
    "cv2": "opencv-python-headless",
    "matplotlib": "matplotlib",
    "skimage": "scikit-image",
}


class MissingPackage(ImportError):
    """Says which package is missing and how to get it."""


def extra(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        package = PACKAGES[module.split(".")[0]]
        raise MissingPackage(
            f"The package {package} is needed here and cannot be imported ({error}). "
            "Install it with: .venv/bin/pip install -r requirements-train.txt"
        ) from error
