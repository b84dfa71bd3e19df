// A SIP user agent over UDP (RFC 3261), as much of it as a call with one phone takes: INVITE both ways, re-INVITE, ACK, BYE, CANCEL, OPTIONS, resending. No
// registrar, no proxies, no authentication. Descriptions come and go as text: `onOffer(sdp)` gives the answer (a promise of it), `invite(to, sdp)` returns the answer.
import dgram from 'node:dgram';
import { randomBytes } from 'node:crypto';

const T1 = 500, T2 = 4000, LIMIT = 64 * T1;                     // RFC 3261 §17.1.1.1
const token = () => randomBytes(6).toString('hex');
/** RFC 3261 §7.3.3: names that phones may shorten. */
const COMPACT = { i: 'call-id', m: 'contact', f: 'from', t: 'to', v: 'via', l: 'content-length', c: 'content-type' };

function read(text) {
  const end = text.indexOf('\r\n\r\n');
  const [first, ...lines] = text.slice(0, end < 0 ? text.length : end).replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const m = { first, headers: {}, vias: [], body: end < 0 ? '' : text.slice(end + 4) };
  for (const l of lines) {
    const colon = l.indexOf(':');
    let name = l.slice(0, colon).trim().toLowerCase();
    name = COMPACT[name] || name;
    const value = l.slice(colon + 1).trim();
    if (name === 'via') m.vias.push(value);
    m.headers[name] ??= value;
  }
  m.status = first.startsWith('SIP/2.0 ') ? Number(first.split(' ')[1]) : 0;
  m.method = m.status ? m.headers.cseq.split(' ')[1] : first.split(' ')[0];
  m.cseq = Number((m.headers.cseq || '').split(' ')[0]);
  return m;
}
const tag = header => /;tag=([^;>\s]+)/.exec(header)?.[1];
const uri = header => /<([^>]+)>/.exec(header)?.[1] ?? header.split(';')[0];

export class UserAgent {
  /** @param log is given each message, for a trace */
  constructor({ address, name = 'jvmrtc', onOffer, onBye = () => {}, log = () => {} }) {
    Object.assign(this, { address, name, onOffer, onBye, log, pending: new Map(), calls: new Map() });
  }

  async start(port = 0) {
    this.socket = dgram.createSocket('udp4');
    this.socket.on('message', (data, from) => this.received(data.toString('utf8'), from));
    await new Promise((done, failed) => this.socket.once('error', failed).bind(port, this.address, done));
    this.port = this.socket.address().port;
    this.uri = `sip:${this.name}@${this.address}:${this.port}`;
    return this;
  }

  /** Waits until a phone answers at all. */
  async reach(to) {
    await this.request({ id: token(), local: `<${this.uri}>;tag=${token()}`, remote: `<${to}>`, target: to }, 'OPTIONS', 1);
  }

  /** Calls a phone; gives its answer, or throws with the status it refuses with. */
  async invite(to, sdp) {
    const call = { id: token(), local: `<${this.uri}>;tag=${token()}`, remote: `<${to}>`, target: to, cseq: 0, ours: true };
    this.calls.set(call.id, call);
    return this.reinvite(call, sdp);
  }

  /** An offer within a call. */
  async reinvite(call, sdp) {
    const cseq = ++call.cseq;
    const answer = await this.request(call, 'INVITE', cseq, sdp);
    if (answer.status >= 300) {
      throw new Error('INVITE refused: ' + answer.first);
    }
    call.remote = answer.headers.to;
    call.target = answer.headers.contact ? uri(answer.headers.contact) : call.target;
    call.ack = () => this.send(this.text(call, 'ACK', cseq), call.target);
    call.ack();
    return answer.body;
  }

  /** The one call that there is. */
  get call() {
    return [...this.calls.values()].at(-1);
  }

  async bye() {
    for (const call of this.calls.values()) {
      await this.request(call, 'BYE', ++call.cseq).catch(() => {});
    }
    this.calls.clear();
  }

  close() {
    this.closed = true;
    this.socket.close();
  }

  text(call, method, cseq, sdp = '', refused = false) {
    if (!refused) call.branch = 'z9hG4bK' + token();               // §17.1.1.3: the ACK of a refusal belongs to the INVITE's transaction; that of a 200 is its own
    return [`${method} ${call.target} SIP/2.0`, `Via: SIP/2.0/UDP ${this.address}:${this.port};branch=${call.branch};rport`, 'Max-Forwards: 70',
      `From: ${call.local}`, `To: ${call.remote}`, `Call-ID: ${call.id}`, `CSeq: ${cseq} ${method}`, `Contact: <${this.uri}>`,
      'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS', ...(sdp ? ['Content-Type: application/sdp'] : []), `Content-Length: ${Buffer.byteLength(sdp)}`, '', sdp].join('\r\n');
  }

