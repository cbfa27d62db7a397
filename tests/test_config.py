"""A clinic's settings are whole and safe, or the clinic does not start and says why."""

from __future__ import annotations

import dataclasses
import stat
from pathlib import Path

import pytest

from alliance.config import Config, ConfigFault

HERE = "http://localhost:8080"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "clinic"


def saved(folder: Path, text: str) -> Path:
    folder.mkdir(mode=0o700)
    (folder / "clinic.toml").write_text(text, encoding="utf-8")
    return folder


def test_what_was_written_is_loaded(folder: Path) -> None:
    written = Config.write(folder, "https://alliance.clinic.example", "0.0.0.0", 9000)  # noqa: S104 (a setting)
    assert written == Config.load(folder)
    assert (written.host, written.port, written.demo) == ("0.0.0.0", 9000, False)  # noqa: S104


def test_a_demo_remains_one(folder: Path) -> None:
    assert Config.write(folder, HERE, demo=True) == Config.load(folder)
    assert Config.load(folder).demo is True


def test_only_the_address_is_needed(folder: Path) -> None:
    config = Config.load(saved(folder, f'public_url = "{HERE}"'))
    assert config == Config(folder, HERE, "127.0.0.1", 8080, demo=False)


def test_where_the_files_are(folder: Path) -> None:
    config = Config(folder, HERE)
    assert (config.database, config.keyring) == (folder / "clinic.db", folder / "keyring.json")


def test_settings_do_not_change_while_the_server_runs(folder: Path) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config(folder, HERE).port = 1  # type: ignore[misc]


def test_a_new_folder_is_its_owners_alone(folder: Path) -> None:
    Config.write(folder, HERE)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "clinic.toml").stat().st_mode) == 0o600


def test_a_clinic_that_is_there_is_left_alone(folder: Path) -> None:
    Config.write(folder, HERE)
    before = (folder / "clinic.toml").read_bytes()
    with pytest.raises(ConfigFault, match=r"There is a clinic in .* already"):
        Config.write(folder, "https://other.example")
    assert (folder / "clinic.toml").read_bytes() == before


def test_settings_that_would_not_load_are_not_written(folder: Path) -> None:
    with pytest.raises(ConfigFault, match="port should be a number from 1 to 65535, not 0"):
        Config.write(folder, HERE, port=0)
    assert not folder.exists()


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://clinic.example",
            "https://clinic.example:8443",
            "https://10.0.0.7",
            "https://[2001:db8::1]",
        ),
        *("http://localhost", "http://localhost:8080", "http://127.0.0.1:5000", "http://[::1]:8080"),
        *("https://praxis-münchen.example", "HTTPS://Clinic.Example"),
    ],
)
def test_addresses_that_keep_people_signed_in(folder: Path, url: str) -> None:
    assert Config(folder, url).public_url == url.lower()
    assert Config(folder, url + "/").public_url == url.lower()
    assert Config.write(folder, url) == Config.load(folder)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://192.168.1.20:8080", "over plain http, except on this machine itself"),
        ("http://clinic.example", "over plain http, except on this machine itself"),
        ("http://localhost.clinic.example", "over plain http"),
        ("http://0.0.0.0:8080", "over plain http"),
        ("http://127.0.0.1.example", "over plain http"),
        ("", "should begin with https:// and name a host"),
        ("clinic.example", "should begin with https://"),
        ("localhost:8080", "should begin with https://"),
        ("ftp://clinic.example", "should begin with https://"),
        ("javascript:alert(1)", "should begin with https://"),
        ("https://", "should begin with https:// and name a host"),
        ("https://clinic.example\r\nX-Evil: 1", "is not a web address"),
        ("https://clinic .example", "is not a web address"),
        ("https://clinic.example/alliance", "without a path"),
        ("https://clinic.example//", "without a path"),
        ("https://clinic.example?x=1", "without a path"),
        ("https://clinic.example#top", "without a path"),
        ("https://clinic.example/?", "without a path"),
        ("https://mara:secret@clinic.example", "scheme and host only"),
        ("https://clinic.example:99999", "is not a web address"),
        ("https://clinic.example:http", "is not a web address"),
        ("https://[::1", "is not a web address"),
    ],
)
def test_addresses_that_do_not(folder: Path, url: str, why: str) -> None:
    with pytest.raises(ConfigFault, match=f"public_url.*{why}"):
        Config(folder, url)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("port = 0", "port should be a number from 1 to 65535, not 0"),
        ("port = 65536", "port should be a number from 1 to 65535"),
        ("port = -1", "port should be a number from 1 to 65535"),
        ('port = "8080"', "port should be a whole number"),
        ("port = 8080.0", "port should be a whole number"),
        ("port = true", "port should be a whole number"),
        ("demo = 1", "demo should be true or false"),
        ("host = 127", "host should be text in quotes"),
        ('host = ""', "host should be the name or number of an interface"),
        ('host = "a b"', "host should be the name or number of an interface"),
        (
            'hots = "127.0.0.1"',
            "“hots” is not a setting; there are public_url, host, port, proxy, hosts, demo",
        ),
        ("[server]\nport = 1", "“server” is not a setting"),
        ("port = ", "is not valid TOML"),
        ("port = 1\nport = 2", "is not valid TOML"),
    ],
)
def test_settings_that_are_wrong(folder: Path, line: str, why: str) -> None:
    with pytest.raises(ConfigFault, match=why) as caught:
        Config.load(saved(folder, f'public_url = "{HERE}"\n{line}\n'))
    assert str(caught.value).startswith(f"{folder / 'clinic.toml'}")
    assert str(caught.value).endswith(".")


