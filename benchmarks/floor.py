#!/usr/bin/env python3
"""The least that a push of a blob can cost: receive it, hash it, write it, sync it, in one thread.

    benchmarks/floor.py PORT FOLDER

Answers as much of the protocol as a push by POST and PUT needs, one connection at a time. It keeps
no names, checks no digest and loses what it does not expect: it is a measure, not a registry.
"""

import hashlib
import os
import socket
import sys

BLOCK = 256 * 1024
HEAD = 64 * 1024
START = b"HTTP/1.1 202 Accepted\r\nLocation: /upload?\r\nContent-Length: 0\r\n\r\n"
STORED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
READY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def read_head(connection):
    """Returns a request's method, the length of its body and what of that came with the head."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = connection.recv(HEAD)
        if not more:
            return None
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in lines[1:])
    return lines[0].split()[0], int(fields.get("content-length", 0)), body


def store(connection, length, begun, path, block):
    """The loop that everything else is measured by."""
    hashed = hashlib.sha256()
    with open(path, "wb", buffering=0) as file:
        block[: len(begun)] = begun
        filled, left = len(begun), length - len(begun)
        while filled or left:
            while left and filled < BLOCK:
                count = connection.recv_into(block[filled:])
                if not count:
                    return
                filled, left = filled + count, left - count
            hashed.update(block[:filled])
            file.write(block[:filled])
            filled = 0
        os.fsync(file.fileno())
    connection.sendall(STORED)


def serve(connection, folder, block, number):
    while request := read_head(connection):
        method, length, begun = request
        if method == "PUT":
            number += 1
            store(connection, length, begun, f"{folder}/{number}", block)
        else:
            connection.sendall(START if method == "POST" else READY)
    return number


def main():
    port, folder = int(sys.argv[1]), sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    block, number = memoryview(bytearray(BLOCK)), 0
    with socket.create_server(("127.0.0.1", port)) as server:
        while True:
            connection, _ = server.accept()
            with connection:
                number = serve(connection, folder, block, number)


if __name__ == "__main__":
    main()
