#!/usr/bin/env python3
"""Makes the clips that the video encoder is measured with: 10 s of 30 frames a second as Y4M.

testsrc2: ffmpeg's test pattern. room: a still room with luma noise (sigma 3) in which a textured shape moves, turns and deforms.
desktop: scrolling text, windows that change, a pointer. Usage: clips.py WIDTH HEIGHT FOLDER. Needs ffmpeg, numpy and Pillow.
"""
import os
import subprocess
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFont

W, H, OUT = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
FRAMES = 300
RATE = 30
rng = np.random.default_rng(7)


def write_y4m(name, frames):
    with open(os.path.join(OUT, name), "wb") as f:
        f.write(f"YUV4MPEG2 W{W} H{H} F{RATE}:1 Ip A1:1 C420\n".encode())
        for planes in frames:
            f.write(b"FRAME\n")
            for p in planes:
                f.write(p.tobytes())


def blur(a, times):
    for _ in range(times):
        a = (a + np.roll(a, 1, 0) + np.roll(a, -1, 0) + np.roll(a, 1, 1) + np.roll(a, -1, 1)) / 5
    return a


def room():
    yy, xx = np.mgrid[0:H, 0:W].astype(np.float32)
    still = 110 + 40 * np.sin(xx / W * 5) + 25 * np.cos(yy / H * 7)
    still[yy > H * 0.7] -= 30
    for _ in range(12):
        x, y = rng.integers(0, W - W // 8), rng.integers(0, H - H // 6)
        still[y:y + H // 6, x:x + W // 8] += rng.integers(-40, 40)
    still += blur(rng.normal(0, 30, (H, W)), 2)
    texture = blur(rng.normal(0, 90, (2 * H, 2 * W)), 3) + 140
    for i in range(FRAMES):
        t = i / RATE
        dx, dy = xx - W * (0.5 + 0.3 * np.sin(t * 1.1)), yy - H * (0.5 + 0.2 * np.cos(t * 1.7))
        angle, radius = 0.6 * np.sin(t * 0.9), H * 0.25 * (1 + 0.25 * np.sin(t * 2.3))
        u, v = np.cos(angle) * dx + np.sin(angle) * dy, -np.sin(angle) * dx + np.cos(angle) * dy
        inside = (u * (1 + 0.2 * np.sin(t * 1.3))) ** 2 + v * v * 1.3 < radius ** 2
        frame = still.copy()
        frame[inside] = texture[(v[inside] + H).astype(int) % (2 * H), (u[inside] + W).astype(int) % (2 * W)]
        frame += rng.normal(0, 3, (H, W))
        small = inside[::2, ::2]
        yield np.clip(frame, 16, 235).astype(np.uint8), np.where(small, 110, 125).astype(np.uint8), np.where(small, 160, 130).astype(np.uint8)


def document(font):
    words = ("lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua "
             "public static void int return new while for").split()
    page = Image.new("RGB", (W, 400 * 14), (255, 255, 255))
    draw = ImageDraw.Draw(page)
    for i in range(400):
        draw.text((8, i * 14), " ".join(rng.choice(words, 9)), fill=(20, 20, 60) if i % 5 else (160, 30, 30), font=font)
    return page


def desktop():
    font = ImageFont.load_default()
    page = document(font)
    for i in range(FRAMES):
        image = Image.new("RGB", (W, H), (40, 90, 120))
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, W, 18), fill=(60, 60, 60))
        draw.text((6, 3), f"file edit view  00:{i // RATE:02d}", fill=(230, 230, 230), font=font)
        window = i // 90 % 3
        if window == 0:
            offset = i * 2 if i < 60 else 120 + (i - 60) // 30 * 60
            image.paste(page.crop((0, offset, W - 40, offset + H - 60)), (20, 40))
        elif window == 1:
            draw.rectangle((30, 40, W - 30, H - 30), fill=(250, 250, 240))
            for k in range(8):
                top = 60 + k * (H - 110) // 8
                draw.rectangle((50, top, 50 + (W - 120) * (k + 1) // 8, top + 10), fill=(30 * k, 100, 220 - 20 * k))
        else:
            image.paste(page.crop((0, 2000 + i * 4, W // 2, 2000 + i * 4 + H - 60)), (10, 30))
            draw.rectangle((W // 2 + 20, 50, W - 20, H - 50), fill=(20, 20, 20))
            draw.text((W // 2 + 30, 60 + i % 90 // 6 * 12 % (H - 130)), "$ make test", fill=(80, 250, 80), font=font)
        x, y = int(W * (0.5 + 0.3 * np.sin(i / 20))), int(H * (0.5 + 0.3 * np.cos(i / 27)))
        draw.polygon([(x, y), (x, y + 14), (x + 9, y + 9)], fill=(0, 0, 0), outline=(255, 255, 255))
        full = np.asarray(image.convert("YCbCr")).astype(np.float32)
        planes = [16 + full[..., 0] * 219 / 255] + [128 + (full[..., k] - 128) * 224 / 255 for k in (1, 2)]
        yield tuple(p.astype(np.uint8) if k == 0 else ((p[::2, ::2] + p[1::2, ::2] + p[::2, 1::2] + p[1::2, 1::2]) / 4).astype(np.uint8)
                    for k, p in enumerate(planes))


os.makedirs(OUT, exist_ok=True)
subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=s={W}x{H}:r={RATE}", "-frames:v", str(FRAMES), "-pix_fmt", "yuv420p",
                os.path.join(OUT, "testsrc2.y4m")], check=True)
write_y4m("room.y4m", room())
write_y4m("desktop.y4m", desktop())
