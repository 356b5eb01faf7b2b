"""Servers that the tests start themselves, on loopback or a socket in a temporary folder, and stop after."""

from __future__ import annotations

import contextlib
import getpass
import glob
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Generator
from pathlib import Path

from waiting import eventually


@contextlib.contextmanager
def late_server(seconds: float) -> Generator[int]:
    """A port that answers each who connects after some time, and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                done.wait(seconds)
                with connection, contextlib.suppress(OSError):
                    connection.sendall(b"late\n")

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        done.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@contextlib.contextmanager
def _running(*argv: str, user: str | None = None, cwd: Path | None = None) -> Generator[subprocess.Popen[bytes]]:
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(argv, stdin=nothing, stdout=nothing, stderr=nothing, user=user, cwd=cwd)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


@contextlib.contextmanager
def redis(folder: Path) -> Generator[str]:
    """The path of a Redis server's socket."""
    path = str(folder / "redis")
    with _running("redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--dir", str(folder)):
        assert eventually(lambda: os.path.exists(path), 20)
        yield path


@contextlib.contextmanager
def postgresql(folder: Path) -> Generator[str]:
    """The folder of a PostgreSQL server's socket. It refuses to run as root: then it runs as its own user."""
    programs = os.path.dirname(max(glob.glob("/usr/lib/postgresql/*/bin/initdb")))
    user = None
    if os.geteuid() == 0:
        user = "postgres"
        shutil.chown(folder, user)
    data = str(folder / "data")
    subprocess.run(
        [f"{programs}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"],
        check=True,
        stdout=subprocess.DEVNULL,
        user=user,
        cwd=folder,
    )
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    with _running(f"{programs}/postgres", "-D", data, *options, user=user, cwd=folder) as server:
        ready = [f"{programs}/pg_isready", "-h", str(folder)]
        assert eventually(lambda: subprocess.run(ready, stdout=subprocess.DEVNULL, check=False).returncode == 0, 30)
        yield str(folder)
        server.send_signal(2)  # fast shutdown: sessions are not waited for


@contextlib.contextmanager
def mariadb(folder: Path) -> Generator[str]:
    """The port of a MariaDB server. Its user `root` needs no password."""
    data, port = str(folder / "data"), _unused_port()
    account = ["--user=root"] if os.geteuid() == 0 else []
    install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"]
    subprocess.run([*install, "--skip-test-db", *account], check=True, stdout=subprocess.DEVNULL)
    address = ["--bind-address=127.0.0.1", f"--port={port}", f"--socket={folder}/socket", f"--pid-file={folder}/pid"]
    with _running("/usr/sbin/mariadbd", "--no-defaults", f"--datadir={data}", *address, *account):
        assert eventually(lambda: _accepts(port), 30)
        yield str(port)


@contextlib.contextmanager
def ftpd(folder: Path) -> Generator[str]:
    """The port of an FTP server for the user `me` with the password `secret`; its files are in `folder`."""
    port = _unused_port()
    served = ["python3", "-m", "pyftpdlib", "-i", "127.0.0.1", "-p", str(port), "-d", str(folder), "-w"]
    with _running("/usr/bin/" + served[0], *served[1:], "-u", "me", "-P", "secret"):
        assert eventually(lambda: _accepts(port), 20)
        yield str(port)


@contextlib.contextmanager
def sshd(folder: Path) -> Generator[str]:
    """The path of a client configuration with the host `here`: an SSH server of our own for our own user."""
    for key in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)], check=True)
    port = _unused_port()
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/user.pub\n"
        f"Subsystem sftp internal-sftp\nStrictModes no\nUsePAM no\nPidFile {folder}/pid\nPermitRootLogin yes\n"
    )
    (folder / "config").write_text(
        f"Host here\nHostName 127.0.0.1\nPort {port}\nUser {getpass.getuser()}\nIdentityFile {folder}/user\n"
        f"UserKnownHostsFile {folder}/known\nStrictHostKeyChecking no\nLogLevel ERROR\nRequestTTY yes\n"
    )
    made = os.geteuid() == 0 and not os.path.isdir("/run/sshd")
    if made:
        os.mkdir("/run/sshd", 0o755)  # sshd as root insists on it
    try:
        with _running("/usr/sbin/sshd", "-D", "-e", "-f", str(folder / "sshd_config")):
            assert eventually(lambda: _accepts(port), 20)
            yield str(folder / "config")
    finally:
        if made:
            os.rmdir("/run/sshd")


def _unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
        return port


def _accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
