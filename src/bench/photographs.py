#!/usr/bin/env python3
"""Makes a clip of photographs in motion, as a hand-held camera has them: 10 s of 30 frames a second as Y4M.

A pan and zoom over one photograph, before which a piece of another one moves and deforms, with luma noise (sigma 1.5).
Usage: photographs.py FOLDER WIDTH HEIGHT FILE. FOLDER has Garden.jpg and LadyBird.jpg. Needs ffmpeg and numpy.
"""
import os
import subprocess
import sys

import numpy as np

FOLDER, W, H, OUT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
FRAMES = 300
RATE = 30
rng = np.random.default_rng(5)


def photograph(name, width, height):
    data = subprocess.run(["ffmpeg", "-v", "error", "-i", os.path.join(FOLDER, name), "-vf", f"scale={width}:{height}", "-pix_fmt", "yuv444p",
                           "-f", "rawvideo", "-"], capture_output=True, check=True).stdout
    return np.frombuffer(data, np.uint8).reshape(3, height, width).astype(np.float32)


def sample(plane, y, x):
    height, width = plane.shape
    y, x = np.clip(y, 0, height - 1.01), np.clip(x, 0, width - 1.01)
    top, left = y.astype(int), x.astype(int)
    fy, fx = y - top, x - left
    return (plane[top, left] * (1 - fy) * (1 - fx) + plane[top, left + 1] * (1 - fy) * fx
            + plane[top + 1, left] * fy * (1 - fx) + plane[top + 1, left + 1] * fy * fx)


def turned(dx, dy, angle):
    return np.cos(angle) * dx + np.sin(angle) * dy, -np.sin(angle) * dx + np.cos(angle) * dy


behind = photograph("Garden.jpg", W * 3 // 2, H * 3 // 2)
before = photograph("LadyBird.jpg", W, H)
yy, xx = np.mgrid[0:H, 0:W].astype(np.float32)
shake_x = shake_y = 0.0
with open(OUT, "wb") as f:
    f.write(f"YUV4MPEG2 W{W} H{H} F{RATE}:1 Ip A1:1 C420\n".encode())
    for i in range(FRAMES):
        t = i / RATE
        shake_x = 0.9 * shake_x + rng.normal(0, 0.7) * W / 640
        shake_y = 0.9 * shake_y + rng.normal(0, 0.7) * W / 640
        zoom = 1.1 - 0.15 * np.sin(t * 0.8)
        u, v = turned(xx - W / 2, yy - H / 2, 0.02 * np.sin(t * 1.3))
        u = u * zoom + W / 2 + W * 0.25 + W * 0.18 * np.sin(t * 0.7) + shake_x
        v = v * zoom + H / 2 + H * 0.25 + H * 0.15 * np.cos(t * 0.5) + shake_y
        planes = [sample(p, v, u) for p in behind]
        size = 1 + 0.06 * np.sin(t * 0.9)
        u, v = turned((xx - W * (0.5 + 0.12 * np.sin(t * 1.1) + 0.02 * np.sin(t * 5))) / size, (yy - H * (0.55 + 0.04 * np.sin(t * 2.3))) / size,
                      0.15 * np.sin(t * 1.7))
        inside = (u / (W * 0.19)) ** 2 + (v / (H * 0.36)) ** 2 < 1
        wave = 3 * np.sin(v / 20 + t * 6) * W / 640
        for k in range(3):
            planes[k][inside] = sample(before[k], (v + H / 2)[inside], (u + W / 2 + wave)[inside])
        planes[0] = planes[0] + rng.normal(0, 1.5, (H, W))
        y, cb, cr = [np.clip(p, 0, 255) for p in planes]
        f.write(b"FRAME\n" + y.astype(np.uint8).tobytes())
        for c in (cb.astype(np.uint8).astype(np.float32), cr.astype(np.uint8).astype(np.float32)):
            f.write(((c[::2, ::2] + c[1::2, ::2] + c[::2, 1::2] + c[1::2, 1::2]) / 4).astype(np.uint8).tobytes())
