// The browser's half of ChromiumCallTest. Signalling is done by the test, which calls these functions.
'use strict';
const enc = new TextEncoder();
let pc, local, channels = {};
const remoteAudio = new Audio(); // an element that plays makes the browser decode
const remoteVideo = document.createElement('video'), localVideo = document.createElement('video');
for (const v of [remoteVideo, localVideo]) { v.muted = true; v.autoplay = true; v.playsInline = true; document.body.append(v); }

async function sha(bytes) {
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map(b => b.toString(16).padStart(2, '0')).join('');
}
const until = (what, test, ms = 20000) => new Promise((resolve, reject) => {
  const end = Date.now() + ms;
  const look = async () => { try { const r = await test(); if (r) return resolve(r); } catch (e) { return reject(e); } Date.now() > end ? reject(new Error('waited in vain for ' + what)) : setTimeout(look, 50); };
  look();
});

function open() {
  if (pc) pc.close();
  channels = {};
  pc = new RTCPeerConnection();
  pc.ontrack = e => { if (e.track.kind === 'video') { remoteVideo.srcObject = new MediaStream([e.track]); remoteVideo.play(); } else { remoteAudio.srcObject = new MediaStream([e.track]); remoteAudio.play(); } };
  pc.ondatachannel = e => { const c = e.channel; c.binaryType = 'arraybuffer'; channels[c.label] = c; c.onmessage = m => c.send(m.data); };
}
async function media(codec) {
  local = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240 } });
  localVideo.srcObject = local; localVideo.play();
  for (const t of local.getTracks()) pc.addTrack(t, local);
  prefer(codec);
}
function prefer(codec) {
  if (!codec) return;
  const all = RTCRtpReceiver.getCapabilities('video').codecs;
  const wanted = all.filter(c => c.mimeType === 'video/' + codec), rtx = all.filter(c => c.mimeType === 'video/rtx');
  for (const t of pc.getTransceivers()) if (t.receiver.track.kind === 'video') t.setCodecPreferences([...wanted, ...rtx]);
}
// Right after a restart the state is still that of the generation before: the description must have candidates too.
const gathered = () => until('gathering', () => pc.iceGatheringState === 'complete' && /a=candidate/.test(pc.localDescription.sdp));
async function offer(options) { await pc.setLocalDescription(await pc.createOffer(options)); await gathered(); return pc.localDescription.sdp; }
async function answer(sdp) { await pc.setRemoteDescription({ type: 'offer', sdp }); await pc.setLocalDescription(); await gathered(); return pc.localDescription.sdp; }
async function accept(sdp) { await pc.setRemoteDescription({ type: 'answer', sdp }); }
const connected = () => until('connected', () => pc.connectionState === 'connected');
function channel(label, options) { const c = pc.createDataChannel(label, options); c.binaryType = 'arraybuffer'; channels[label] = c; return c; }