  /** Sends a request until a final response comes (§17.1). A provisional one ends the resending of an INVITE. */
  request(call, method, cseq, sdp) {
    const text = this.text(call, method, cseq, sdp), target = call.target;
    return new Promise((resolve, reject) => {
      let wait = T1, timer;
      const key = `${call.id} ${cseq} ${method}`;
      const end = then => value => { clearTimeout(timer); clearTimeout(limit); this.pending.delete(key); then(value); };
      const limit = setTimeout(end(reject), LIMIT, new Error(method + ' has no answer'));
      const again = () => { this.send(text, target); timer = setTimeout(again, wait); wait = method === 'INVITE' ? wait * 2 : Math.min(wait * 2, T2); };
      this.pending.set(key, { done: end(resolve), provisional: () => { if (method === 'INVITE') { clearTimeout(timer); clearTimeout(limit); } } });
      again();
    });
  }

  send(text, to, at = /^sips?:(?:[^@]*@)?([^:;>]+)(?::(\d+))?/.exec(to)) {
    this.log('>', text);
    if (!this.closed) this.socket.send(text, Number(at[2] || 5060), at[1]);
  }

  /** A response to a request goes where that came from (RFC 3581). */
  respond(m, from, status, call, sdp = '') {
    const to = tag(m.headers.to) || status === 100 ? m.headers.to : `${m.headers.to};tag=${call ? tag(call.local) : token()}`;
    const text = [`SIP/2.0 ${status}`, ...m.vias.map((v, i) => 'Via: ' + (i ? v : v.replace(/;rport(?!=)/, `;received=${from.address};rport=${from.port}`))),
      `From: ${m.headers.from}`, `To: ${to}`, `Call-ID: ${m.headers['call-id']}`, `CSeq: ${m.headers.cseq}`, `Contact: <${this.uri}>`,
      ...(sdp ? ['Content-Type: application/sdp'] : []), `Content-Length: ${Buffer.byteLength(sdp)}`, '', sdp].join('\r\n');
    this.log('>', text);
    if (!this.closed) this.socket.send(text, from.port, from.address);
    return text;
  }

  received(text, from) {
    if (text.trim() === '') return;                                // a keep-alive
    this.log('<', text);
    const m = read(text);
    const call = this.calls.get(m.headers['call-id']);
    if (m.status) return this.answered(m, call);
    switch (m.method) {
      case 'INVITE': return this.invited(m, from, call);
      case 'ACK': return call && clearTimeout(call.resending);
      case 'BYE':
        this.respond(m, from, '200 OK', call);
        this.calls.delete(m.headers['call-id']);
        return this.onBye();
      case 'CANCEL': case 'OPTIONS': case 'INFO': case 'NOTIFY': case 'UPDATE':
        return this.respond(m, from, m.method === 'UPDATE' ? '405 Method Not Allowed' : '200 OK', call);
      default: return this.respond(m, from, '405 Method Not Allowed', call);
    }
  }

  answered(m, call) {
    const waiting = this.pending.get(`${m.headers['call-id']} ${m.cseq} ${m.method}`);
    if (m.status < 200) return waiting?.provisional();
    if (m.method === 'INVITE' && m.status >= 300 && call) {
      this.send(this.text({ ...call, remote: m.headers.to }, 'ACK', m.cseq, '', true), call.target);
    } else if (m.method === 'INVITE' && !waiting) {
      call?.ack?.();                                               // §13.2.2.4: a repeated 200 is acknowledged again
    }
    waiting?.done(m);
  }

  async invited(m, from, known) {
    if (known?.answering === m.cseq) return;                       // a repeated INVITE: the response is under way or sent again by its timer
    const id = m.headers['call-id'];
    const call = known ?? { id, local: `${m.headers.to};tag=${token()}`, remote: m.headers.from, cseq: 0 };
    call.answering = m.cseq;
    call.target = m.headers.contact ? uri(m.headers.contact) : uri(m.headers.from);
    this.calls.set(id, call);
    this.respond(m, from, '100 Trying', call);
    let sdp;
    try {
      sdp = await this.onOffer(m.body);
    } catch (e) {
      this.respond(m, from, '488 Not Acceptable Here', call);
      return;
    }
    let wait = T1;
    const again = () => { this.respond(m, from, '200 OK', call, sdp); call.resending = setTimeout(again, wait); wait = Math.min(2 * wait, T2); };
    again();                                                       // §13.3.1.4: until the ACK comes
  }
}
