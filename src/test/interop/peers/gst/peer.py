# GStreamer's webrtcbin behind the interop contract: data channels, VP8/H264 and Opus sent and counted.
import re, gi, json, sys, threading, hashlib, argparse
gi.require_version('Gst', '1.0'); gi.require_version('GstWebRTC', '1.0'); gi.require_version('GstSdp', '1.0')
from gi.repository import Gst, GstWebRTC, GstSdp, GLib
Gst.init(None)
p = argparse.ArgumentParser()
for k in ['role', 'audio', 'video', 'codec', 'probe-sizes']: p.add_argument('--' + k)
p.add_argument('--duration', type=float, default=30); p.add_argument('--data', action='store_true')
o, _ = p.parse_known_args()
lock = threading.Lock()
def emit(x):
    with lock: sys.stdout.write(json.dumps(x) + '\n'); sys.stdout.flush()
def event(n, v): emit({'type': 'event', 'name': n, 'value': v})
loop = GLib.MainLoop()
pipe = Gst.Pipeline.new('p')
bin_ = Gst.ElementFactory.make('webrtcbin', 'w'); bin_.set_property('bundle-policy', 'max-bundle'); pipe.add(bin_)
counts = {}
def source(desc):
    b = Gst.parse_bin_from_description(desc, True); pipe.add(b)
    b.get_static_pad('src').link(bin_.request_pad_simple('sink_%u')); b.sync_state_with_parent()
def media(sdp=None):
    pt = lambda name, own: int(re.search(r'a=rtpmap:(\d+) ' + name + '/', sdp, re.I).group(1)) if sdp else own
    if o.audio in ('send', 'sendrecv'):
        source(f'audiotestsrc is-live=true freq=440 ! audioconvert ! opusenc ! rtpopuspay pt={pt("opus", 97)} ! capsfilter caps=application/x-rtp,media=audio,encoding-name=OPUS,payload={pt("opus", 97)},clock-rate=48000')
    if o.video in ('send', 'sendrecv'):
        source(f'videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=15/1 ! videoconvert ! vp8enc deadline=1 keyframe-max-dist=30 ! rtpvp8pay pt={pt("VP8", 96)} ! capsfilter caps=application/x-rtp,media=video,encoding-name=VP8,payload={pt("VP8", 96)},clock-rate=90000')
def payload(i, n): return bytes(((31 * i + 7 * j + (j >> 8)) & 255) for j in range(n))
def text(i, n): return ''.join(chr(97 + (i + 3 * j) % 26) for j in range(n))
def sha(b): return hashlib.sha256(b).hexdigest()
def wire(ch, by):
    def info(*_): event('datachannel', {'label': ch.get_property('label'), 'by': by, 'id': ch.get_property('id')})
    ch.connect('on-open', info)
    if by == 'remote':
        def s(c, t): event('message', {'label': ch.get_property('label'), 'binary': False, 'len': len((t or '').encode()), 'sha256': sha((t or '').encode())}); c.emit('send-string', t)
        def d(c, b):
            raw = b.get_data() if b else b''
            event('message', {'label': ch.get_property('label'), 'binary': True, 'len': len(raw), 'sha256': sha(raw)}); c.emit('send-data', b)
        ch.connect('on-message-string', s); ch.connect('on-message-data', d)
def probe():
    ch = bin_.emit('create-data-channel', 'probe', None); wire(ch, 'local')
    q = []
    def go(*_):
        sizes = [int(x) for x in (o.probe_sizes or '1,100,1200,16384,65535').split(',')]
        items = ['h\u00e9llo \u2713 \U0001d11e']
        for i, n in enumerate(sizes): items += [text(i, n), payload(i, n)]
        for x in items:
            q.append(x if isinstance(x, bytes) else x.encode())
        st['sent'] = len(items)
        for x in items:
            if isinstance(x, bytes): ch.emit('send-data', GLib.Bytes.new(x))
            else: ch.emit('send-string', x)
    st = {'ok': 0, 'done': 0, 'sent': 0}
    def back(raw, binary):
        x = q.pop(0); ok = x == raw; st['ok'] += ok; st['done'] += 1
        event('echo', {'label': 'probe', 'binary': binary, 'len': len(raw), 'sha256': sha(raw), 'ok': ok, 'ms': 0})
        if st['done'] == st['sent']: event('echodone', {'label': 'probe', 'sent': st['sent'], 'ok': st['ok'], 'all': st['ok'] == st['sent']})
    ch.connect('on-open', go)
    ch.connect('on-message-string', lambda c, t: back((t or '').encode(), False)); ch.connect('on-message-data', lambda c, b: back(b.get_data() if b else b'', True))
