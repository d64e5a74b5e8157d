from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from harvester.unnaming import clean_address, clean_capture, clean_key, is_personal
from spiders.items import Capture, CaptureKind
from storage.keyed import Keyring

NUMBER = "11010519491231002X"
KEYS = Keyring(bytes(range(32)))


def test_an_address_without_personal_data_stays_as_it_is() -> None:
    for url in ("https://example.org/art/2026/8/28/art_284_11821965.html", "https://example.org/file?name=名单.xlsx"):
        assert clean_address(url, KEYS) == url
        assert clean_key(url, KEYS) == url


def test_an_address_that_holds_a_number_keeps_its_host_and_a_tag_that_tells_it_from_others() -> None:
    one, other = (clean_address(f"https://example.org/files/{NUMBER}{letter}.pdf", KEYS) for letter in ("-a", "-b"))
    assert one.startswith("https://example.org/")
    assert NUMBER not in one + other
    assert one != other
    assert clean_address(f"https://example.org/files/{NUMBER}-a.pdf", KEYS) == one


def test_a_percent_encoded_number_is_seen() -> None:
    assert is_personal(quote(f"身份证号{NUMBER}"))
    assert is_personal("".join(f"%{ord(c):02x}" for c in NUMBER))


def test_a_file_s_key_keeps_the_article_it_hangs_on() -> None:
    assert clean_key(f"1909979/{NUMBER}.doc", KEYS).startswith("1909979/")
    assert NUMBER not in clean_key(f"{NUMBER}/file.doc", KEYS)


def test_a_header_that_names_a_file_by_a_number_goes_and_the_others_stay(tmp_path: Path) -> None:
    headers = (("Content-Disposition", f'attachment; filename="{NUMBER}.doc"'), ("ETag", '"a1"'))
    capture = Capture("anhui", "tzgg", CaptureKind.ATTACHMENT, f"https://example.org/{NUMBER}", 200, headers, b"", datetime.now(UTC))
    kept = clean_capture(capture, KEYS)
    assert kept.headers == (("ETag", '"a1"'),)
    assert NUMBER not in kept.url