def test_without_an_address(folder: Path) -> None:
    with pytest.raises(ConfigFault, match="public_url is missing"):
        Config.load(saved(folder, "port = 8080"))


def test_settings_that_are_not_text(folder: Path) -> None:
    saved(folder, "")
    (folder / "clinic.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigFault, match="is not valid TOML"):
        Config.load(folder)


def test_no_folder(folder: Path) -> None:
    with pytest.raises(ConfigFault, match=r"There is no folder .*“alliance init "):
        Config.load(folder)
    assert not folder.exists()


def test_a_file_in_place_of_the_folder(folder: Path) -> None:
    folder.write_text("")
    with pytest.raises(ConfigFault, match="is a file, not a clinic’s folder"):
        Config.load(folder)
    with pytest.raises(ConfigFault, match="or a file in its place"):
        Config.write(folder, HERE)


def test_a_folder_without_a_clinic(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    with pytest.raises(ConfigFault, match=r"There is no clinic.toml in .*“alliance init "):
        Config.load(folder)


@pytest.mark.parametrize("mode", [0o710, 0o720, 0o740, 0o701, 0o702, 0o704, 0o755, 0o777])
def test_a_folder_open_to_others(folder: Path, mode: int) -> None:
    Config.write(folder, HERE)
    folder.chmod(mode)
    for attempt in (lambda: Config.load(folder), lambda: Config.write(folder, HERE)):
        with pytest.raises(ConfigFault, match=rf"\(mode {mode:04o}\).*“chmod 700 "):
            attempt()


def test_a_proxy_and_more_names_are_read(folder: Path) -> None:
    text = 'public_url = "https://a.example"\nproxy = "127.0.0.1"\nhosts = ["Alliance.Internal", "10.0.0.7"]'
    config = Config.load(saved(folder, text))
    assert (config.proxy, config.hosts) == ("127.0.0.1", ("alliance.internal", "10.0.0.7"))


@pytest.mark.parametrize(
    "proxy", ["localhost", "10.0.0.0/8", "*", "127.0.0.1:80", "127.0.0.1, 10.0.0.1", " "]
)
def test_a_proxy_is_one_address(folder: Path, proxy: str) -> None:
    with pytest.raises(ConfigFault, match="proxy should be the proxy’s address"):
        Config(folder, "https://a.example", proxy=proxy)


@pytest.mark.parametrize(
    "host", [".example", "*", "*.example", "a.example:80", "a b", "", "https://a", "a..b", "-a"]
)
def test_more_names_are_whole_names(folder: Path, host: str) -> None:
    with pytest.raises(ConfigFault, match="is not the name of a host"):
        Config(folder, "https://a.example", hosts=(host,))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.20", "::"])  # noqa: S104 (settings)
def test_plain_http_is_served_to_this_machine_alone(folder: Path, host: str) -> None:
    with pytest.raises(ConfigFault, match=r"may listen at 127\.0\.0\.1 only"):
        Config(folder, HERE, host)
    assert Config(folder, "https://a.example", host).host == host


def test_a_file_of_breached_passwords_has_to_be_there(folder: Path) -> None:
    told = f'public_url = "{HERE}"\nbreached_passwords = "breached.txt"'
    with pytest.raises(
        ConfigFault, match=r"breached_passwords names .*breached\.txt, and there is no such file"
    ):
        Config.load(saved(folder, told))
    (folder / "breached.txt").write_text("")
    assert Config.load(folder).breached_passwords == folder / "breached.txt"
