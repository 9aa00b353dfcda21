import pkgutil
import subprocess
import sys

import pytest

import tapeloom.theory


def test_all_is_what_can_be_had() -> None:
    assert set(tapeloom.theory.__all__) == set(tapeloom.theory._HOMES)
    assert all(getattr(tapeloom.theory, name) is not None for name in tapeloom.theory.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = tapeloom.theory.nonsense


def test_no_name_is_hidden_by_a_module() -> None:
    modules = {module.name for module in pkgutil.iter_modules(tapeloom.theory.__path__)}
    assert not modules & set(tapeloom.theory.__all__)


def test_importing_the_package_is_cheap() -> None:
    code = "import sys, tapeloom.theory; assert not {'numba', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
