#!/usr/bin/env bash
# Calls in which our peer encodes and decodes for real: video and a tone both ways, each side offering once, by VP8 with Opus, H.264 with Opus and VP8 with PCMU.
# Passes where each side reports the frame that the other sends, red on the left and blue on the right, and the tone of 440 Hz. Run in the lab, as matrix.sh.
# Usage: calls.sh LAB_DIR
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
cd "$1" || exit 1
"$top/src/test/peer" --build || exit 1 # else the first call would wait for the compiler, and in a namespace for downloads
ours="cmd:$top/src/test/peer"
failed=0
total=0

# Colours may be 20 off. Chromium makes frames of its canvas whose green is 30 off for every decoder: who sees those is allowed a little more.
judge='
const [name, offA, offB] = process.argv.slice(1);
let r;
try { r = JSON.parse(require("fs").readFileSync(0, "utf8").trim().split("\n").pop()); } catch (e) { console.log("FAIL", name, "no result"); process.exit(1); }
const near = (c, want, off) => c && c.every((v, i) => Math.abs(v - want[i]) <= off);
const why = [];
if (!r.ok) why.push(JSON.stringify(r.why || r.wrong || r));
for (const side of ["A", "B"]) {
  const v = r[side] && r[side].videoIn, a = r[side] && r[side].audioIn;
  const off = +(side === "A" ? offA : offB);
  if (!v || !v.picture || !near(v.picture[0], [200, 30, 30], off) || !near(v.picture[1], [30, 30, 200], off)) why.push(side + " sees " + JSON.stringify(v && v.picture));
  if (!a || Math.abs(a.tone - 440) > 10) why.push(side + " hears " + (a && a.tone));
}
console.log(why.length ? "FAIL" : "ok  ", name, why.join("; "));
process.exit(why.length ? 1 : 0);'

call() { # offerer answerer name tolerance-of-offerer tolerance-of-answerer options...
  local a=$1 b=$2 name=$3 offA=$4 offB=$5
  shift 5
  total=$((total + 1))
  timeout 90 node cross.mjs "$a" "$b" --settle 4 --audio both --video both --timeout 60 "$@" 2>>logs/calls.err | node -e "$judge" "$name $*" "$offA" "$offB" || failed=$((failed + 1))
}

mkdir -p logs
for other in chromium aiortc; do
  off=20
  [ "$other" = chromium ] && off=31
  for codecs in "--codec VP8" "--codec H264" "--codec VP8 --audio-codec PCMU"; do
    # shellcheck disable=SC2086
    call "$ours" "$other" "jvmrtc > $other" $off 20 $codecs
    # shellcheck disable=SC2086
    call "$other" "$ours" "$other > jvmrtc" 20 $off $codecs
  done
done
echo "calls with real codecs: $((total - failed)) of $total passed"
[ "$failed" = 0 ]
