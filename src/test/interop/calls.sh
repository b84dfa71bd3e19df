#!/usr/bin/env bash
# Calls in which our peer encodes and decodes for real: pictures and a tone both ways, each side offering once, by VP8 with Opus, H.264 with Opus and VP8 with PCMU.
# Passes where each side reports the picture that the other sends, red on the left and blue on the right, and the tone of 440 Hz. Run in the lab, as matrix.sh.
# Usage: calls.sh LAB_DIR
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
cd "$1" || exit 1
ours="cmd:$top/examples/run peer"
failed=0
total=0

# Chromium makes pictures of its canvas whose green is 30 off for every decoder; JCodec's colours are coarse at low bitrates.
judge='
const [name, off] = process.argv.slice(1);
let r;
try { r = JSON.parse(require("fs").readFileSync(0, "utf8").trim().split("\n").pop()); } catch (e) { console.log("FAIL", name, "no result"); process.exit(1); }
const near = (c, want) => c && c.every((v, i) => Math.abs(v - want[i]) <= +off);
const why = [];
if (!r.ok) why.push(JSON.stringify(r.why || r.wrong || r));
for (const side of ["A", "B"]) {
  const v = r[side] && r[side].videoIn, a = r[side] && r[side].audioIn;
  if (!v || !v.picture || !near(v.picture[0], [200, 30, 30]) || !near(v.picture[1], [30, 30, 200])) why.push(side + " sees " + JSON.stringify(v && v.picture));
  if (!a || Math.abs(a.tone - 440) > 10) why.push(side + " hears " + (a && a.tone));
}
console.log(why.length ? "FAIL" : "ok  ", name, why.join("; "));
process.exit(why.length ? 1 : 0);'

call() { # offerer answerer name tolerance options...
  local a=$1 b=$2 name=$3 off=$4
  shift 4
  total=$((total + 1))
  timeout 90 node cross.mjs "$a" "$b" --settle 4 --audio both --video both --timeout 60 "$@" 2>>logs/calls.err | node -e "$judge" "$name $*" "$off" || failed=$((failed + 1))
}

mkdir -p logs
for other in chromium aiortc; do
  call "$ours" "$other" "jvmrtc > $other" 31 --codec VP8
  call "$other" "$ours" "$other > jvmrtc" 31 --codec VP8
  call "$ours" "$other" "jvmrtc > $other" 50 --codec H264
  call "$other" "$ours" "$other > jvmrtc" 50 --codec H264
  call "$ours" "$other" "jvmrtc > $other" 31 --codec VP8 --audio-codec PCMU
  call "$other" "$ours" "$other > jvmrtc" 31 --codec VP8 --audio-codec PCMU
done
echo "calls with real codecs: $((total - failed)) of $total passed"
[ "$failed" = 0 ]
