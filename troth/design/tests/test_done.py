"""What was done is said from a closed list."""

import pytest

from troth.design.done import DONE, done


def test_what_nobody_listed_is_not_led_to() -> None:
    with pytest.raises(KeyError):
        done("home", "call-us-now")


def test_an_address_names_the_sentence_and_holds_none() -> None:
    assert done("sign_in", "password-changed").headers["Location"] == "/sign-in/?done=password-changed"
    assert all(words.endswith(".") and word.replace("-", "").isalpha() for word, words in DONE.items())
