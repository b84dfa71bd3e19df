// The phones that can be called: how each is configured, started, told to call, and asked how its media goes. All speak SIP at `port` of `address`.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

const RATE = 48000;

/** Writes the tone of 440 Hz that phones send: seconds of 16-bit mono. */
export function writeTone(file, seconds) {
  const n = RATE * seconds, b = Buffer.alloc(44 + 2 * n);
  b.write('RIFF', 0); b.writeUInt32LE(36 + 2 * n, 4); b.write('WAVEfmt ', 8); b.writeUInt32LE(16, 16); b.writeUInt16LE(1, 20); b.writeUInt16LE(1, 22);
  b.writeUInt32LE(RATE, 24); b.writeUInt32LE(2 * RATE, 28); b.writeUInt16LE(2, 32); b.writeUInt16LE(16, 34); b.write('data', 36); b.writeUInt32LE(2 * n, 40);
  for (let i = 0; i < n; i++) b.writeInt16LE(Math.round(8000 * Math.sin(2 * Math.PI * 440 * i / RATE)), 44 + 2 * i);
  fs.writeFileSync(file, b);
}

/** What was heard so far, of a WAV file that is still being written: how much of it was no silence, and the strongest frequency of the last tenth of a second of it. */
export function heard(file) {
  const b = file && fs.existsSync(file) ? fs.readFileSync(file) : [];
  if (b.length < 100) return null;
  // linphone writes the header when it closes the file; opus is 48 kHz, and one channel here.
  const channels = b.readUInt16LE(22) || 1, rate = b.readUInt32LE(24) || RATE, frames = Math.floor((b.length - 44) / 2 / channels);
  const at = i => b.readInt16LE(44 + 2 * channels * i), window = Math.floor(rate / 50);
  let loud = 0, last = -1;
  for (let i = 0; i + window <= frames; i += window) {
    let peak = 0;
    for (let k = 0; k < window; k++) peak = Math.max(peak, Math.abs(at(i + k)));
    if (peak > 500) { loud++; last = i; }
  }
  const n = Math.floor(rate / 10), from = last - n;
  if (from < 0) return { windows: loud };
  let best = 0, hz = 0;
  for (let f = 100; f <= 2000; f += 5) {
    const c = 2 * Math.cos(2 * Math.PI * f / rate);
    let s1 = 0, s2 = 0;
    for (let i = 0; i < n; i++) { const s = at(from + i) + c * s1 - s2; s2 = s1; s1 = s; }
    const power = s1 * s1 + s2 * s2 - c * s1 * s2;
    if (power > best) { best = power; hz = f; }
  }
  return { windows: loud, hz };
}

