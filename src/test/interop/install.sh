#!/bin/bash
# Everything this folder needs (Debian 12, as root; packages from apt and npm only).
# Copy the folder to a scratch place first (target/interop, say): it writes node_modules, logs and two small programs beside itself.
set -e; cd "$(dirname "$0")"; export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends chromium coturn openssl python3-aiortc golang-go golang-github-pion-webrtc.v3-dev \
  firefox-esr python3-gst-1.0 gir1.2-gst-plugins-bad-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-nice \
  janus iproute2 nftables procps baresip-core linphone-cli rtpengine-daemon ffmpeg
(mkdir -p peers && cd peers && PUPPETEER_SKIP_DOWNLOAD=1 npm i --no-audit --no-fund --no-save puppeteer-core@25.16.0 werift@0.24.4 \
  node-datachannel@0.33.4 @roamhq/wrtc@0.10.0)
peers/pion/build.sh; mkdir -p logs sdp pcap
