package dev.sluice.api.testkit;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import org.jspecify.annotations.Nullable;

/**
 * A check that a filter comes to the same {@link Outcome} however a stream is cut into reads, and wherever it breaks
 * off.
 *
 * <p>Uses one connection again and again, so that millions of streams can be tried. Belongs to one thread.
 */
public final class FilterKit {
    /** The event behind the bytes of a stream. */
    public enum Ending {
        /** No event: the sender waits for an answer. */
        NONE("and nothing behind it"),
        /** FIN. */
        FIN("and FIN behind it"),
        /** No event until the hold deadline of the filter has passed. */
        DEADLINE("and nothing until the hold deadline is over"),
        /** RST. */
        RESET("and RST behind it");

        private final String text;

        Ending(String text) {
            this.text = text;
        }
    }

    /** The most places at which a stream is broken off; in a longer stream they are evenly spread. */
    private static final int BREAKS = 512;

    private final Supplier<TestingConnection> connections;
    private final boolean reuse;
    private @Nullable TestingConnection connection;
    private Direction direction = Direction.CLIENT_TO_UPSTREAM;
    private Consumer<TestingConnection> preparation = opened -> {};
    private Segmentations segmentations = Segmentations.every();
    private Set<Ending> endings = EnumSet.allOf(Ending.class);
    private boolean brokenOff = true;

    private FilterKit(Supplier<TestingConnection> connections, boolean reuse) {
        this.connections = connections;
        this.reuse = reuse;
    }

    /**
     * Checks the filters of one factory, with one connection after the other: right if the factory keeps no state that
     * an earlier connection could change.
     *
     * @param factory remains the caller's
     * @return the check
     */
    public static FilterKit of(FilterFactory factory) {
        return new FilterKit(() -> TestingConnection.of(factory).connect(), true);
    }

    /**
     * Checks the filters of the factory of a connection, {@linkplain TestingConnection#reconnect again and again}.
     *
     * @param connection remains the caller's
     * @return the check
     */
    public static FilterKit of(TestingConnection connection) {
        FilterKit kit = new FilterKit(() -> connection, true);
        kit.connection = connection;
        return kit;
    }

    /**
     * Checks with a new connection each time and so, if the supplier makes them, with a new factory.
     *
     * @param connections opens a connection; the kit closes it
     * @return the check
     */
    public static FilterKit of(Supplier<TestingConnection> connections) {
        return new FilterKit(connections, false);
    }

    /**
     * Sets the direction of the streams. The default is that the client sends.
     *
     * @param value the direction
     * @return this
     */
    public FilterKit direction(Direction value) {
        direction = value;
        return this;
    }

    /**
     * Adds events before each stream: a greeting, the other side's part.
     *
     * @param events what happens to each new connection
     * @return this
     */
    public FilterKit after(Consumer<TestingConnection> events) {
        preparation = events;
        return this;
    }

    /**
     * Sets the ways to cut streams. The default is {@link Segmentations#every}.
     *
     * @param value the ways
     * @return this
     */
    public FilterKit segmentations(Segmentations value) {
        segmentations = value;
        return this;
    }

    /**
     * Sets the events behind the stream. The default is each of them. Leave out {@link Ending#NONE} for streams that
     * are too short for a filter that said {@code needAtLeast}: whether it has decided by then may depend on how they
     * are cut.
     *
     * @param first an ending
     * @param more further endings
     * @return this
     */
    public FilterKit endings(Ending first, Ending... more) {
        endings = EnumSet.of(first, more);
        return this;
    }

    /**
     * Sets whether streams are also broken off, by FIN and by RST, after each byte. The default is that they are.
     *
     * @param value whether they are
     * @return this
     */
    public FilterKit brokenOff(boolean value) {
        brokenOff = value;
        return this;
    }

    /**
     * Feeds the stream in every segmentation, with every ending, and broken off everywhere.
     *
     * @param stream the bytes
     * @return the outcome of the stream in one piece, with nothing behind it
     * @throws AssertionError if the filter failed, or two outcomes differ; it shows both and the first segmentation
     *     that differs
     */
    public Outcome sameOutcomeForEverySegmentation(byte[] stream) {
        try {
            return tryEverything(stream);
        } finally {
            closeLast();
        }
    }

    private Outcome tryEverything(byte[] stream) {
        for (Ending ending : endings) {
            Outcome expected = outcome(stream, stream.length, ending);
            segmentations.visit(stream.length, (ends, count) -> compare(stream, ends, count, ending, expected));
        }
        if (brokenOff) {
            breakOffEverywhere(stream);
        }
        return outcome(stream, stream.length, Ending.NONE);
    }

    /**
     * Feeds the stream in one piece, with nothing behind it.
     *
     * @param stream the bytes
     * @return the outcome
     */
    public Outcome outcome(byte[] stream) {
        try {
            return outcome(stream, stream.length, Ending.NONE);
        } finally {
            closeLast();
        }
    }

    private void breakOffEverywhere(byte[] stream) {
        int[] single = new int[1];
        int[] bytes = new int[stream.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = i + 1;
        }
        int step = (stream.length + BREAKS - 1) / BREAKS;
        for (int length = 0; length < stream.length; length += step) {
            compare(stream, bytes, length, Ending.FIN, outcome(stream, length, Ending.FIN));
            single[0] = length;
            run(stream, single, 1, Ending.RESET);
        }
    }

    private Outcome outcome(byte[] stream, int length, Ending ending) {
        return run(stream, new int[]{length}, 1, ending).outcome();
    }

    private void compare(byte[] stream, int[] ends, int count, Ending ending, Outcome expected) {
        TestingConnection used = run(stream, ends, count, ending);
        if (!expected.isThatOf(used.chain())) {
            int length = count == 0 ? 0 : ends[count - 1];
            throw new AssertionError(describe(length, ends, count, ending) + ", the outcome is\n  " + used.outcome()
                    + "\nbut in one piece it is\n  " + expected);
        }
    }

    private static String describe(int length, int[] ends, int count, Ending ending) {
        return length + " bytes, " + Segmentations.describe(ends, count) + ", " + ending.text;
    }

    private TestingConnection run(byte[] stream, int[] ends, int count, Ending ending) {
        try {
            TestingConnection used = next();
            preparation.accept(used);
            int from = 0;
            for (int i = 0; i < count; i++) {
                used.send(direction, stream, from, ends[i] - from);
                from = ends[i];
            }
            end(used, ending);
            return used;
        } catch (AssertionError e) {
            int length = count == 0 ? 0 : ends[count - 1];
            throw new AssertionError(describe(length, ends, count, ending) + ": " + e.getMessage(), e);
        }
    }

    private TestingConnection next() {
        TestingConnection used = connection;
        if (used != null && reuse) {
            used.reconnect();
            return used;
        }
        closeLast();
        used = connections.get();
        connection = used;
        return used;
    }

    /** A connection that is used again stays open, for the next stream. */
    private void closeLast() {
        TestingConnection last = connection;
        if (!reuse && last != null) {
            connection = null;
            last.close();
        }
    }

    private void end(TestingConnection used, Ending ending) {
        switch (ending) {
            case NONE -> {
            }
            case FIN -> used.fin(direction);
            case DEADLINE -> {
                Duration silence = used.traits().silenceDeadline();
                Duration hold = used.traits().holdDeadline();
                used.advance(silence == null || silence.compareTo(hold) < 0 ? hold : silence);
            }
            case RESET -> {
                if (direction == Direction.CLIENT_TO_UPSTREAM) {
                    used.clientReset();
                } else {
                    used.upstreamReset();
                }
            }
        }
    }
}
