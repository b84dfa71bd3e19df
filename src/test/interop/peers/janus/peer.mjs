// Janus' EchoTest behind the interop contract (answering only): starts a Janus of its own, offers what comes to the plugin.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse, event, emit, lines } from '../common/opts.mjs';
const o = parse();
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ilab-janus-'));
fs.writeFileSync(path.join(dir, 'janus.jcfg'), `general: { configs_folder = "${dir}"
 plugins_folder = "/usr/lib/x86_64-linux-gnu/janus/plugins"
 transports_folder = "/usr/lib/x86_64-linux-gnu/janus/transports"
 events_folder = "/usr/lib/x86_64-linux-gnu/janus/events"
 loggers_folder = "/usr/lib/x86_64-linux-gnu/janus/loggers"
 debug_level = 4 }
plugins: { disable = "libjanus_audiobridge.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_videoroom.so,libjanus_voicemail.so,libjanus_lua.so,libjanus_duktape.so" }
transports: { disable = "libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_websockets.so" }
`);
fs.writeFileSync(path.join(dir, 'janus.transport.http.jcfg'), 'general: { json = "compact"\n base_path = "/janus"\n http = true\n port = 18088\n interface = "lo"\n ip = "127.0.0.1" }\n');
const janus = spawn('janus', ['-F', dir, '-C', path.join(dir, 'janus.jcfg'), '-o'], { stdio: ['ignore', fs.openSync(path.join(dir, 'out'), 'w'), 'inherit'] });
const base = 'http://127.0.0.1:18088/janus';
const post = async (u, b) => (await fetch(base + u, { method: 'POST', body: JSON.stringify({ transaction: Math.random().toString(36), ...b }) })).json();
let session, handle;
for (let i = 0; !session; i++) { try { session = (await post('', { janus: 'create' })).data.id; } catch (e) { if (i > 50) throw e; await new Promise(r => setTimeout(r, 100)); } }
const version = (await (await fetch(base + '/info')).json()).version_string;
handle = (await post(`/${session}`, { janus: 'attach', plugin: 'janus.plugin.echotest' })).data.id;
event('ready', { peer: 'janus', version, role: o.role });
(async () => { for (;;) { const m = await (await fetch(`${base}/${session}?rid=${Date.now()}`)).json();
  if (m.jsep) { emit({ type: m.jsep.type, sdp: m.jsep.sdp }); } 
  if (m.janus === 'webrtcup') event('connectionstate', 'connected');
  if (m.janus === 'media' || m.janus === 'slowlink' || m.janus === 'hangup') event('janus', m); } })().catch(e => event('error', e.message));
lines(async m => {
  if (m.type === 'offer') await post(`/${session}/${handle}`, { janus: 'message', body: { audio: true, video: true }, jsep: { type: 'offer', sdp: m.sdp } });
  else if (m.type === 'candidate') await post(`/${session}/${handle}`, { janus: 'trickle', candidate: m.candidate ? m : { completed: true } });
}, stop);
function stop() { janus.kill(); fs.rmSync(dir, { recursive: true, force: true }); process.exit(0); }
setTimeout(stop, o.duration * 1000);
