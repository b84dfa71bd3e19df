#!/bin/bash
# A hundred megabytes to a real peer and back, compared by SHA-256; then once more over a link of 2 ms each way that loses one packet in a hundred. Takes minutes, so CI
# does not run it. Needs root; the bad link needs lab.sh and impair, which make it in user space between two namespaces, in DIR.
# Usage: bulk.sh DIR [BYTES [PEER ...]]   DIR: an installed copy of this folder (install.sh)
set -u
here=$(cd "$(dirname "$0")" && pwd); dir=$(cd "$1" && pwd); bytes=${2:-100000000}; shift; [ $# -gt 0 ] && shift
peers=("$@"); [ ${#peers[@]} -gt 0 ] || peers=(chromium pion aiortc)
"$here/../peer" --build || exit 1 # else the first call would wait for the compiler, and in a namespace for downloads
ours="cmd:$here/../peer --media media"
name=bulk$$; passed=0; failed=0
down() { [ -x "$dir/lab.sh" ] && "$dir/lab.sh" down $name >/dev/null 2>&1; }
trap down EXIT
transfer() { # LABEL PEER LIMIT FLAGS...
  local label=$1 other=$2 limit=$3 result ms; shift 3
  result=$(cd "$dir" && timeout $((limit + 30)) node cross.mjs "$ours" "$other" --data --bulk $bytes --timeout $limit "$@" 2>&1)
  ms=$(sed -n 's/.*"bulk":{"bytes":[0-9]*,"ms":\([0-9]*\),"sha256":"\([0-9a-f]*\)".*/\1 ms, SHA-256 \2/p' <<<"$result" | head -n 1)
  if grep -q '"ok":true' <<<"$result" && [ -n "$ms" ]; then passed=$((passed + 1)); echo "ok   $label, $other: $bytes bytes there and back in $ms"
  else failed=$((failed + 1)); echo "FAIL $label, $other"; cut -c1-1500 <<<"$result"; fi
}
for p in "${peers[@]}"; do transfer "loopback" $p 240; done
if [ -x "$dir/lab.sh" ] && [ -x "$dir/impair" ]; then
  for p in "${peers[@]}"; do
    "$dir/lab.sh" wire $name delay=2 loss=1 >/dev/null
    transfer "2 ms, 1 % lost" $p 400 --ns-a $name-a --ns-b $name-b
    down
  done
else
  echo "the lossy link: skipped, $dir has no lab.sh and impair"
fi
echo "bulk: $passed passed, $failed failed"
[ $failed -eq 0 ]
