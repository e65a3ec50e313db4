"""A delivery that another package gives, installed for real into a folder of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.calling import GOOD, flow, workspace

MODULE = '''
import json
from pathlib import Path

from flowlang.delivery.delivery import Delivery, Outcome
from flowlang.delivery.settings import BadSetting


class Pigeons(Delivery):
    """One line a letter."""

    def __init__(self, file, speed, token):
        self.file, self.speed, self.token = Path(file), speed, token
        self.place = "the loft"

    def hand_over(self, letters):
        with self.file.open("a") as file:
            for letter in letters:
                file.write(json.dumps([letter.address, self.speed, self.token]) + "\\n")
        return [Outcome(letter.id, "delivered") for letter in letters]


def connect(setup):
    if "file" not in setup.options:
        raise BadSetting("[delivery.pigeon] needs a file")
    return Pigeons(
        setup.options["file"], setup.options.get("speed", 1), setup.settings.others.get("token")
    )


def broken(setup):
    raise RuntimeError("the loft is on fire")


def nothing(setup):
    return "a text"
'''
ENTRY_POINTS = """[flowlang.deliveries]
pigeon = flowlang_pigeon:connect
broken = flowlang_pigeon:broken
nothing = flowlang_pigeon:nothing
missing = flowlang_pigeon:not_there
smtp = flowlang_pigeon:broken
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package, as `pip install --target` makes it of a wheel."""
    folder = tmp_path_factory.mktemp("pigeon")
    wheel = folder / "flowlang_pigeon-1.0-py3-none-any.whl"
    info = "flowlang_pigeon-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("flowlang_pigeon.py", MODULE)
        file.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: flowlang-pigeon\nVersion: 1.0\n"
        )
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/entry_points.txt", ENTRY_POINTS)
        file.writestr(f"{info}/RECORD", "")
    target = folder / "target"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps",
         "--target", str(target), str(wheel)],
        check=True,
    )  # fmt: skip
    return target


def shop_with(folder: Path, toml: str) -> Path:
    shop = workspace(folder / "shop", GOOD)
    (shop / "flow.toml").write_text(f'[sender]\nfrom = "shop@example.com"\n{toml}')
    (shop / "c.csv").write_text("id,email,tags\nc1,anna@example.com,new\n")
    return shop


def test_letters_go_by_the_delivery_of_another_package(tmp_path: Path, packages: Path) -> None:
    toml = '[delivery]\nkind = "pigeon"\n[delivery.pigeon]\nfile = "flown.txt"\nspeed = 90\n'
    shop = shop_with(tmp_path, toml)
    around = {"PYTHONPATH": str(packages), "FLOW_DELIVERY_TOKEN": "coo"}
    assert flow("contacts", "import", "c.csv", cwd=shop, **around).returncode == 0
    done = flow("run", "--once", cwd=shop, **around)
    assert done.returncode == 0, done.stderr
    assert "delivered  1 to the loft" in done.stderr
    assert json.loads((shop / "flown.txt").read_text()) == ["anna@example.com", 90, "coo"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("pigeon", "[delivery.pigeon] needs a file"),
        (
            "broken",
            'the delivery "broken" of flowlang-pigeon cannot be used: RuntimeError: the loft',
        ),
        ("nothing", 'what flowlang-pigeon gives as "nothing" is no delivery'),
        ("missing", 'the delivery "missing" of flowlang-pigeon cannot be used: AttributeError'),
        ("smtp", "needs the mail server"),
    ],
)
def test_a_delivery_that_cannot_be_made_is_refused_in_one_line(
    tmp_path: Path, packages: Path, kind: str, said: str
) -> None:
    shop = shop_with(tmp_path, f'[delivery]\nkind = "{kind}"\n')
    done = flow("run", "--once", cwd=shop, PYTHONPATH=str(packages))
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_the_package_there_is_no_such_delivery(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, '[delivery]\nkind = "pigeon"\n')
    done = flow("check", cwd=shop)
    assert done.returncode == 2
    assert 'delivery.kind = "pigeon": there is no such delivery; there is `outbox`' in done.stderr