def on_pad(_, pad):
    if pad.direction != Gst.PadDirection.SRC: return
    caps = pad.get_current_caps().get_structure(0); kind = caps.get_string('media'); codec = caps.get_string('encoding-name')
    event('track', {'kind': kind})
    s = {'dir': 'in', 'kind': kind, 'codec': kind + '/' + ('opus' if codec == 'OPUS' else codec), 'ssrc': 0, 'packets': 0, 'lost': 0, 'frames': 0}
    counts[kind] = s
    dec = 'rtpvp8depay ! vp8dec ! videoconvert ! video/x-raw,format=RGB' if codec == 'VP8' else 'rtpopusdepay ! opusdec'
    b = Gst.parse_bin_from_description(f'identity name=rtp ! {dec} ! identity name=raw ! fakesink sync=false', True); pipe.add(b)
    b.get_by_name('rtp').get_static_pad('sink').add_probe(Gst.PadProbeType.BUFFER, lambda *_: (s.__setitem__('packets', s['packets'] + 1), Gst.PadProbeReturn.OK)[1])
    def raw(pad_, info_):
        s['frames'] += 1
        if kind == 'video' and s['frames'] % 15 == 1:
            st = pad_.get_current_caps().get_structure(0); w = st.get_int('width')[1]; h = st.get_int('height')[1]; s['width'] = w; s['height'] = h
            ok, m = info_.get_buffer().map(Gst.MapFlags.READ)
            if ok:
                stride = (3 * w + 3) & ~3; px = lambda x, y: list(m.data[y * stride + 3 * x:y * stride + 3 * x + 3])
                event('picture', {'width': w, 'height': h, 'left': px(w // 4, h // 3), 'right': px(3 * w // 4, h // 3)}); info_.get_buffer().unmap(m)
        return Gst.PadProbeReturn.OK
    b.get_by_name('raw').get_static_pad('sink').add_probe(Gst.PadProbeType.BUFFER, raw)
    b.sync_state_with_parent(); pad.link(b.get_static_pad('sink'))
bin_.connect('pad-added', on_pad)
bin_.connect('on-data-channel', lambda _, ch: wire(ch, 'remote'))
bin_.connect('on-ice-candidate', lambda _, m, c: emit({'type': 'candidate', 'candidate': c, 'sdpMid': None, 'sdpMLineIndex': m}))
def state(*_):
    s = bin_.get_property('connection-state').value_nick
    event('connectionstate', s)
bin_.connect('notify::connection-state', state)
keep = []
def desc(kind, text_):
    _, m = GstSdp.SDPMessage.new_from_text(text_)
    t = GstWebRTC.WebRTCSDPType.OFFER if kind == 'offer' else GstWebRTC.WebRTCSDPType.ANSWER
    d = GstWebRTC.WebRTCSessionDescription.new(t, m); keep.extend([m, d]); return d
def created(promise, kind):
    r = promise.get_reply(); d = r.get_value(kind); keep.extend([promise, r, d])
    text_ = d.sdp.as_text()
    GLib.idle_add(set_local, kind, text_)
def set_local(kind, text_):
    bin_.emit('set-local-description', desc(kind, text_), None)
    emit({'type': kind, 'sdp': text_})
def offer(*_): bin_.emit('create-offer', None, Gst.Promise.new_with_change_func(lambda pr: created(pr, 'offer')))
def signal(m):
    if m['type'] in ('offer', 'answer'):
        if m['type'] == 'offer': media(m['sdp'])
        def then(pr):
            if m['type'] == 'offer': bin_.emit('create-answer', None, Gst.Promise.new_with_change_func(lambda pr2: created(pr2, 'answer')))
        bin_.emit('set-remote-description', desc(m['type'], m['sdp']), Gst.Promise.new_with_change_func(then))
    elif m['type'] == 'candidate' and m['candidate']:
        bin_.emit('add-ice-candidate', m.get('sdpMLineIndex') or 0, m['candidate'])
    return False
def reader():
    for l in sys.stdin:
        if l.strip(): GLib.idle_add(signal, json.loads(l))
    GLib.idle_add(loop.quit)
def tick():
    for s in counts.values(): event('rtp', dict(s))
    return True
event('ready', {'peer': 'gstreamer', 'version': Gst.version_string(), 'role': o.role})
pipe.set_state(Gst.State.READY)
pipe.set_state(Gst.State.PLAYING)
if o.role == 'offer':
    if o.data: probe()
    media()
    GLib.timeout_add(500, lambda: (offer(), False)[1])
threading.Thread(target=reader, daemon=True).start()
GLib.timeout_add(1000, tick); GLib.timeout_add(int(o.duration * 1000), loop.quit)
loop.run(); event('summary', None); pipe.set_state(Gst.State.NULL)
