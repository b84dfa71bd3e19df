package dev.jvmrtc.engine;

import dev.jvmrtc.datachannel.DataChannelEvent;
import dev.jvmrtc.session.plan.SessionEvent;
import java.net.InetSocketAddress;

/** What of a session's news is a change of a state or a decision, as a line of the log. */
final class SessionLines {

    private SessionLines() {}

    /** Null for what is neither: media, messages and what is asked for again and again. */
    static String of(SessionEvent e) {
        if (e instanceof SessionEvent.TransportOpened t) {
            return transport(t.transportId()) + "opened, gathers";
        } else if (e instanceof SessionEvent.TransportAdopted t) {
            return transport(t.transportId()) + "has gathered ahead";
        } else if (e instanceof SessionEvent.TransportRestarted t) {
            return transport(t.transportId()) + "restarts ICE";
        } else if (e instanceof SessionEvent.OldSocketsUnused t) {
            return transport(t.transportId()) + "uses a pair of the restart, old sockets are closed";
        } else if (e instanceof SessionEvent.SocketsUnused t) {
            return transport(t.transportId()) + "has failed for a while, sockets are closed";
        } else if (e instanceof SessionEvent.TransportClosed t) {
            return transport(t.transportId()) + "closed";
        } else if (e instanceof SessionEvent.ResolveCandidate r) {
            return transport(r.transportId()) + "resolves " + r.candidate().host();
        } else if (e instanceof SessionEvent.OpenStream o) {
            return transport(o.transportId()) + "opens stream " + o.streamId() + " to " + address(o.remote())
                    + (o.tlsHost() == null ? "" : " by TLS");
        } else if (e instanceof SessionEvent.CloseStream c) {
            return "stream " + c.streamId() + " closed";
        } else if (e instanceof SessionEvent.LocalCandidate c) {
            return transport(c.transportId()) + "local " + c.candidate().toSdp()
                    + (c.url() == null ? "" : " from " + c.url());
        } else if (e instanceof SessionEvent.GatheringStarted g) {
            return transport(g.transportId()) + "gathering";
        } else if (e instanceof SessionEvent.GatheringComplete g) {
            return transport(g.transportId()) + "gathering complete";
        } else if (e instanceof SessionEvent.IceServerError s) {
            return transport(s.transportId()) + s.url() + " from " + address(s.base()) + ": " + s.code() + " "
                    + s.text();
        } else if (e instanceof SessionEvent.DataChannel d) {
            return of(d.event());
        }
        return ofPath(e);
    }

    private static String ofPath(SessionEvent e) {
        if (e instanceof SessionEvent.IceStateChanged s) {
            return transport(s.transportId()) + "ICE " + s.state();
        } else if (e instanceof SessionEvent.IceRoleChanged r) {
            return transport(r.transportId()) + "ICE role " + (r.controlling() ? "controlling" : "controlled");
        } else if (e instanceof SessionEvent.SelectedPairChanged p) {
            return transport(p.transportId()) + "uses "
                    + (p.local() == null ? null : p.local().toSdp()) + " with "
                    + (p.remote() == null ? null : p.remote().toSdp());
        } else if (e instanceof SessionEvent.IceRestartNeeded r) {
            return transport(r.transportId()) + "has no path left, an ICE restart is needed";
        } else if (e instanceof SessionEvent.DirectPathSelected p) {
            return transport(p.transportId()) + "goes straight from " + address(p.local()) + " to "
                    + address(p.remote());
        } else if (e instanceof SessionEvent.DtlsStateChanged d) {
            return transport(d.transportId()) + "DTLS " + d.state() + (d.role() == null ? "" : " as " + d.role())
                    + (d.cipherSuite() == null ? "" : ", " + d.cipherSuite())
                    + (d.srtpProfile() == null ? "" : ", " + d.srtpProfile())
                    + (d.failure() == null ? "" : ": " + d.failure());
        } else if (e instanceof SessionEvent.SendCodecChanged c) {
            return "sender of mid " + c.mid() + " sends "
                    + (c.codec() == null
                            ? "nothing"
                            : c.codec().name() + " as " + c.codec().payloadType());
        } else if (e instanceof SessionEvent.MediaArrived m) {
            return "media of mid " + m.mid() + " arrives";
        } else if (e instanceof SessionEvent.MediaEnded m) {
            return "media of mid " + m.mid() + " has ended";
        }
        return null;
    }

    private static String of(DataChannelEvent e) {
        if (e instanceof DataChannelEvent.TransportConnected c) {
            return "SCTP connected, " + c.maxChannels() + " channels at most";
        } else if (e instanceof DataChannelEvent.TransportRestarted) {
            return "SCTP begins anew with another peer";
        } else if (e instanceof DataChannelEvent.TransportClosed c) {
            return "SCTP closed" + because(c.cause());
        } else if (e instanceof DataChannelEvent.Incoming i) {
            return "channel " + i.channel() + " of the peer, stream " + i.streamId() + ", \""
                    + i.parameters().label() + "\"";
        } else if (e instanceof DataChannelEvent.Opened o) {
            return "channel " + o.channel() + " open, stream " + o.streamId();
        } else if (e instanceof DataChannelEvent.Closing c) {
            return "channel " + c.channel() + " closing";
        } else if (e instanceof DataChannelEvent.Closed c) {
            return "channel " + c.channel() + " closed" + because(c.error());
        }
        return null;
    }

    private static String because(String cause) {
        return cause == null ? "" : ": " + cause;
    }

    private static String transport(int id) {
        return "transport " + id + ": ";
    }

    private static String address(InetSocketAddress a) {
        return a == null
                ? "?"
                : a.getAddress() == null ? a.toString() : a.getAddress().getHostAddress() + ":" + a.getPort();
    }
}
