"""Makes a table or a plot of benchmark lines.

report.py table LINES            the table of side-by-side, in Markdown
report.py curve LINES PLOT.svg   a table of throughput over round trip and loss, and a plot of it
report.py quality TABLE PLOT.svg  a plot of PSNR over bitrate, of the table of vp8 in a Markdown file
"""
import collections
import json
import sys


def lines(path):
    with open(path) as f:
        return [json.loads(line) for line in f if line.startswith("{")]


ROWS = [
    ("64 KiB messages, MB/s", "dc64k_MBps"), ("1,200-byte messages, MB/s", "dc1200_MBps"),
    ("processor seconds for a GB, 64 KiB", "dc64k_cpu_s_per_GB"), ("processor seconds for a GB, 1,200 bytes", "dc1200_cpu_s_per_GB"),
    ("there and back, 64 bytes, us, half of all", "dc_rtt_us_p50"), ("there and back, 64 bytes, us, 99 %", "dc_rtt_us_p99"),
    ("50 ms there and back, 1 % loss each way, MB/s", "lossy_50ms_1pct_MBps"),
    ("the same, conservative", "lossy_50ms_1pct_conservative_MBps"), ("the same, by the model", "lossy_50ms_1pct_model_based_MBps"),
    ("heap allocated per message, bytes, 64 KiB", "dc64k_alloc_B_per_msg"), ("heap allocated per message, bytes, 1,200", "dc1200_alloc_B_per_msg"),
]


def figure(value):
    return "%.3g" % value if value < 1000 else "{:,.0f}".format(value)


def table(path):
    by = collections.defaultdict(dict)
    peers = []
    for l in lines(path):
        by[l["metric"]][l["peer"]] = l["value"]
        if l["peer"] not in peers:
            peers.append(l["peer"])
    print("| | " + " | ".join(peers) + " |\n|---|" + "--:|" * len(peers))
    for label, metric in ROWS:
        if by[metric]:
            print("| %s | %s |" % (label, " | ".join(figure(by[metric][p]) if p in by[metric] else "" for p in peers)))


def pyplot():
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "jvmrtc"
    import matplotlib.pyplot as plt
    return plt


def quality(path, plot):
    curves = collections.defaultdict(lambda: ([], []))
    with open(path) as f:
        for line in f:
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            if len(cells) == 11 and cells[1].isdigit():
                clip, size = cells[0].split()
                curves[(size, clip)][0].append((int(cells[2]), float(cells[3])))
                curves[(size, clip)][1].append((int(cells[7]), float(cells[8])))
    sizes = list(dict.fromkeys(k[0] for k in curves))
    clips = list(dict.fromkeys(k[1] for k in curves))
    plt = pyplot()
    figure, axes = plt.subplots(len(sizes), len(clips), figsize=(3.4 * len(clips), 2.7 * len(sizes)))
    for row, size in zip(axes, sizes):
        for axis, clip in zip(row, clips):
            for points, label, style in zip(curves[(size, clip)], ("jvmrtc", "libvpx, real time, speed -6"), ("o-", "s--")):
                axis.plot([p[0] for p in sorted(points)], [p[1] for p in sorted(points)], style, label=label)
            axis.set_title("%s, %s" % (clip, size.replace("x", "\u00d7")), fontsize=10)
            axis.grid(alpha=0.3)
    for axis in axes[-1]:
        axis.set_xlabel("kbit/s, really produced")
    for row in axes:
        row[0].set_ylabel("PSNR, dB")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncol=2, frameon=False)
    figure.tight_layout(rect=(0, 0.04, 1, 1))
    figure.savefig(plot, metadata={"Date": None})


def curve(path, plot):
    cells = collections.defaultdict(dict)
    for l in lines(path):
        cells[l["peer"]][(l["rtt_ms"], l["loss_pct"])] = l["MBps"]
    rtts = sorted({k[0] for c in cells.values() for k in c})
    losses = sorted({k[1] for c in cells.values() for k in c})
    for peer, c in cells.items():
        print("| %s, MB/s | " % peer + " | ".join("%g %%" % x for x in losses) + " |\n|---|" + "--:|" * len(losses))
        for r in rtts:
            print("| %g ms | " % r + " | ".join("%.2f" % c[(r, x)] if (r, x) in c else "" for x in losses) + " |")
        print()
    plt = pyplot()
    figure, axes = plt.subplots(1, len(losses), figsize=(3.2 * len(losses), 3.4), sharey=True)
    for axis, x in zip(axes, losses):
        for peer, c in cells.items():
            points = [(r, c[(r, x)]) for r in rtts if c.get((r, x), 0) > 0]
            axis.plot([p[0] for p in points], [p[1] for p in points], marker="o", label=peer)
        axis.set_title("%g %% loss" % x)
        axis.set_xscale("log")
        axis.set_yscale("log")
        axis.set_xticks(rtts, [str(r) for r in rtts])
        axis.minorticks_off()
        axis.set_xlabel("round trip, ms")
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("MB/s")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncol=len(labels), frameon=False)
    figure.tight_layout(rect=(0, 0.08, 1, 1))
    figure.savefig(plot, metadata={"Date": None})


if sys.argv[1] == "table":
    table(sys.argv[2])
elif sys.argv[1] == "quality":
    quality(sys.argv[2], sys.argv[3])
else:
    curve(sys.argv[2], sys.argv[3])
