"""The files of deploy/ha, against each other and what the page for operators says."""

import re

import yaml

from dev.places import CHECKOUT

FILES = CHECKOUT / "deploy" / "ha"
PAGE = (CHECKOUT / "docs" / "high-availability.md").read_text()
EXAMPLE = "ha.env.example"


def filled_in() -> dict[str, str]:
    """The files in which something is put."""
    return {
        path.name: path.read_text() for path in FILES.iterdir() if path.name != EXAMPLE
    }


def test_whatever_a_file_asks_for_is_in_the_example_and_nothing_else() -> None:
    text = "".join(filled_in().values())
    asked = set(re.findall(r"\$\{([A-Z0-9_]+)\}", text))

    assert text.count("$") == len(re.findall(r"\$\{[A-Z0-9_]+\}", text))
    assert asked == set(
        re.findall(r"^([A-Z0-9_]+)=", (FILES / EXAMPLE).read_text(), re.MULTILINE)
    )


def test_each_file_has_its_place_on_the_page() -> None:
    assert [name for name in filled_in() if f"fill {name} /etc/" not in PAGE] == []


def test_a_leader_without_etcd_ends_before_another_one_begins() -> None:
    dcs = yaml.safe_load((FILES / "patroni.yml").read_text())["bootstrap"]["dcs"]

    assert dcs["loop_wait"] + 2 * dcs["retry_timeout"] <= dcs["ttl"]
    assert dcs["synchronous_mode"] is True
    assert f"its {dcs['ttl']} seconds" in " ".join(PAGE.split())


def test_haproxy_asks_the_port_at_which_patroni_answers() -> None:
    listens = yaml.safe_load((FILES / "patroni.yml").read_text())["restapi"]["listen"]
    asked = re.findall(r"check port (\d+)", (FILES / "haproxy.cfg").read_text())

    assert asked == [listens.rpartition(":")[2]] * 6


def test_the_pooler_asks_haproxy_and_the_page_names_its_port() -> None:
    pooler = (FILES / "pgbouncer.ini").read_text()
    proxy = (FILES / "haproxy.cfg").read_text()
    leads, follows = re.findall(r"bind 127\.0\.0\.1:(\d+)", proxy)
    port = re.search(r"^listen_port = (\d+)", pooler, re.MULTILINE)

    assert port is not None
    assert f"phr = host=127.0.0.1 port={leads}" in pooler
    assert f"phr_replica = host=127.0.0.1 port={follows}" in pooler
    assert f"@127.0.0.1:{port[1]}/phr\n" in PAGE
    assert f"@127.0.0.1:{port[1]}/phr_replica\n" in PAGE


def test_sentinel_and_the_page_have_one_name_for_the_primary() -> None:
    text = (FILES / "sentinel.conf").read_text()
    names = set(
        re.findall(r"^sentinel (?!sentinel-pass)[a-z-]+ (\S+)", text, re.MULTILINE)
    )

    assert names == {"phr"}
    assert re.search(r"REDIS_URL=sentinel://\S+/phr/0", PAGE)


def test_no_password_is_given_in_the_example() -> None:
    lines = (FILES / EXAMPLE).read_text().splitlines()

    assert [line for line in lines if re.match(r"\w+_PASSWORD=.", line)] == []
