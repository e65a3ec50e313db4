from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flowlang.delivery.mail import Unmailable, to_email
from flowlang.delivery.plain import plain_text
from tests.delivery.contract import LETTER

HEADERS = {
    "message-id", "date", "from", "to", "subject", "list-unsubscribe", "list-unsubscribe-post",
    "mime-version", "content-type", "content-transfer-encoding", "reply-to",
}  # fmt: skip


def parsed(mail: EmailMessage) -> EmailMessage:
    return message_from_bytes(mail.as_bytes(), _class=EmailMessage, policy=default)


def part(mail: EmailMessage, subtype: str) -> str:
    body = mail.get_body((subtype,))
    assert body is not None
    return str(body.get_content())


def test_umlauts_live_in_subject_names_and_text() -> None:
    mail = parsed(to_email(replace(LETTER, sender="Käthe Groß <kaethe@example.com>")))
    assert mail["Subject"] == "Ihr Gutschein über 5 €"
    assert mail["From"].addresses[0].display_name == "Käthe Groß"
    assert "Änne" in part(mail, "plain")


def test_the_bytes_are_ascii_with_crlf_line_ends() -> None:
    raw = to_email(replace(LETTER, html="<p>Grüße</p>")).as_bytes()
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_the_message_id_is_made_of_the_letters_id_and_the_senders_domain() -> None:
    one, again = to_email(LETTER), to_email(replace(LETTER, subject="other"))
    other = to_email(replace(LETTER, id="other"))
    assert one["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert one["Message-ID"].endswith("@example.com>")


def test_the_date_is_the_letters_moment() -> None:
    assert to_email(LETTER)["Date"].datetime == LETTER.at


def test_the_same_letter_gives_the_same_bytes() -> None:
    letter = replace(LETTER, html="<p>Hallo</p>")
    assert to_email(letter).as_bytes() == to_email(letter).as_bytes()


def test_html_comes_with_the_text_beside_it() -> None:
    mail = parsed(to_email(replace(LETTER, text="plain words", html="<p>rich words</p>")))
    assert mail.get_content_type() == "multipart/alternative"
    assert part(mail, "plain").strip() == "plain words"
    assert "<p>rich words</p>" in part(mail, "html")


def test_a_text_part_is_made_of_html_where_there_is_none() -> None:
    html = "<style>p{}</style><p>Hello&nbsp;<b>Anna</b></p><a href='https://x.example/1'>Shop</a>"
    mail = parsed(to_email(replace(LETTER, text="", html=html)))
    assert part(mail, "plain").split() == ["Hello", "Anna", "Shop", "(https://x.example/1)"]


def test_marketing_mail_carries_the_one_click_headers_in_one_piece() -> None:
    link = "https://shop.example.com/u?" + "c=" + "x" * 300
    raw = to_email(replace(LETTER, unsubscribe=link)).as_bytes()
    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_service_mail_carries_no_unsubscribe_header() -> None:
    assert to_email(replace(LETTER, unsubscribe=""))["List-Unsubscribe"] is None


def test_a_reply_address_is_set_where_there_is_one() -> None:
    assert to_email(LETTER)["Reply-To"] is None
    assert to_email(replace(LETTER, reply_to="shop@example.com"))["Reply-To"] == "shop@example.com"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "@example.com",
        "anna@example.com, eve@example.net",
        "anna@example.com\r\nBcc: eve@example.net",
        "anna@example.com [NO MAILING]",
        "<anna@example.com> <eve@example.net>",
        "anna@exa mple.com",
        "=?utf-8?q?eve=40example=2Enet?=,anna@example.com",
        "a" * 300 + "@example.com",
    ],
)
def test_what_is_not_one_plain_address_is_refused(address: str) -> None:
    with pytest.raises(Unmailable, match="address"):
        to_email(replace(LETTER, address=address))


def test_a_domain_with_umlauts_is_written_as_mail_servers_know_it() -> None:
    assert to_email(replace(LETTER, address="anna@müller.de"))["To"] == "anna@xn--mller-kva.de"


