"""What is installed is what was written: the wheel carries its data and works far from any checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ("templates", "config")


def run(*arguments: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(a) for a in arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=ROOT)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it; its dependencies are those of the tests, without the editable checkout."""
    home = tmp_path_factory.mktemp("elsewhere") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=home.parent)
    python = home / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip())
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    run(uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, wheel, cwd=home)
    return home / "bin"


def clean_environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "ATTUNE", "COV"))}


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", DATA)
def test_the_wheel_carries_every_data_file(wheel: Path, name: str) -> None:
    """A mail whose template stayed at home would never be sent."""
    prefix = f"agent/_data/{name}/"
    with zipfile.ZipFile(wheel) as archive:
        shipped = {entry.removeprefix(prefix) for entry in archive.namelist() if entry.startswith(prefix)}
    assert shipped == files(ROOT / name)
    assert shipped


def test_the_wheel_carries_every_module_and_no_test(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for package in ("agent", "connectors"):
        modules = {f"{package}/{name}" for name in files(ROOT / package) if "__pycache__" not in name}
        assert modules <= set(names)
    assert not [name for name in names if name.startswith("tests/")]


def test_data_folders_hold_no_python() -> None:
    """A checkout is on the path in development: a module there would become importable by accident."""
    assert not [name for folder in DATA for name in files(ROOT / folder) if name.endswith(".py")]


def test_the_installed_command_works_far_from_a_checkout(installed: Path, tmp_path: Path) -> None:
    """Doctor sees package, data and zones; init and check work on the shipped files."""
    env = clean_environment()
    said = run(installed / "attune", "doctor", "--offline", cwd=Path("/"), env=env)
    assert "ILL" not in said
    run(installed / "attune", "init", tmp_path / "x", cwd=Path("/"), env=env)
    assert "no mistakes" in run(installed / "attune", "check", "--home", tmp_path / "x", cwd=Path("/"), env=env)
    where = run(installed / "python", "-c", "import agent; print(agent.__file__)", cwd=tmp_path, env=env)
    assert str(ROOT) not in where


def test_a_wheel_made_from_the_source_archive_is_the_same(wheel: Path, tmp_path: Path) -> None:
    """Whoever packages Attune for a distribution starts from the source archive."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path, cwd=ROOT)
    (archive,) = tmp_path.glob("*.tar.gz")
    run("tar", "xzf", archive, "-C", tmp_path, cwd=tmp_path)
    (source,) = (path for path in tmp_path.iterdir() if path.is_dir())
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=source)
    (again,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(again) as second:
        assert set(first.namelist()) == set(second.namelist())
