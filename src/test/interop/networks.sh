#!/bin/bash
# Calls between two hosts behind address translators and firewalls, in network namespaces of their own, with coturn on the public side: which kind of path carries
# the call, and that there is one. Needs root and nftables.
# Calls whose link goes away and comes back, too. Usage: networks.sh DIR   DIR: an installed copy of this folder (install.sh). Prints one line a call and "N passed, M failed" at the end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
dir=$(cd "$1" && pwd)
"$here/../peer" --build || exit 1 # else the first call would wait for the compiler, and in a namespace for downloads
id=nw$$
passed=0; failed=0; server=
peer="cmd:$here/../peer --media media --turn-ca $dir/nw-c.pem"
stun="--ice-server stun:203.0.113.10:3478"
turn="--ice-server turn:203.0.113.10:3478,u,p"
tls="--ice-server turns:203.0.113.10:5349,u,p"

teardown() {
  [ -n "$server" ] && kill $server 2>/dev/null && wait $server 2>/dev/null
  server=
  for n in pub ra rb a b {1,2,3,4}-{pub,a,b}; do ip netns del $id-$n 2>/dev/null; done
}
trap teardown EXIT
namespace() { ip netns add "$1"; ip -n "$1" link set lo up; }

# A host and the router before it. Kinds: cone (the mapping keeps the port), symmetric (a random port for each destination), noudp (no UDP passes).
side() {
  local s=$1 kind=$2 net=$3
  namespace $id-$s; namespace $id-r$s
  ip -n $id-r$s link add wan type veth peer name to-r$s netns $id-pub
  ip -n $id-r$s link add lan type veth peer name eth netns $id-$s
  ip -n $id-r$s addr add 203.0.113.$net/24 dev wan; ip -n $id-r$s addr add 10.$net.0.1/24 dev lan
  ip -n $id-r$s link set wan up; ip -n $id-r$s link set lan up; ip -n $id-r$s route add default via 203.0.113.10
  ip -n $id-$s addr add 10.$net.0.2/24 dev eth; ip -n $id-$s link set eth up; ip -n $id-$s route add default via 10.$net.0.1
  ip -n $id-pub link set to-r$s master bridge; ip -n $id-pub link set to-r$s up
  ip netns exec $id-r$s sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
  local mapping=masquerade firewall=
  [ $kind = symmetric ] && mapping="masquerade fully-random"
  [ $kind = noudp ] && firewall="meta l4proto udp drop"
  # What comes early must not reach the router itself: its connection tracking would keep the ports, and the host's mapping would get others.
  ip netns exec $id-r$s nft -f - <<END
table ip nat {
  chain out { type nat hook postrouting priority 100;
    oifname "wan" $mapping
  }
}
table ip wall {
  chain through { type filter hook forward priority 0;
    $firewall
    iifname "wan" ct state new drop
  }
  chain itself { type filter hook input priority 0;
    iifname "wan" ct state new drop
  }
}
END
}

setup() {
  namespace $id-pub
  ip -n $id-pub link add bridge type bridge
  ip -n $id-pub addr add 203.0.113.10/24 dev bridge
  ip -n $id-pub link set bridge up
  ip -n $id-pub route add default dev bridge
  side a $1 1; side b $2 2
  ip netns exec $id-pub turnserver -n --listening-ip 203.0.113.10 --relay-ip 203.0.113.10 --cert "$dir/nw-c.pem" --pkey "$dir/nw-k.pem" --lt-cred-mech --realm t \
    --user u:p --no-cli --no-dtls --log-file stdout --userdb "$dir/nw-turndb" --pidfile "$dir/nw-turnpid" >"$dir/logs/networks-coturn.log" 2>&1 &
  server=$!
  until ip netns exec $id-pub bash -c 'exec 3<>/dev/tcp/203.0.113.10/3478' 2>/dev/null; do kill -0 $server || exit 1; done
}

# call NAME EXPECTED SERVERS: EXPECTED is a regular expression for the offerer's selected pair.
call() {
  local name=$1 expected=$2 servers=$3 result pair
  result=$(cd "$dir" && timeout 90 node cross.mjs "$peer" "$peer" --ns-a $id-a --ns-b $id-b --data $servers --timeout 30 2>&1)
  pair=$(sed -n 's/.*"A":{[^}]*"pair":"\([^"]*\)".*/\1/p' <<<"$result" | head -n 1)
  if grep -q '"ok":true' <<<"$result" && [[ "$pair" =~ $expected ]]; then passed=$((passed + 1)); echo "ok   $name: $pair"
  else failed=$((failed + 1)); echo "FAIL $name: $pair is not $expected"; echo "$result" | cut -c1-2500; fi
}

mkdir -p "$dir/logs"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/nw-k.pem" -out "$dir/nw-c.pem" -days 9 -subj /CN=203.0.113.10 -addext subjectAltName=IP:203.0.113.10 2>/dev/null
setup cone cone
call "cone and cone, STUN: direct" '^(srflx|prflx|host)/udp.* -> (srflx|prflx)' "$stun"
teardown; setup symmetric symmetric
call "symmetric and symmetric, STUN and TURN: relay" 'relay' "$stun $turn"
teardown; setup noudp cone
call "UDP blocked on one side, TURN over TLS: relay" 'relay' "$tls"
teardown; setup noudp noudp
call "UDP blocked on both sides, all servers: relay over TLS" 'relay' "$stun $turn $tls"
teardown

