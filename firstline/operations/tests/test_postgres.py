"""The desk's own server, for real: started, killed, started again."""

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from firstline.operations import binaries, processes
from firstline.operations.postgres import Cluster, ServerFailed, borrowed, testing_cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with testing_cluster(extra="shared_buffers = 32MB\n") as made:
        yield made


def value(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_the_app_role_cannot_change_tables(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("owner"), autocommit=True) as owner:
        owner.execute("CREATE TABLE things (id bigint GENERATED ALWAYS AS IDENTITY, name text)")
    with psycopg.connect(cluster.url("app"), autocommit=True) as app:
        app.execute("INSERT INTO things (name) VALUES ('Ü')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DROP TABLE things")

    assert value(cluster.url("app"), "SELECT name FROM things") == "Ü"


def test_locale_checksums_and_vectors(cluster: Cluster) -> None:
    assert value(cluster.url(), "SELECT datlocprovider FROM pg_database WHERE datname = 'firstline'") == "b"
    assert value(cluster.url(), "SHOW data_checksums") == "on"
    assert value(cluster.url(), "SELECT lower('ÄÖ')") == "äö"
    assert value(cluster.url("owner"), "SELECT '[1,2]'::vector <-> '[1,2]'::vector") == 0


def test_passwords_are_asked_for(cluster: Cluster) -> None:
    without = f"host={cluster.socket_folder} user=firstline_app dbname=firstline"
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(without)


def test_folders_and_secrets_are_private(cluster: Cluster) -> None:
    secrets = cluster.home / "secrets"
    for path, mode in ((cluster.data, 0o700), (cluster.socket_folder, 0o700), (secrets / "database.url", 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode, path
    assert (secrets / "database.url").read_text() == cluster.url("app")
    assert not (cluster.folder / "password").exists()


def test_the_server_is_not_root_and_has_no_tcp_port(cluster: Cluster) -> None:
    pid = cluster.pid()
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid != 0
    assert value(cluster.url("super", "postgres"), "SHOW listen_addresses") == ""


def test_what_people_wrote_does_not_reach_the_log(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("owner"), autocommit=True) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS once (name text UNIQUE)")
        owner.execute("INSERT INTO once VALUES (%s)", ["marker-7f3a"])
        with pytest.raises(psycopg.errors.UniqueViolation, match="marker-7f3a"):
            owner.execute("INSERT INTO once VALUES (%s)", ["marker-7f3a"])

    assert b"marker-7f3a" not in (cluster.home / "log" / "postgres.log").read_bytes()


def test_a_killed_server_comes_back_with_everything_that_was_committed() -> None:
    with testing_cluster(extra="") as cluster:
        with psycopg.connect(cluster.url("owner"), autocommit=True) as owner:
            owner.execute("CREATE TABLE kept (n int)")
            owner.execute("INSERT INTO kept SELECT generate_series(1, 500)")
        os.kill(cluster.pid() or 0, signal.SIGKILL)
        assert cluster.process is not None
        cluster.process.wait()

        cluster.start()

        assert value(cluster.url(), "SELECT count(*) FROM kept") == 500


def test_a_pid_file_that_names_another_process_is_stale() -> None:
    with testing_cluster() as cluster:
        cluster.stop()
        (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
        assert cluster.pid() is None

        cluster.start()

        assert cluster.pid() not in (None, os.getpid())


def test_a_borrowed_server_stops_with_its_last_borrower(tmp_path_factory: pytest.TempPathFactory) -> None:
    with testing_cluster() as cluster:
        cluster.stop()
        with borrowed(cluster.home) as first:
            with borrowed(cluster.home):
                assert first.pid() is not None
            assert first.pid() is not None
        assert first.pid() is None


def test_data_of_another_major_version_is_refused_with_advice() -> None:
    with testing_cluster() as cluster:
        cluster.stop()
        (cluster.data / "PG_VERSION").write_text("12\n")
        with pytest.raises(ServerFailed, match=r"PostgreSQL 12.*FIRSTLINE_PG_BIN"):
            cluster.start()
        (cluster.data / "PG_VERSION").write_text(f"{cluster.binaries.major}\n")


def test_a_wrong_folder_of_binaries_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FIRSTLINE_PG_BIN", str(tmp_path))
    with pytest.raises(binaries.NoPostgres, match="FIRSTLINE_PG_BIN"):
        binaries.find()


def test_an_account_needs_the_way_to_a_folder(tmp_path: Path) -> None:
    stranger = processes.Account("stranger", uid=54321, gid=54321)
    tmp_path.chmod(0o700)
    assert not stranger.may(tmp_path / "x", os.X_OK)
    assert stranger.may(Path("/tmp"), os.X_OK)
