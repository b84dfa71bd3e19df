#!/bin/bash
# Calls browsers, libraries and a media server with src/test/peer, each pair with either side offering. Prints one line a call and "N passed, M failed" at the end.
# Usage: matrix.sh DIR [FILTER]   DIR: an installed copy of this folder (install.sh); FILTER: a regular expression over "A B flags".
set -u
here=$(cd "$(dirname "$0")" && pwd)
dir=$(cd "$1" && pwd)
filter=${2:-.}
"$here/../peer" --build || exit 1 # else the first call would wait for the compiler, and in a namespace for downloads
peer="cmd:$here/../peer --media media"
passed=0; failed=0; sides="offers answers"
call() {
  local name=$1; shift
  local a b
  for side in $sides; do
    if [ $side = offers ]; then a=$peer; b=$name; else a=$name; b=$peer; fi
    [[ "jvmrtc $side $name $*" =~ $filter ]] || continue
    result=$(cd "$dir" && timeout 90 node cross.mjs "$a" "$b" "$@" 2>&1)
    if [ $? -eq 0 ]; then passed=$((passed + 1)); echo "ok   jvmrtc $side, $name: $*"
    else failed=$((failed + 1)); echo "FAIL jvmrtc $side, $name: $*"; echo "$result" | cut -c1-2500; fi
  done
}
for name in chromium pion aiortc; do
  call $name --data --audio both --video both --codec VP8 --timeout 30
  call $name --data --audio both --video both --codec H264 --timeout 30
  call $name --data --no-trickle
done
for name in chromium pion; do
  call $name --data --audio both --video both --codec VP9 --timeout 30
  call $name --data --extra-channels --answerer-probes
  call $name --data --bulk 20000000 --timeout 60
  call $name --data --restart-ice-after 3
done
for name in chromium aiortc; do
  call $name --audio both --audio-codec PCMU
done
call firefox --data --audio both --video both --codec VP8 --timeout 40
call firefox --data --restart-ice-after 3 --timeout 40
call gstreamer --data --audio both --video both --codec VP8 --any-picture --timeout 40 # it sends its own test pattern
for name in libwebrtc libdatachannel werift; do
  call $name --data
done
plain=$peer
peer="$plain --tcp-only"
call chromium --data --audio both --video both --timeout 30
call chromium --data --restart-ice-after 3
peer="$plain --mdns"
call chromium --data --timeout 30
peer=$plain
sides=offers   # Janus' echo plugin never offers
call janus --data --audio both --video both --codec VP8
call pion --data --video both --b-args --ice-lite
call pion --data --video both --b-args --tcp-only
sides=answers
call pion --data --video both --a-args --tcp-only
call pion --data --video both --a-args --ice-lite
echo "interop: $passed passed, $failed failed"
[ $failed -eq 0 ]