# A path whose second half takes less than the first: what is tried beyond it must be lost whole, and never be cut into IP fragments.
routed() {
  namespace $id-a; namespace $id-pub; namespace $id-b
  ip -n $id-a link add eth mtu 9000 type veth peer name to-a netns $id-pub
  ip -n $id-b link add eth mtu $1 type veth peer name to-b netns $id-pub
  ip -n $id-pub link set to-a mtu 9000; ip -n $id-pub link set to-b mtu $1
  for side in a:1 b:2; do
    local s=${side%:*} n=${side#*:}
    ip -n $id-$s addr add 10.$n.0.2/24 dev eth; ip -n $id-$s link set eth up; ip -n $id-$s route add default via 10.$n.0.1
    ip -n $id-pub addr add 10.$n.0.1/24 dev to-$s; ip -n $id-pub link set to-$s up
  done
  ip netns exec $id-pub sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
}
fragments() {
  local name=$1 mtu=$2 from=$3 to=$4 result cut large dumps=() f
  routed $mtu
  for f in a b; do
    ip netns exec $id-pub tcpdump -i to-$f -nn -U -w "$dir/logs/fragments-$f.pcap" "udp or ip[6:2] & 0x3fff != 0" 2>"$dir/logs/fragments-$f.log" & dumps+=($!)
    until grep -q listening "$dir/logs/fragments-$f.log"; do kill -0 ${dumps[-1]} || exit 1; done
  done
  result=$(cd "$dir" && timeout 90 node cross.mjs "$peer" "$peer" --ns-a $id-$from --ns-b $id-$to --data --bulk 20000000 --timeout 60 2>&1)
  kill -INT ${dumps[@]}; wait ${dumps[@]} 2>/dev/null
  cut=0; large=0
  for f in a b; do
    cut=$((cut + $(tcpdump -nn -r "$dir/logs/fragments-$f.pcap" "ip[6:2] & 0x3fff != 0" 2>/dev/null | wc -l)))
    large=$((large + $(tcpdump -nn -r "$dir/logs/fragments-$f.pcap" "udp and greater 2000" 2>/dev/null | wc -l)))
  done
  rm -f "$dir"/logs/fragments-?.pcap
  if grep -q '"ok":true' <<<"$result" && [ $cut = 0 ] && [ $large -gt 0 ]; then passed=$((passed + 1)); echo "ok   $name: no fragment, $large packets over 2,000 bytes"
  else failed=$((failed + 1)); echo "FAIL $name: $cut fragments, $large packets over 2,000 bytes"; echo "$result" | cut -c1-1500; fi
}
if command -v tcpdump >/dev/null; then
  fragments "jumbo frames all the way" 9000 a b
  teardown
  fragments "jumbo frames half the way" 1500 a b
else
  echo "fragments: skipped, tcpdump is not installed"
fi
# The link of one side is away for twelve seconds, and comes back: with the documented handling of icerestartneeded the call goes on by itself, and says so.
switched() {
  local n=$1 s
  for s in pub a b; do namespace $id-$n-$s; done
  ip -n $id-$n-pub link add bridge type bridge; ip -n $id-$n-pub link set bridge up
  for s in a:1 b:2; do
    ip -n $id-$n-${s%:*} link add eth type veth peer name to-${s%:*} netns $id-$n-pub
    ip -n $id-$n-${s%:*} addr add 10.0.0.${s#*:}/24 dev eth; ip -n $id-$n-${s%:*} link set eth up
    ip -n $id-$n-pub link set to-${s%:*} master bridge; ip -n $id-$n-pub link set to-${s%:*} up
  done
}
# loss N NAME SIDE FLAGS: two minutes, the link of SIDE down from the tenth second after the connection on.
loss() {
  local n=$1 name=$2 side=$3 result flags=("${@:4}")
  switched $n
  result=$(cd "$dir" && timeout 150 node cross.mjs "$peer" "$peer" --ns-a $id-$n-a --ns-b $id-$n-b --data --audio both --video a2b --recover --timeout 120 \
    --loss $id-$n-$side:eth "${flags[@]}" 2>&1)
  for s in pub a b; do ip netns del $id-$n-$s; done
  if grep -q '"ok":true' <<<"$result"; then echo "ok   $name: $(sed -n 's/.*"A":{.*"states":\(\[[^]]*\]\).*"B":.*"states":\(\[[^]]*\]\).*/offerer \1, answerer \2/p' <<<"$result")"
  else echo "FAIL $name: $(cut -c1-2500 <<<"$result")"; fi
}
losses=$(
  loss 1 "link of the offerer away for 12 s" a & loss 2 "link of the answerer away for 12 s" b &
  wait
  loss 3 "link of the offerer away for 12 s, and signalling with it" a --hold-signalling &
  loss 4 "link of the answerer away for 12 s, and signalling with it, on a shared port" b --hold-signalling --b-args "--shared-udp 5000" &
  wait
)
echo "$losses"
passed=$((passed + $(grep -c '^ok' <<<"$losses"))); failed=$((failed + $(grep -c '^FAIL' <<<"$losses")))
echo "networks: $passed passed, $failed failed"
[ $failed -eq 0 ]
