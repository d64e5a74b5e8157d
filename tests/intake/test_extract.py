"""What ``harvester extract`` gives of files that list public credit records. Real files, the real reading."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from harvester.errors import HarvesterError
from harvester.reading import Extract, extract_members
from normalizers.notices.presentation import notice_json
from normalizers.presentation import derived_json

PAGE = """<html><head><meta charset="utf-8"><title>青岚县行政处罚信息公示表</title></head><body><h1>青岚县行政处罚信息公示表</h1>
<table><tr><td>序号</td><td>行政相对人名称</td><td>处罚决定书文号</td><td>处罚内容</td><td>罚款金额（元）</td><td>处罚决定日期</td><td>法定代表人</td></tr>
<tr><td>1</td><td>青岚县望溪纸业有限公司</td><td>青市监罚〔2024〕7号</td><td>罚款6000元</td><td>6000</td><td>2024年5月6日</td><td>褚望溪</td></tr>
<tr><td>2</td><td>褚晚晴</td><td>青市监罚〔2024〕8号</td><td>罚款200元</td><td>200</td><td>2024年5月7日</td><td></td></tr></table></body></html>"""


def extracted(path: Path) -> list[Extract]:
    return [found for found in extract_members(path) if not isinstance(found, HarvesterError)]


def test_a_list_in_a_file_gives_notices_with_plain_values(tmp_path: Path) -> None:
    file = tmp_path / "list.html"
    file.write_text(PAGE, encoding="utf-8")
    (found,) = extracted(file)
    told = json.loads(json.dumps(derived_json(found.derived, map(notice_json, found.notices)), ensure_ascii=False))
    firm, person = told["notices"]
    assert (firm["kind"], firm["subject"]["name"], firm["number"]) == ("penalty", "青岚县望溪纸业有限公司", "青市监罚〔2024〕7号")
    assert (firm["fine_yuan"], firm["decided_on"], firm["valid_to"], firm["colour"]) == ("6000", "2024-05-06", None, "")
    assert (person["subject"]["kind"], person["subject"]["name"], person["subject"]["code"]) == ("person", "褚某", "")


def test_nothing_personal_and_no_record_is_left_in_what_comes_out_beside_the_notices(tmp_path: Path) -> None:
    file = tmp_path / "list.html"
    file.write_text(PAGE, encoding="utf-8")
    (found,) = extracted(file)
    told = json.dumps(derived_json(found.derived, map(notice_json, found.notices)), ensure_ascii=False)
    assert ("褚望溪" in told, "褚晚晴" in told) == (False, False)
    assert "望溪纸业" not in found.derived.document.text


def test_a_file_within_an_archive_gives_its_notices_too(tmp_path: Path) -> None:
    file = tmp_path / "lists.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("penalties.html", PAGE)
        archive.writestr("plan.txt", "青岚县2024年信用工作要点\n\n一、重点任务\n1.编制目录。（责任单位：县司法局）\n")
    assert sorted(len(found.notices) for found in extracted(file)) == [0, 2]
