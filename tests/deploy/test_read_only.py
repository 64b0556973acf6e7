"""What the Dockerfile makes, without Docker: the files that an image gets, built by its own lines, then never written
to any more, and run without any of root's rights.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from tests.deploy.files import ROOT, context, steps
from tests.duels.site import free_port

pytestmark = pytest.mark.slow
PATIENCE = 300.0  # seconds: machines are busy
# As compose.yaml has it. Root would write whatever the files' modes say.
BARE = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "--"] if os.geteuid() == 0 else []


class Image:
    def __init__(self, folder: Path) -> None:
        self.app, self.data, self.memory = folder / "app", folder / "data", folder / "tmp"
        for path in (self.data, self.memory):
            path.mkdir()

    @property
    def environment(self) -> dict[str, str]:
        """The image's own, with this machine's folders in the place of its."""
        said = dict(word.split("=", 1) for step in steps("ENV")[1:] for word in step.words)
        folders = {"/data": self.data, "/models": self.data, "/tmp": self.memory, "/app/var/static": self.static}  # noqa: S108
        found = {name: str(folders.get(value, value)) for name, value in said.items()}
        kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "LANG") if name in os.environ}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        settings = {"DJANGO_SETTINGS_MODULE": "uncompressed", "PYTHONPATH": str(Path(__file__).parent)}
        return kept | found | settings | {"PATH": path, "TMPDIR": str(self.memory)}

    @property
    def static(self) -> Path:
        return self.app / "var" / "static"

    def build(self) -> None:
        for path in context():
            (self.app / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, self.app / path)
        line = steps("RUN", 0)[-1].text.split("&&")[0]  # without compiling, which takes long
        line = line.replace("/app/", f"{self.app}/").replace("/tmp/data", str(self.memory / "build"))  # noqa: S108
        subprocess.run(line, shell=True, cwd=self.app, env=self.environment, check=True)  # noqa: S602
        shutil.rmtree(self.memory / "build")
        for path in [self.app, *self.app.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)

    def run(self, *words: str) -> str:
        command = [*BARE, sys.executable, *words]
        done = subprocess.run(command, cwd=self.app, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def manage(self, *words: str) -> str:
        return self.run("manage.py", *words)

    def files(self) -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in self.app.rglob("*")}


def bound(folder: Path) -> bool:
    """Whether a file's mode holds for who runs like this."""
    (folder / "mine").touch(mode=0o444)
    try:
        done = subprocess.run([*BARE, "sh", "-c", f"echo x >{folder / 'mine'}"], stderr=subprocess.DEVNULL, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 2


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    with tempfile.TemporaryDirectory(prefix="image-", ignore_cleanup_errors=True) as folder:
        if not bound(Path(folder)):
            pytest.skip("who runs this may write everywhere: `setpriv` is missing, or may not give up root's rights")
        made = Image(Path(folder))
        made.build()
        before = made.files()
        yield made
        assert made.files() == before
        for path in made.app.rglob("*"):
            if path.is_dir():
                path.chmod(0o755)


def ask(port: int, path: str, body: bytes | None = None) -> tuple[int, str]:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(Request(f"http://127.0.0.1:{port}{path}", body), timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, ""
        except URLError:
            assert time.monotonic() < end, "it does not answer"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def port(image: Image) -> Iterator[int]:
    """A web process of the image, on a database of its own."""
    image.manage("prepare")
    found = free_port()
    words = re.findall(r'"([^"]+)"', steps("CMD")[-1].text)
    command = [*BARE, sys.executable, "-m", *words]
    command[command.index("0.0.0.0")] = "127.0.0.1"  # noqa: S104
    command[command.index("8000")] = str(found)
    process = subprocess.Popen(command, cwd=image.app, env=image.environment)
    yield found
    process.terminate()
    process.wait(PATIENCE)


def test_pages_come_from_what_was_built(image: Image, port: int) -> None:
    status, page = ask(port, "/?language=ru")
    assert (status, "дуэл" in page.casefold()) == (200, True), "in Russian: translations were compiled"
    named = re.search(r'href="(/static/css/site\.\w+\.css)"', page)
    assert named, "by its content: static files were collected"
    assert ask(port, named[1])[0] == 200


def test_what_comes_in_finds_room(port: int) -> None:
    """More than Daphne holds in memory; what it says of it is another matter."""
    assert ask(port, "/telegram/webhook/", b"x" * 5_000_000)[0] in {400, 403, 404, 413}


def test_every_command_is_there_and_the_site_finds_nothing_amiss(image: Image) -> None:
    assert "no issues" in image.manage("check")
    known = image.manage("help")
    for name in ("work", "mirror", "reconcile", "telegram", "prepare", "create_admin", "rotate_keys", "restored"):
        assert f" {name}\n" in known


def test_the_judge_opens_where_it_may_not_write(image: Image) -> None:
    assert "EmotionDuel-S" in image.run("-c", "from scoring import open_scorer; print(open_scorer().name)")
