"""The package and its models on the path; PyTensor without a compiler, which takes longer than these tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "src" / "python")]
os.environ.setdefault("PYTENSOR_FLAGS", "cxx=")


def pytest_configure(config):
    """Warnings of other people's packages are theirs."""
    config.addinivalue_line("filterwarnings", "ignore")
