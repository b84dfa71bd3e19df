// A SIP phone behind the interop contract: starts it, calls it or is called by it, and passes descriptions on. What it hears is what it records.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse, event, emit, lines } from '../common/opts.mjs';
import { UserAgent } from './ua.mjs';
import { Baresip, Linphone, heard } from './phones.mjs';
import { RtpEngine } from './rtpengine.mjs';

const o = parse();
const own = Object.values(os.networkInterfaces()).flat().find(i => i.family === 'IPv4' && !i.internal);
const address = own ? own.address : '127.0.0.1';
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ilab-sip-'));
const port = 5070;
// rtpengine stands before a phone that speaks plain RTP alone.
const proxy = o.phone === 'rtpengine' ? new RtpEngine(address) : null;
const phone = new { baresip: Baresip, linphone: Linphone, rtpengine: Baresip }[o.phone]({ dir, address, port, plain: !!proxy });
let ending = false;
let answered;                                                    // the promise of our answer to the phone's offer
const agent = await new UserAgent({
  address,
  onOffer: async sdp => {
    emit({ type: 'offer', sdp: proxy ? await proxy.offer(sdp, true) : sdp });
    return new Promise(done => { answered = done; });
  },
  onBye: () => event('connectionstate', 'closed'),
  log: (way, text) => process.stderr.write(`\n${way} ${text}\n`),
}).start();
await proxy?.start();
const version = await phone.start();
phone.process.on('exit', (code, signal) => ending || event('error', `the phone has ended: ${signal || code}`));
await agent.reach(`sip:phone@${address}:${port}`);
event('ready', { peer: o.phone, version, role: o.role });
if (o.role === 'offer') phone.dial(agent.uri);

lines(async m => {
  if (m.type === 'answer') return answered(proxy ? await proxy.answer(m.sdp, false) : m.sdp);
  if (m.type !== 'offer') return;
  try {
    const offer = proxy ? await proxy.offer(m.sdp, false) : m.sdp;
    const sdp = agent.call ? await agent.reinvite(agent.call, offer) : await agent.invite(`sip:phone@${address}:${port}`, offer);
    emit({ type: 'answer', sdp: proxy ? await proxy.answer(sdp, true) : sdp });
  } catch (e) {
    event('error', e.message);
  }
}, stop);

// Phones do not tell when ICE and DTLS are through: the first that is heard does.
let connected = false;
let frames = 0;
const timer = setInterval(() => {
  const frame = connected && phone.seen?.();
  if (frame) {
    frames += frame.frames;
    event('rtp', { dir: 'in', kind: 'video', codec: '', packets: 0, lost: 0, frames, width: frame.width, height: frame.height });
    event('picture', frame);
  }
  const h = heard(phone.heardFile);
  if (!h || !h.windows) return;
  if (!connected) { connected = true; event('connectionstate', 'connected'); }
  event('rtp', { dir: 'in', kind: 'audio', codec: '', packets: h.windows, lost: 0 });
  if (h.hz) event('tone', { hz: h.hz });
}, 1000);

async function stop() {
  ending = true;
  clearInterval(timer);
  await Promise.race([agent.bye(), new Promise(r => setTimeout(r, 1000))]);
  agent.close();
  phone.stop();
  proxy?.stop();
  fs.rmSync(dir, { recursive: true, force: true });
  process.exit(0);
}
setTimeout(stop, o.duration * 1000);
