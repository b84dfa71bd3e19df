#!/usr/bin/env bash
# Calls of SIP phones, each side offering once: baresip with audio and video, linphone with audio, and a phone of plain RTP behind rtpengine. Passes where each side hears
# the tone of 440 Hz that the other sends, and sees its video where there is one. Run in the lab, as matrix.sh.
# Usage: phones.sh LAB_DIR
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "$1" || exit 1
"$here/../peer" --build || exit 1 # else the first call would wait for the compiler, and in a namespace for downloads
ours="cmd:$here/../peer --media media"
failed=0
total=0

judge='
const name = process.argv[1];
let r;
try { r = JSON.parse(require("fs").readFileSync(0, "utf8").trim().split("\n").pop()); } catch (e) { console.log("FAIL", name, "no result"); process.exit(1); }
const why = r.ok ? [] : [JSON.stringify(r)];
for (const side of ["A", "B"]) {
  const heard = r[side] && r[side].audioIn;
  if (!heard || Math.abs(heard.tone - 440) > 10) why.push(side + " hears " + (heard && heard.tone));
}
console.log(why.length ? "FAIL" : "ok  ", name, why.join("; "));
process.exit(why.length ? 1 : 0);'

# Phones take their descriptions whole; baresip is asked once a second for the frame that it shows.
call() { # offerer answerer name options...
  local a=$1 b=$2 name=$3
  shift 3
  total=$((total + 1))
  timeout 90 node cross.mjs "$a" "$b" --audio both --no-trickle --timeout 60 "$@" 2>>logs/phones.err | node -e "$judge" "$name $*" || failed=$((failed + 1))
}

mkdir -p logs
for phone in baresip linphone rtpengine; do
  options=
  [ $phone = baresip ] && options="--video both --codec VP8 --frames 3"
  # shellcheck disable=SC2086
  call "$ours" $phone "jvmrtc > $phone" $options
  # shellcheck disable=SC2086
  call $phone "$ours" "$phone > jvmrtc" $options
done
echo "calls with phones: $((total - failed)) of $total passed"
[ "$failed" = 0 ]
