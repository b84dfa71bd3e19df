#!/bin/bash
# Relay-only calls of src/test/peer with Chromium and Pion through a coturn of its own, over UDP, TCP and TLS, in a network namespace. Needs root.
# Usage: relays.sh DIR   DIR: an installed copy of this folder (install.sh). Prints one line a call and "N passed, M failed" at the end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
dir=$(cd "$1" && pwd)
"$here/../peer" --build || exit 1 # else the first call would wait for the compiler, and in a namespace for downloads
ns=relays$$
passed=0; failed=0
ip netns add $ns
trap 'kill $server 2>/dev/null; ip netns del $ns' EXIT
ip -n $ns link set lo up
ip -n $ns link add v0 type veth peer name v1
ip -n $ns addr add 10.99.0.1/24 dev v0
ip -n $ns link set v0 up; ip -n $ns link set v1 up
ip -n $ns route add default via 10.99.0.254
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/k.pem" -out "$dir/c.pem" -days 9 -subj /CN=10.99.0.1 -addext subjectAltName=IP:10.99.0.1 2>/dev/null
ip netns exec $ns turnserver -n --listening-ip 10.99.0.1 --relay-ip 10.99.0.1 --cert "$dir/c.pem" --pkey "$dir/k.pem" --lt-cred-mech --realm t --user u:p \
  --no-cli --no-dtls --log-file stdout --userdb "$dir/turndb" --pidfile "$dir/turnpid" >"$dir/logs/coturn.log" 2>&1 &
server=$!
until ip netns exec $ns bash -c 'exec 3<>/dev/tcp/10.99.0.1/3478' 2>/dev/null; do kill -0 $server || exit 1; done
peer="cmd:$here/../peer --media media --turn-ca $dir/c.pem"
policy="--relay-only --need-relay"
call() {
  local name=$1 url=$2 flags=()
  for side in offers answers; do
    if [ $side = offers ]; then a=$peer; b=$name; other=b; else a=$name; b=$peer; other=a; fi
    # Chromium trusts a certificate of one's own only so.
    [ "$name" = chromium ] && flags=("--$other-args" "--chromium-args --ignore-certificate-errors")
    result=$(cd "$dir" && timeout 90 node cross.mjs "$a" "$b" --ns-a $ns --ns-b $ns --data --video both $policy --ice-server "$url,u,p" \
      --timeout 30 "${flags[@]}" 2>&1)
    if [ $? -eq 0 ]; then passed=$((passed + 1)); echo "ok   jvmrtc $side, $name, relay only: $url"
    else failed=$((failed + 1)); echo "FAIL jvmrtc $side, $name, relay only: $url"; echo "$result" | cut -c1-2500; fi
  done
}
call chromium turn:10.99.0.1:3478
call chromium "turn:10.99.0.1:3478?transport=tcp"
call chromium turns:10.99.0.1:5349
call pion turn:10.99.0.1:3478
call pion "turn:10.99.0.1:3478?transport=tcp"
# aiortc has no such policy: only our side keeps to the relay, and so can take no other path.
peer="$peer --relay-only"; policy=
call aiortc turn:10.99.0.1:3478
echo "relays: $passed passed, $failed failed"
[ $failed -eq 0 ]
