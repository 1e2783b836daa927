"""The checker of HTML sees what it is there to see."""

import pytest

from tests.markup import faults_of

PAGE = "<!doctype html><html lang=en><title>T</title><main><h1>H</h1>{}</main></html>"


def test_a_page_that_is_right_has_no_faults() -> None:
    right = '<ul><li><a href="#b"><div id="b">B</div></a></li></ul>'

    assert faults_of(PAGE.format(right)) == []


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ("<div></p></div>", "unexpected-end-tag"),
        ("<section>", "end-tag"),
        ("<form><form></form></form>", "unexpected-start-tag"),
        ('<p id="a"></p><p id="a"></p>', "The id a 2 times"),
        ('<label for="a">A</label>', "<label> names no id: a"),
        ('<p aria-describedby="a b" id="b"></p>', "<p> names no id: a"),
        ('<a href="#a">A</a>', "<a> names no id: a"),
        ('<p class="a" class="b"></p>', "duplicate-attribute"),
        ("<ul><p>A</p></ul>", "<p> as a child of <ul>"),
        ("<div><li>A</li></div>", "<li> as a child of <div>"),
        ("<button><a href='/'>A</a></button>", "<a> in <button>"),
        ("<span><b><div>A</div></b></span>", "<div> in <span>"),
        ("<label><h2>A</h2></label>", "<h2> in <label>"),
        ("<h3>A</h3>", "<h3> after <h1>"),
        ("<h1>A</h1>", "<h1> 2 times"),
    ],
)
def test_what_is_wrong_is_named(wrong: str, fault: str) -> None:
    assert fault in "\n".join(faults_of(PAGE.format(wrong)))