/** Size of a frame in a file, and its colours in the middle of the left and of the right half. */
function colours(file) {
  const [width, height] = spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', file], { encoding: 'utf8' }).stdout.split(',').map(Number);
  const rgb = spawnSync('ffmpeg', ['-v', 'error', '-i', file, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-']).stdout;
  const at = x => { const i = 3 * (Math.floor(height / 2) * width + Math.floor(x * width)); return [...rgb.subarray(i, i + 3)]; };
  return rgb.length === 3 * width * height ? { width, height, left: at(0.25), right: at(0.75) } : null;
}

/** baresip (libre): sections without a=mid and without BUNDLE, ICE without trickle, a=setup:actpass in its offers. Its control interface is JSON in netstrings. */
export class Baresip {
  constructor({ dir, address, port, plain = false, video }) {
    Object.assign(this, { dir, address, port, plain, video });
  }

  async start() {
    const { dir, address, port } = this;
    writeTone(path.join(dir, 'tone.wav'), 60);
    const media = this.plain ? '' : ';mediaenc=dtls_srtp;medianat=ice';
    fs.writeFileSync(path.join(dir, 'accounts'), `<sip:phone@${address}>;regint=0;answermode=auto${media}\n`);
    fs.writeFileSync(path.join(dir, 'contacts'), '');
    fs.writeFileSync(path.join(dir, 'config'), `poll_method epoll\nsip_listen ${address}:${port}\nnet_interface ${this.interface()}\nrtcp_mux ${this.plain ? 'no' : 'yes'}
audio_source aufile,${dir}/tone.wav\naudio_player aubridge,heard\naudio_alert aubridge,alert\nausrc_srate ${RATE}\nauplay_srate ${RATE}\nausrc_channels 1\nauplay_channels 1
video_source fakevideo,nil\nvideo_display fakevideo,nil\nvideo_size 320x240\nvideo_fps 15\njitter_buffer_delay 2-5
module_path /usr/lib/baresip/modules\nmodule opus.so\nmodule g711.so\nmodule vp8.so\nmodule aufile.so\nmodule aubridge.so\nmodule sndfile.so\nsnd_path ${dir}\nmodule fakevideo.so\nmodule snapshot.so\nmodule ice.so\nmodule dtls_srtp.so
module_tmp uuid.so\nmodule_tmp account.so\nmodule_app menu.so\nmodule_app ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:${port + 1}\n`);
    this.process = spawn('baresip', ['-f', dir], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout.on('data', d => process.stderr.write(d));
    this.process.stderr.on('data', d => process.stderr.write(d));
    this.control = await connect(port + 1);
    return 'baresip 1.0';
  }

  interface() {
    return this.address === '127.0.0.1' ? 'lo' : 'v0';
  }

  /** What the phone has heard is written beside what it says, by its module for that. */
  get heardFile() {
    const name = fs.readdirSync(this.dir).find(f => f.endsWith('dec.wav'));
    return name && path.join(this.dir, name);
  }

  command(command, params = '') {
    const text = JSON.stringify({ command, params, token: 't' });
    this.control.write(`${Buffer.byteLength(text)}:${text},`);
  }

  dial(to) {
    this.command('dial', to);
  }

  /** The frames seen since the last time, as it writes them when told to, beside those that it sends: their number, and the colours of the last. */
  seen() {
    const files = fs.readdirSync(this.dir).filter(f => f.startsWith('snapshot-') && fs.statSync(path.join(this.dir, f)).mtimeMs < Date.now() - 300);
    this.command('snapshot');
    const received = files.filter(f => f.includes('recv')), last = received.length ? colours(path.join(this.dir, received.at(-1))) : null;
    files.forEach(f => fs.rmSync(path.join(this.dir, f)));
    return last && { frames: received.length, ...last };
  }

  stop() {
    this.process.kill();
  }
}

/**
 * linphone (liblinphone, mediastreamer2): offers without a=mid and in UDP/TLS/RTP/SAVP. It may not accept BUNDLE: its media library 5.1.64 dereferences null when RTCP
 * comes in a bundle before it has sent its own, in four of ten calls.
 */
export class Linphone {
  constructor({ dir, address, port }) {
    Object.assign(this, { dir, address, port, heardFile: path.join(dir, 'heard.wav') });
  }

  async start() {
    const { dir, address, port } = this;
    writeTone(path.join(dir, 'tone.wav'), 60);
    fs.mkdirSync(path.join(dir, '.local/share/linphone'), { recursive: true });
    const file = path.join(dir, 'linphonerc');
    fs.writeFileSync(file, `[sip]\nsip_port=${port}\nsip_tcp_port=0\nsip_tls_port=0\nguess_hostname=0\ncontact="phone" <sip:phone@${address}:${port}>\nmedia_encryption=dtls
ping_with_options=0\nregister_only_when_network_is_up=0\n[net]\nnat_policy_ref=n\n[nat_policy_0]\nref=n\nprotocols=ice\n[rtp]\nrtcp_mux=1\naccept_bundle=0\nsymmetric=1\n[video]\nenabled=0\ncapture=0\ndisplay=0
[sound]\nec=0\n[misc]\nuser_certificates_path=${dir}\n[audio_codec_0]\nmime=opus\nrate=48000\nchannels=2\nenabled=1\n[audio_codec_1]\nmime=PCMU\nrate=8000\nchannels=1\nenabled=1\n`);
    this.process = spawn('linphonec', ['-a', '-c', file, '-d', '4', '-l', path.join(dir, 'log')], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, HOME: dir, XDG_RUNTIME_DIR: dir } });
    this.process.stdin.on('error', () => {});
    this.process.stderr.on('data', d => process.stderr.write(d));
    await new Promise(ready => this.process.stdout.on('data', d => { process.stderr.write(d); if (String(d).includes('linphonec>')) ready(); }));
    this.command('soundcard use files');
    this.command(`play ${path.join(dir, 'tone.wav')}`);
    this.command(`record ${this.heardFile}`);
    return 'linphone 5.1';
  }

  command(line) {
    this.process.stdin.write(line + '\n');
  }

  dial(to) {
    this.command(`call ${to}`);
  }

  stop() {
    this.command('quit');
    this.process.kill();
  }
}

async function connect(port) {
  for (let i = 0; ; i++) {
    const socket = net.connect(port, '127.0.0.1');
    try {
      await new Promise((ok, failed) => { socket.once('connect', ok); socket.once('error', failed); });
      socket.on('data', d => process.stderr.write(d));
      socket.on('error', () => {});
      return socket;
    } catch (e) {
      if (i > 100) throw e;
      await new Promise(r => setTimeout(r, 100));
    }
  }
}
