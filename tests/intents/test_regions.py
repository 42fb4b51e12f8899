"""Countries and regions by code, name or adjective."""

from pathlib import Path

import pytest

from intents.datafile import DataFaultError
from intents.regions import read_regions, region_code, regions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("shipping from Hong Kong to Germany", ["HK", "DE"]),
        ("how long to the US?", ["US"]),
        ("TO USA PLEASE", ["US"]),
        ("is it in IT or not", []),
        ("发到德国要多久", ["DE"]),
        ("中国香港寄到美国", ["HK", "US"]),
        ("nach Österreich", ["AT"]),
        ("nach Osterreich", ["AT"]),
        ("посылка в Германию", ["DE"]),
        ("중국에서 독일로", ["CN", "DE"]),
        ("ドイツへ送れますか", ["DE"]),
        ("vers l'Allemagne", ["DE"]),
        ("Almanya'ya gönderim", ["DE"]),
        ("estados unidos", ["US"]),
        ("côte d'ivoire", ["CI"]),
        ("ส่งไปเยอรมนี", ["DE"]),
        ("turkey roaster and a jersey", []),
        ("shipping to Turkey", ["TR"]),
        ("German plug", ["DE"]),
        ("", []),
    ],
)
def test_regions_of_a_text(text: str, found: list[str]) -> None:
    assert list(regions(text)) == found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("HK", "HK"),
        ("uk", "GB"),
        ("USA", "US"),
        ("[DE]", "DE"),
        ("中国香港", "HK"),
        ("Deutschland", "DE"),
        ("ألمانيا", "DE"),
        ("Refund", None),
        ("XX", None),
        ("", None),
    ],
)
def test_a_text_that_is_a_region(text: str, code: str | None) -> None:
    assert region_code(text) == code


def test_a_wrong_code_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "regions.yaml"
    file.write_text("HK: [hongkong]\nQQQ: [nowhere]\n")
    with pytest.raises(DataFaultError, match=r"line 2: QQQ is no ISO 3166 code"):
        read_regions(file)
