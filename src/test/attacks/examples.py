"""Hostile clients of the examples' servers: examples.py MODE PORT [PID], where one runs that was started by examples/run. PID is that of its JVM.
  leak    PORT PID   offers that never connect, of echo-server: what they opened is closed again after half a minute, and no more than 64 are open
  origin  PORT       an offer posted by a page of another site: refused (403)
  slow    PORT       half a POST: the other client is answered at once
  big     PORT PID   a POST of gigabytes: refused before it has come
  hang    PORT PID   descriptions with 300,000 repeated payload types: refused or answered, and the server is idle afterwards
  ws      PORT       the WebSocket of screen-share or video-chat, opened by a page of another site under another name: refused (403), nothing comes
"""
import base64
import http.client
import os
import socket
import sys
import threading
import time

if len(sys.argv) < 3:
    sys.exit(__doc__)
mode, port, pid = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0
TRANSPORT = ("a=ice-ufrag:abcdabcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 " + ":".join(["AB"] * 32) + "\r\na=setup:actpass\r\n")
HEAD = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
DATA = HEAD + "a=group:BUNDLE 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n" + TRANSPORT + "a=sctp-port:5000\r\n"


def state():
    rss = [line for line in open(f"/proc/{pid}/status") if line.startswith("VmRSS")][0].split()[1]
    return f"{len(os.listdir(f'/proc/{pid}/fd'))} descriptors, {int(rss) // 1024} MB"


def cpu():
    fields = open(f"/proc/{pid}/stat").read().split()
    return int(fields[13]) + int(fields[14])


def post(body, patience=20, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    connection.request("POST", "/", body, {"Content-Type": "text/plain", **(headers or {})})
    response = connection.getresponse()
    return response.status, response.read()


if mode == "leak":
    print("before:", state())
    answers = {}
    for i in range(300):
        status = post(DATA if i % 2 else HEAD)[0]
        answers[status] = answers.get(status, 0) + 1
    print("300 offers that never connect, answers", answers, state())
    for k in range(5):
        time.sleep(10)
        print((k + 1) * 10, "s later:", state(), flush=True)
elif mode == "origin":
    print("an offer of a page of another site:", post(DATA, headers={"Origin": "https://evil.example"})[0])
elif mode == "slow":
    post(DATA)  # the first offer waits for classes to be loaded
    half = socket.create_connection(("127.0.0.1", port))
    half.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nv=0")
    time.sleep(.5)
    begin = time.time()
    try:
        status = post(DATA, 15)[0]
        print("the other client is answered %d after %.1f s" % (status, time.time() - begin))
    except OSError as e:
        print("the other client: no answer in %.1f s: %r" % (time.time() - begin, e))
elif mode == "big":
    s = socket.create_connection(("127.0.0.1", port))
    s.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000000\r\n\r\n")
    sent, block = 0, b"x" * (1 << 20)
    try:
        while sent < 600 << 20:
            s.sendall(block)
            sent += len(block)
    except OSError as e:
        print("stopped by", repr(e), end=" ")
    s.close()
    time.sleep(1)
    print("after %d MB; %s; the next client gets %d" % (sent >> 20, state(), post(DATA, 5)[0]))
elif mode == "hang":
    body = HEAD + "a=group:BUNDLE 0\r\nm=video 9 UDP/TLS/RTP/SAVPF " + " ".join(["96"] * 300000) + "\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n" + TRANSPORT \
        + "a=sendrecv\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n"

    def go():
        try:
            post(body, 8)
        except OSError:
            pass

    threads = [threading.Thread(target=go) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    before = cpu()
    time.sleep(5)
    print("the clients have gone; the server goes on with %.0f %% of a processor" % ((cpu() - before) / 5))
elif mode == "ws":
    for path in ("/signal", "/" + "0" * 32 + "/signal"):
        s = socket.create_connection(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        s.sendall(f"GET {path} HTTP/1.1\r\nHost: evil.example\r\nOrigin: https://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        s.settimeout(3)
        got = b""
        try:
            while b"offer" not in got and len(got) < 6000:
                part = s.recv(4096)
                if not part:
                    break
                got += part
        except OSError:
            pass
        print(path, got.split(b"\r\n")[0].decode(), "and a description" if b"offer" in got else "and no description")
else:
    sys.exit(__doc__)
