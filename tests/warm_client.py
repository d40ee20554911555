"""A command that a warm server runs: words, folder, environment and streams go there, and its code comes back."""

import json
import os
import signal
import socket
import sys


def main(address: str, args: list[str]) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(address)
        mask = os.umask(0o077)
        asked = {"args": args, "cwd": os.path.realpath("."), "env": dict(os.environ), "umask": mask}
        socket.send_fds(line, [b"+"], [0, 1, 2])
        line.sendall(json.dumps(asked).encode() + b"\n")
        with line.makefile() as answers:
            _, code = int(answers.readline()), int(answers.readline())
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


main(sys.argv[1], sys.argv[2:])
