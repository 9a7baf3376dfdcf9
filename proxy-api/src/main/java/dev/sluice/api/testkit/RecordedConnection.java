package dev.sluice.api.testkit;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.Direction;

/** One connection of a {@link Recording}: what its two peers sent, with the times. Immutable. */
public final class RecordedConnection {
    /**
     * A part of what a peer sent, as the proxy has read it.
     *
     * @param direction names the sender
     * @param at the time since the first packet of the connection
     * @param bytes belongs to this record; zeros if the capture is one without payload
     * @param end whether the stream of this direction ends behind them
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Part(Direction direction, Duration at, byte[] bytes, boolean end) {}

    private final long id;
    private final List<String> notes;
    private final List<Part> parts;
    private final boolean complete;

    RecordedConnection(long id, List<String> notes, List<Part> parts, boolean complete) {
        this.id = id;
        this.notes = List.copyOf(notes);
        this.parts = List.copyOf(parts);
        this.complete = complete;
    }

    /** {@return the id that the proxy gave it} */
    public long id() {
        return id;
    }

    /** {@return words about it: its listener, cluster and endpoint, and the reason of its end} */
    public List<String> notes() {
        return notes;
    }

    /** {@return whether all bytes of both peers are here, from the first one on} */
    public boolean isComplete() {
        return complete;
    }

    /** {@return the parts, in the order in which the proxy read them} */
    public List<Part> parts() {
        return parts;
    }

    /**
     * {@return all that a peer sent}
     *
     * @param direction names the sender
     */
    public byte[] bytes(Direction direction) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.stream().filter(part -> part.direction() == direction).forEach(part -> all.writeBytes(part.bytes()));
        return all.toByteArray();
    }

    /**
     * Plays it: feeds the bytes in the pieces, in the order and at the times of the capture, with the ends of the
     * streams. What follows when the filter has ended the connection is lost, as it would be.
     *
     * @param connection a new one
     */
    public void play(TestingConnection connection) {
        Duration now = Duration.ZERO;
        List<Part> late = new ArrayList<>();
        for (Part part : parts) {
            if (part.at().compareTo(now) > 0) {
                connection.advance(part.at().minus(now));
                now = part.at();
            }
            if (part.direction() == Direction.UPSTREAM_TO_CLIENT && !connection.isRouted()) {
                // An endpoint answers as soon as it is dialled, which may be later here than it was there.
                late.add(part);
            } else {
                late.forEach(each -> feed(connection, each));
                late.clear();
                feed(connection, part);
            }
        }
        if (connection.isRouted()) {
            late.forEach(each -> feed(connection, each));
        }
    }

    private static void feed(TestingConnection connection, Part part) {
        connection.send(part.direction(), part.bytes(), 0, part.bytes().length);
        if (part.end()) {
            connection.fin(part.direction());
        }
    }
}