def test_no_line_is_longer_than_a_mail_server_must_take() -> None:
    endless = replace(LETTER, subject="x" * 5_000, text="y" * 5_000, html="z" * 5_000)
    assert max(map(len, to_email(endless).as_bytes().split(b"\r\n"))) <= 998
    with pytest.raises(Unmailable, match="more than 900 characters"):
        to_email(replace(LETTER, unsubscribe="https://shop.example.com/u/" + "x" * 999))


@pytest.mark.parametrize("text", ["a\rb", "\r\n.\r\nMAIL FROM:<x>", "\n.\n", ".", "\x0b.\x85."])
def test_no_line_end_stands_alone_that_a_server_might_take_for_the_end_of_the_mail(
    text: str,
) -> None:
    # SMTP smuggling: a bare CR or LF around a dot.
    raw = to_email(replace(LETTER, text=text, html=text)).as_bytes()
    assert re.search(rb"\r(?!\n)|(?<!\r)\n", raw) is None


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://x/ y", "https://x/>\r\nBcc: e@x"])
def test_an_unsubscribe_link_that_is_no_link_is_refused(link: str) -> None:
    with pytest.raises(Unmailable, match="unsubscribe"):
        to_email(replace(LETTER, unsubscribe=link))


def test_an_encoded_word_in_contact_data_is_not_decoded_by_the_reader() -> None:
    mail = parsed(to_email(replace(LETTER, subject="Hi =?utf-8?q?=0D=0ABcc=3A_e=40x?= you")))
    assert "Bcc:" not in mail["Subject"]
    assert mail["Bcc"] is None


@given(st.text(), st.text(), st.text(), st.text())
@example("Hi\r\nBcc: eve@example.net", "Eve\nBcc: a@b.c", "text", "<p>x")
@example("\ud800", '"', "\ud800\x00", "<!--")
@example("x" * 2000, "ä" * 500, "\r", "")
@example("=?utf-8?b?DQpCY2M6IGVAeA==?=", "=?utf-8?q?=0ABcc?=", ".", "<![")
def test_no_text_makes_a_header_or_breaks_the_mail(
    subject: str, name: str, text: str, html: str
) -> None:
    named = "".join(letter for letter in name if letter not in "<>")
    letter = replace(
        LETTER, subject=subject, sender=f"{named} <news@example.com>", text=text, html=html
    )
    raw = to_email(letter).as_bytes()
    mail = message_from_bytes(raw, _class=EmailMessage, policy=default)
    assert {header.lower() for header in mail} <= HEADERS
    assert mail["To"] == "anna@example.com"
    assert [found.addr_spec for found in mail["From"].addresses] == ["news@example.com"]
    assert raw == to_email(letter).as_bytes()


@given(st.text(st.characters(whitelist_categories=("L", "N", "P"), whitelist_characters=" ")))
@example("Ein sehr langer Betreff über alles, was Ihnen entgeht, wenn Sie heute nicht öffnen " * 3)
@example("word " * 60)
@example("w" * 400)
def test_a_subject_of_any_length_and_script_arrives_as_it_was(subject: str) -> None:
    mail = parsed(to_email(replace(LETTER, subject=subject)))
    assert mail["Subject"].split() == subject.split()


def test_plain_text_keeps_lists_paragraphs_and_pictures_words() -> None:
    html = "<h1>News</h1><p>One<br>two</p><ul><li>a</li><li>b</li> </ul><img alt='Logo'>"
    assert plain_text(html) == "News\n\nOne\ntwo\n\n- a\n- b\n\nLogo"


@given(st.text())
def test_no_html_breaks_the_plain_text(html: str) -> None:
    assert isinstance(plain_text(f"<div>{html}</div>"), str)


@pytest.mark.parametrize(
    "subject",
    [
        "consent) campaign skipped consent) 3 soon the skipped consent) campaign 1",
        'skipped läuft "Führerschein " ab" Läuft Läuft Läuft Geburtstagsgrüßekampagne Läuft sent,',
        "x" * 200,
    ],
)
def test_a_long_subject_begins_on_its_line_and_keeps_its_spaces(subject: str) -> None:
    raw = to_email(replace(LETTER, subject=subject)).as_bytes()
    assert b"Subject:\r\n" not in raw
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert message_from_bytes(raw, policy=default)["Subject"] == subject