// Sends text and bytes of each size and compares what comes back, by SHA-256. The other side echoes.
async function echo(label, sizes) {
  const c = channels[label] || channel(label);
  await until('channel ' + label, () => c.readyState === 'open');
  const results = [], waiting = [];
  c.onmessage = async m => { const take = waiting.shift(); take(m.data); };
  for (const n of sizes) {
    const bytes = new Uint8Array(n); for (let i = 0; i < n; i += 65536) crypto.getRandomValues(bytes.subarray(i, Math.min(n, i + 65536)));
    const text = 'é✓'.repeat(n).slice(0, Math.floor(n / 3));
    for (const data of [text, bytes]) {
      const back = new Promise(r => waiting.push(r));
      c.send(data);
      const got = await back, same = typeof got === typeof data || got instanceof ArrayBuffer && typeof data !== 'string';
      const a = await sha(typeof data === 'string' ? enc.encode(data) : data), b = await sha(typeof got === 'string' ? enc.encode(got) : got);
      results.push(same && a === b);
    }
  }
  return results.every(Boolean) ? results.length : 'failed: ' + results;
}
async function bulk(total) {
  const c = channel('bulk');
  await until('bulk channel', () => c.readyState === 'open');
  const chunk = 65536, out = new Uint8Array(total), back = new Uint8Array(total); let sent = 0, got = 0;
  for (let i = 0; i < total; i += chunk) crypto.getRandomValues(out.subarray(i, Math.min(total, i + chunk)));
  c.onmessage = m => { back.set(new Uint8Array(m.data), got); got += m.data.byteLength; };
  c.bufferedAmountLowThreshold = 256 * 1024;
  while (sent < total) {
    if (c.bufferedAmount > 1 << 20) await new Promise(r => c.onbufferedamountlow = r);
    c.send(out.subarray(sent, Math.min(total, sent + chunk))); sent += chunk;
  }
  await until('bulk back', () => got >= total, 60000);
  return await sha(out) === await sha(back);
}
async function stat(type, kind, member) {
  let v = 0; (await pc.getStats()).forEach(s => { if (s.type === type && s.kind === kind) v = Math.max(v, s[member] || 0); }); return v;
}
// Frames are decoded and go on coming.
async function framesAdvance(n) { const before = await stat('inbound-rtp', 'video', 'framesDecoded'); await until(n + ' more frames', async () => await stat('inbound-rtp', 'video', 'framesDecoded') >= before + n, 20000); return true; }
async function audioArrives() { await until('audio', async () => await stat('inbound-rtp', 'audio', 'packetsReceived') > 50 && await stat('inbound-rtp', 'audio', 'totalAudioEnergy') > 0); return true; }
function pixels(v) {
  const c = document.createElement('canvas'); c.width = 32; c.height = 24; const g = c.getContext('2d'); g.drawImage(v, 0, 0, 32, 24);
  return g.getImageData(0, 0, 32, 24).data;
}
// The echoed video is the local one: the fake camera has a plain background, and most of the frame does not move.
async function videoIsRight() {
  return await until('the right video', () => {
    if (!remoteVideo.videoWidth) return false;
    const a = pixels(localVideo), b = pixels(remoteVideo); let near = 0;
    for (let i = 0; i < a.length; i += 4) if (Math.abs(a[i] - b[i]) < 40 && Math.abs(a[i + 1] - b[i + 1]) < 40 && Math.abs(a[i + 2] - b[i + 2]) < 40) near++;
    const lit = b.some((x, i) => i % 4 !== 3 && x > 60);
    return lit && near > 0.7 * a.length / 4 ? remoteVideo.videoWidth + 'x' + remoteVideo.videoHeight : false;
  });
}
window.ready = true;

// Sends a tone with one codec only, and takes tones in.
async function tone(hertz, codec) {
  const ac = window.ac = window.ac || new AudioContext();
  await ac.resume();
  const source = ac.createOscillator(), out = ac.createMediaStreamDestination();
  source.frequency.value = hertz; source.connect(out); source.start();
  const t = pc.addTransceiver(out.stream.getAudioTracks()[0]);
  t.setCodecPreferences(RTCRtpReceiver.getCapabilities('audio').codecs.filter(c => c.mimeType === 'audio/' + codec));
}
// The strongest frequency of what comes in, once it has been loud for as long as the analyser looks back: where a tone has just begun, its peak is broad.
async function heardHertz() {
  const track = pc.getReceivers().find(r => r.track.kind === 'audio').track;
  const an = ac.createAnalyser(); an.fftSize = 8192;
  ac.createMediaStreamSource(new MediaStream([track])).connect(an);
  const d = new Float32Array(an.frequencyBinCount);
  let loudSince = null;
  return until('a tone', () => {
    an.getFloatFrequencyData(d);
    let b = 1; for (let i = 1; i < d.length; i++) if (d[i] > d[b]) b = i;
    loudSince = d[b] > -60 ? loudSince ?? ac.currentTime : null;
    return loudSince !== null && ac.currentTime - loudSince > 1.1 * an.fftSize / ac.sampleRate && b * ac.sampleRate / an.fftSize;
  });
}
const remoteSize = () => until('a video frame', () => remoteVideo.videoWidth && remoteVideo.videoWidth + 'x' + remoteVideo.videoHeight);
