"""The log tells what happened, and of nobody anything."""

from __future__ import annotations

import io
import logging

import pytest
from scrapy import Spider
from scrapy.http import Request, TextResponse
from scrapy.settings import Settings
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure

from harvester import log_masking
from harvester.log_privacy import PrivateLogFormatter
from normalizers.notices.records import NoticeKind, PrintedField, PrintedRecord

STANDARD = "11010519491231002X"
NAME = "李慕青"
RECORD = PrintedRecord(
    "s", "p", "k", "https://a.example/", NoticeKind.PENALTY, (PrintedField("姓名", NAME), PrintedField("身份证号", STANDARD))
)


@pytest.fixture
def lines():
    """A log of its own, and the log records of the process as they were afterwards."""
    before = logging.getLogRecordFactory()
    log_masking.install()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    log = logging.getLogger("tests.privacy")
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    yield log, stream
    log.removeHandler(handler)
    logging.setLogRecordFactory(before)


def test_every_line_is_masked_whoever_writes_it(lines):
    log, stream = lines
    log.warning("read %s of %s", f"身份证号：{STANDARD}", {"phone": "13812345678"})
    assert stream.getvalue() == "read 身份证号：〔身份证号已隐去·北京〕 of {'phone': '〔电话已隐去〕'}\n"


def _fail() -> None:
    try:
        {}[NAME]
    except KeyError as error:
        raise ValueError(f"{NAME} {STANDARD}") from error


def test_an_exception_is_told_without_its_words(lines):
    log, stream = lines
    try:
        _fail()
    except ValueError:
        log.exception("could not read it")
    assert NAME not in stream.getvalue()
    assert STANDARD not in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert "KeyError" in stream.getvalue()
    assert "test_log.py" in stream.getvalue()


def test_arguments_that_do_not_fit_are_no_error(lines):
    log, stream = lines
    log.error("%d records", NAME)
    assert stream.getvalue() == "%d records\n"


def test_installing_twice_changes_nothing(lines):
    factory = logging.getLogRecordFactory()
    log_masking.install()
    assert logging.getLogRecordFactory() is factory


def test_scrapys_messages_tell_no_item_no_body_and_no_words():
    formatter, spider = PrivateLogFormatter(), Spider("s")
    request = Request("https://a.example/")
    response = TextResponse("https://a.example/", body=f"{NAME} {STANDARD}".encode(), encoding="utf-8", request=request)
    error = ValueError(f"{NAME} {STANDARD}")
    failure = Failure(error)
    told = [
        formatter.crawled(request, response, spider),
        formatter.scraped(RECORD, response, spider),
        formatter.dropped(RECORD, error, response, spider),
        formatter.item_error(RECORD, error, response, spider),
        formatter.spider_error(failure, request, response, spider),
        formatter.download_error(failure, request, spider, str(error)),
    ]
    for message in told:
        line = message["msg"] % message["args"]
        assert NAME not in line
        assert STANDARD not in line
        assert line


def test_the_settings_use_it():
    settings = Settings()
    settings.setmodule("harvester.settings")
    assert load_object(settings["LOG_FORMATTER"]) is PrivateLogFormatter
