"""What a queue's messages are understood to say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.transform import notification
from tests.builders import make_raw_key, make_raw_message


def body_of(*keys: object) -> str:
    return str(make_raw_message(*keys)["body"])


def test_keys_arrive_encoded_for_a_url() -> None:
    key = make_raw_key("page_view")
    body = body_of(key)

    assert "event_type%3Dpage_view" in body
    assert notification.read(body).keys == (key,)


def test_a_message_may_tell_of_several_objects() -> None:
    keys = (make_raw_key("click"), make_raw_key("metric"))

    assert notification.read(body_of(*keys)) == (keys, "")


def test_the_test_message_of_a_new_notification_says_nothing() -> None:
    body = '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"raw"}'

    assert notification.read(body) == ((), "")


def test_what_is_understood_stands_beside_what_is_not() -> None:
    keys, complaint = notification.read(body_of(make_raw_key(), "other/key+with space"))

    assert keys == (make_raw_key(),)
    assert complaint == "not the key of a raw object: other/key+with space"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("", "not JSON"),
        ("nonsense", "not JSON"),
        ("[]", "not a notification from S3"),
        ("{}", "not a notification from S3"),
        ('{"Records": {}}', "not a notification from S3"),
        ('{"Records": [1]}', "a record without the key of an object"),
        ('{"Records": [{"s3": {"object": {"key": 1}}}]}', "a record without the key of an object"),
        (body_of("raw/event_type=click/x.json.gz"), "not the key of a raw object"),
        (body_of("quarantine/year=2026/month=11/day=20/hour=12/x.json.gz"), "not the key"),
        (body_of(str(make_raw_key()).replace("hour=12", "hour=24")), "not the key"),
    ],
)
def test_what_is_not_understood_is_said(body: str, complaint: str) -> None:
    found = notification.read(body)

    assert found.keys == ()
    assert found.complaint.startswith(complaint)


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["Records", "s3", "object", "key", "Event"]), inner)
    ),
)


@given(st.text() | documents.map(json.dumps))
def test_no_message_is_an_error(body: str) -> None:
    notification.read(body)
