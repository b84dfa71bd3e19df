// Peers with the W3C API in Node behind the interop contract. --lib libwebrtc | libdatachannel | werift. Data only.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { webcrypto } from 'node:crypto';
import { parse, event, emit, lines } from '../common/opts.mjs';

const o = parse();
globalThis.crypto ??= webcrypto;
const require = createRequire(import.meta.url);
const package_ = { libwebrtc: '@roamhq/wrtc', libdatachannel: 'node-datachannel', werift: 'werift' }[o.lib];
const version = JSON.parse(fs.readFileSync(new URL(`../node_modules/${package_}/package.json`, import.meta.url))).version;
let PC;
if (o.lib === 'libwebrtc') PC = require('@roamhq/wrtc').RTCPeerConnection;
else if (o.lib === 'libdatachannel') PC = (await import('node-datachannel/polyfill')).RTCPeerConnection;
else PC = (await import('werift')).RTCPeerConnection;
await import('../common/core.js');
event('ready', { peer: o.lib, version, role: o.role });
const opts = { ...o, noStats: o.lib !== 'libwebrtc' };
if (o.lib !== 'libwebrtc') opts.conv = x => typeof x === 'string' ? x : Buffer.from(x);
const peer = globalThis.startPeer({ opts, emit, PC, media: {} });
lines(m => peer.onmessage(m), () => stop());
function stop() { event('summary', peer.summary()); process.exit(0); }
setTimeout(stop, o.duration * 1000);
