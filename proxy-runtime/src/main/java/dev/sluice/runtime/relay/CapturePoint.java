package dev.sluice.runtime.relay;

import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.Attributes;
import dev.sluice.api.CloseReason;
import dev.sluice.runtime.capture.Capture;
import dev.sluice.runtime.capture.CaptureLayer;
import dev.sluice.runtime.capture.CaptureLeg;
import dev.sluice.runtime.capture.CapturedSocket;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.loop.Timer;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.text.Printable;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.Session;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * The captures that see connections of one worker. On its loop. While there are none, no class is loaded whose sockets the compiler would
 * have to take into account where bytes are moved.
 *
 * <p>A connection joins a capture when that begins, when it is accepted, or when its endpoint is connected: only then is it known which
 * cluster it belongs to. It keeps nothing for that; its sockets know.
 */
public final class CapturePoint extends Timer {
    /** The time after which an end is noticed at the latest. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Visits all connections, a part of them in each turn of the loop. */
    interface Walks {
        void walk(ConnectionVisitor visitor);
    }

    private final EventLoop loop;
    private final Walks connections;
    private final ConnectionSubject subject = new ConnectionSubject();
    private List<Capture> running = List.of();

    CapturePoint(EventLoop loop, Walks connections) {
        this.loop = loop;
        this.connections = connections;
    }

    /** Begins a capture, with the open connections: a part of them in each turn of the loop. */
    public void begin(Capture capture) {
        running = with(running, capture);
        if (!armed()) {
            pause();
        }
        connections
                .walk(connection -> join(capture, connection, false) ? ConnectionVisitor.END : ConnectionVisitor.LOOK);
    }

    private static List<Capture> with(List<Capture> others, Capture one) {
        Capture[] all = others.toArray(new Capture[others.size() + 1]);
        all[others.size()] = one;
        return List.of(all);
    }

    private void pause() {
        loop.timers().arm(this, loop.now() + PAUSE_NANOS);
    }

    /** Notes a client that has been accepted. */
    void onAccepted(DialledConnection connection) {
        for (Capture capture : running) {
            // The stream of a client that is announced begins behind the header.
            if (capture.order().layer() == CaptureLayer.WIRE || connection.settings().header() == null) {
                join(capture, connection, true);
            }
        }
    }

    /** Notes a client whose PROXY header, if there has to be one, has been read. */
    void onAdmitted(DialledConnection connection) {
        for (Capture capture : running) {
            join(capture, connection, true);
        }
    }

    /** Notes an endpoint that is connected. */
    void onConnected(DialledConnection connection) {
        for (Capture capture : running) {
            if (join(capture, connection, false) || isSeen(connection.client(), capture)) {
                attach(capture, connection, connection.upstream(), true);
            }
        }
    }

    /** The record layer of a side as it is to be used. */
    Records around(Side side, Records established) {
        return running.isEmpty() || !(side.socket() instanceof CapturedSocket captured)
                ? established
                : captured.around(established);
    }

    /**
     * Notes that the TLS of a client is passed on as it is.
     *
     * @param first what was read of it so far
     */
    void onPassedThrough(DialledConnection connection, Buffer first) {
        if (!running.isEmpty() && connection.client().socket() instanceof CapturedSocket captured) {
            captured.passThrough(first);
        }
    }

    /** Notes the end of a connection, while its sockets are open. */
    void onEnd(DialledConnection connection, CloseReason reason) {
        if (!running.isEmpty()) {
            String problem = connection.problem();
            String words = "ended: " + reason.label() + (problem == null ? "" : "; " + Printable.of(problem));
            noteEnd(connection.client(), words, reason == CloseReason.CLIENT_RESET);
            noteEnd(connection.upstream(), words, reason == CloseReason.UPSTREAM_RESET);
        }
    }

    private static void noteEnd(Side side, String words, boolean reset) {
        if (side.hasSocket() && side.socket() instanceof CapturedSocket captured) {
            captured.noteEnd(words, reset);
        }
    }

    private static boolean isSeen(Side side, Capture capture) {
        return side.hasSocket() && side.socket() instanceof CapturedSocket captured && captured.isSeenBy(capture);
    }

    /** @return whether the connection has joined now */
    private boolean join(Capture capture, DialledConnection connection, boolean fresh) {
        if (connection.closed() || isSeen(connection.client(), capture) || capture.isOver(loop.now())
                || !subject.meets(connection, capture.order().where())) {
            return false;
        }
        capture.connection();
        attach(capture, connection, connection.client(), fresh);
        if (connection.upstream().hasSocket() && connection.state() != RelayState.CONNECTING) {
            attach(capture, connection, connection.upstream(), false);
        }
        return true;
    }

    private void attach(Capture capture, DialledConnection connection, Side side, boolean fresh) {
        if (isSeen(side, capture)) {
            return;
        }
        StreamSocket socket = side.socket();
        CaptureLeg leg = new CaptureLeg(capture, connection.id(), side.isClient(), socket.remoteAddress(),
                socket.localAddress(),
                about(connection, side));
        CapturedSocket captured = new CapturedSocket(socket, leg, loop::now, side instanceof TlsSide);
        side.socket(captured);
        side.capturedBy(captured);
        leg.open(fresh, loop.now());
    }

    /** Words about a leg for its first packet. */
    private static String about(DialledConnection connection, Side side) {
        StringBuilder words = new StringBuilder(128).append("listener=").append(connection.listener().name());
        add(words, "client", ClientAddress.text(connection));
        add(words, "route", connection.route());
        add(words, "cluster", connection.clusterName());
        add(words, "endpoint", side.isClient() ? null : connection.dialledAddress());
        add(words, "sni", connection.attribute(Attributes.SNI));
        Session session = side.session();
        add(words, "tls", session == null ? null : session.version());
        return words.toString();
    }

    private static void add(StringBuilder words, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            words.append(' ').append(name).append('=').append(Printable.of(value));
        }
    }

    @Override
    protected void onExpiry(long now) {
        for (Capture capture : running) {
            if (capture.isOver(now)) {
                end(capture);
            }
        }
        if (!running.isEmpty()) {
            pause();
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very capture
    private void end(Capture over) {
        Capture[] rest = new Capture[running.size() - 1];
        int kept = 0;
        for (Capture capture : running) {
            if (capture != over) {
                rest[kept++] = capture;
            }
        }
        running = List.of(rest);
        connections.walk(connection -> {
            boolean client = detach(over, connection.client());
            boolean upstream = detach(over, connection.upstream());
            return client || upstream ? ConnectionVisitor.END : ConnectionVisitor.LOOK;
        });
    }

    private static boolean detach(Capture over, Side side) {
        if (!isSeen(side, over) || !(side.socket() instanceof CapturedSocket captured)) {
            return false;
        }
        side.socket(captured.without(over));
        side.releasedFrom(over);
        return true;
    }

    @Override
    protected void onExpiryFailed(Throwable failure) {
        pause();
    }
}
