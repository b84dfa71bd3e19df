// rtpengine, a media proxy between WebRTC and phones that speak plain RTP, over its control protocol "ng": a cookie and a bencoded dictionary a datagram.
import { spawn } from 'node:child_process';
import dgram from 'node:dgram';

const bencode = x => typeof x === 'string' ? `${Buffer.byteLength(x)}:${x}`
  : Array.isArray(x) ? `l${x.map(bencode).join('')}e`
  : `d${Object.keys(x).sort().map(k => bencode(k) + bencode(x[k])).join('')}e`;

function bdecode(b) {
  let i = 0;
  const until = c => { const end = b.indexOf(c, i), s = b.toString('utf8', i, end); i = end + 1; return s; };
  const value = () => {
    switch (String.fromCharCode(b[i])) {
      case 'i': i++; return Number(until('e'));
      case 'l': { i++; const l = []; while (b[i] !== 0x65) l.push(value()); i++; return l; }
      case 'd': { i++; const d = {}; while (b[i] !== 0x65) { const k = value(); d[k] = value(); } i++; return d; }
      default: { const n = Number(until(':')); i += n; return b.toString('utf8', i - n, i); }
    }
  };
  return value();
}

/** What a description is turned into for each side. */
const WEBRTC = { 'transport-protocol': 'UDP/TLS/RTP/SAVPF', ICE: 'force', 'rtcp-mux': ['offer', 'require'], SDES: ['off'], replace: ['origin'] };
const PLAIN = { 'transport-protocol': 'RTP/AVP', ICE: 'remove', 'rtcp-mux': ['demux'], DTLS: 'off', replace: ['origin'] };

export class RtpEngine {
  constructor(address, port = 22220) {
    Object.assign(this, { address, port, waiting: new Map(), cookie: 0 });
  }

  async start() {
    this.process = spawn('rtpengine', ['--foreground', '--log-stderr', '--log-level=6', '--table=-1', `--interface=${this.address}`, `--listen-ng=127.0.0.1:${this.port}`,
      '--port-min=30000', '--port-max=30999', '--num-threads=2'], { stdio: ['ignore', 'inherit', 'inherit'] });
    this.socket = dgram.createSocket('udp4');
    this.socket.on('error', () => {});
    this.socket.on('message', d => {
      const space = d.indexOf(' ');
      this.waiting.get(d.toString('utf8', 0, space))?.(bdecode(d.subarray(space + 1)));
    });
    await this.command({ command: 'ping' });
  }

  command(c) {
    const cookie = `c${++this.cookie}`, text = `${cookie} ${bencode(c)}`;
    return new Promise((resolve, reject) => {
      const again = () => this.socket.send(text, this.port, '127.0.0.1');
      const timer = setInterval(again, 300);                      // the proxy gives a repeated cookie the answer that it has given
      const end = then => x => { clearInterval(timer); clearTimeout(limit); this.waiting.delete(cookie); then(x); };
      const limit = setTimeout(end(reject), 10000, new Error('rtpengine does not answer'));
      this.waiting.set(cookie, end(a => a.result === 'error' ? reject(new Error(a['error-reason'])) : resolve(a)));
      again();
    });
  }

  /** An offer by one side for the other. */
  async offer(sdp, toWebrtc) {
    return (await this.command({ command: 'offer', 'call-id': 'call', 'from-tag': 'a', sdp, ...(toWebrtc ? WEBRTC : PLAIN) })).sdp;
  }

  async answer(sdp, toWebrtc) {
    return (await this.command({ command: 'answer', 'call-id': 'call', 'from-tag': 'a', 'to-tag': 'b', sdp, ...(toWebrtc ? WEBRTC : PLAIN) })).sdp;
  }

  stop() {
    this.process.kill();
    this.socket.close();
  }
}
