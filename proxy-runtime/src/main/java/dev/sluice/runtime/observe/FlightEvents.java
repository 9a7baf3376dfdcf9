package dev.sluice.runtime.observe;

import dev.sluice.runtime.transport.AddressText;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The events for Java Flight Recorder. Those that come with each connection or each second are off unless a recording
 * asks for them; the rare ones are on. Any thread.
 *
 * <p>The events are points in time. A duration of the recorder's own would have to be begun with the connection and kept
 * with it, so durations are fields.
 *
 * <p>The classes of events are loaded only once the recorder is in use: each of them would make the JVM load the whole
 * recorder, on the thread that comes first. Until then an event costs the check of a field. {@link #refresh} looks for
 * the recorder; after that, the check of an event is {@code isEnabled} of an instance that exists for that, without an
 * allocation.
 */
@SuppressWarnings("UnusedVariable") // JFR reads the fields.
public final class FlightEvents {
    /** Whether this JVM has the recorder: one that is launched without it has not even its module. */
    private static final boolean THERE = isThere();

    private static volatile boolean inUse = isInUse();

    private FlightEvents() {}

    private static boolean isThere() {
        try {
            Class.forName("jdk.jfr.FlightRecorder", false, FlightEvents.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private static boolean isInUse() {
        return THERE && FlightRecorder.isInitialized();
    }

    /** Finds out whether the recorder has come into use. Not on an event loop. */
    public static void refresh() {
        inUse = isInUse();
    }

    /** Whether a recording wants the ends of connections. */
    static boolean connections() {
        return inUse && Connection.CHECK.isEnabled();
    }

    /** A connection has ended. */
    static void connection(AccessEntry entry) {
        new Connection(entry).commit();
    }

    /** Whether a recording wants attempts to connect. */
    public static boolean connects() {
        return inUse && Connect.CHECK.isEnabled();
    }

    /**
     * An attempt to connect to an endpoint has ended.
     *
     * @param id of the connection
     * @param attempt its number, from 1
     * @param result {@code connected}, or a word of {@link ConnectFailure}
     */
    public static void connect(long id, String cluster, String endpoint, int attempt, long nanos, String result) {
        new Connect(id, cluster, endpoint, attempt, nanos, result).commit();
    }

    /** Whether a recording wants the state of event loops once a second. */
    public static boolean loopTurns() {
        return inUse && LoopTurn.CHECK.isEnabled();
    }

    /** An event loop as it is now. */
    public static void loopTurn(LoopView loop) {
        new LoopTurn(loop).commit();
    }

    static void loopStall(int loop, String callback, long nanos, StackTraceElement[] stack) {
        if (inUse) {
            new LoopStall(loop, callback, nanos, stack).commit();
        }
    }

    static void endpoint(String cluster, String endpoint, boolean up, String why) {
        if (inUse) {
            new EndpointState(cluster, endpoint, up, why).commit();
        }
    }

    static void reload(long from, long to, String result, long nanos) {
        if (inUse) {
            new Reload(from, to, result, nanos).commit();
        }
    }

    /**
     * A generation has entered the next part of its life.
     *
     * @param state {@code retired}, {@code closed}, {@code collected}
     * @param connections that it still has
     * @param nanos since it was published
     */
    public static void generation(long number, String state, long connections, long nanos) {
        if (inUse) {
            new Generation(number, state, connections, nanos).commit();
        }
    }

    @Name("sluice.Connection")
    @Label("Connection")
    @Category("Sluice")
    @Description("The end of a proxied connection")
    @Enabled(false)
    @StackTrace(false)
    private static final class Connection extends jdk.jfr.Event {
        static final Connection CHECK = new Connection(null);

        long id;
        @Nullable
        String listener;
        @Nullable
        String client;
        @Nullable
        String endpoint;
        @Nullable
        String cluster;
        @Nullable
        String route;
        @Nullable
        String protocol;
        @Nullable
        String sni;
        long bytesUp;
        long bytesDown;
        @Timespan
        long lifetime;
        @Timespan
        @Description("-1 ns if no endpoint was connected")
        long connectTime;
        @Nullable
        String reason;
        @Nullable
        String closedBy;
        long generation;

        Connection(@Nullable AccessEntry entry) {
            if (entry == null) {
                return;
            }
            id = entry.id();
            listener = entry.listener();
            String source = HeaderText.source(entry.header());
            client = source == null ? AddressText.of(entry.peer()) : source;
            endpoint = entry.endpoint();
            cluster = entry.cluster();
            route = entry.findings().route();
            protocol = entry.findings().protocol();
            sni = entry.findings().sni();
            bytesUp = entry.bytesUp();
            bytesDown = entry.bytesDown();
            lifetime = entry.durationNanos();
            connectTime = entry.connectNanos();
            reason = entry.reason() == null ? null : entry.reason().label();
            closedBy = entry.reason() == null ? null : entry.reason().closedBy().label();
            generation = entry.generation();
        }
    }

    @Name("sluice.Connect")
    @Label("Connect")
    @Category("Sluice")
    @Description("The end of an attempt to connect to an endpoint")
    @Enabled(false)
    @StackTrace(false)
    private static final class Connect extends jdk.jfr.Event {
        static final Connect CHECK = new Connect(0, "", "", 0, 0, "");

        long id;
        String cluster;
        String endpoint;
        int attempt;
        @Timespan
        long time;
        String result;

        Connect(long id, String cluster, String endpoint, int attempt, long nanos, String result) {
            this.id = id;
            this.cluster = cluster;
            this.endpoint = endpoint;
            this.attempt = attempt;
            this.time = nanos;
            this.result = result;
        }
    }

    @Name("sluice.LoopTurn")
    @Label("Loop Turn")
    @Category("Sluice")
    @Description("An event loop, once a second while it has something to do")
    @Enabled(false)
    @StackTrace(false)
    private static final class LoopTurn extends jdk.jfr.Event {
        static final LoopTurn CHECK = new LoopTurn(null);

        int loop;
        @Description("Share of time in which the loop does not wait, over about ten seconds")
        double busy;
        @Description("Turns since the start")
        long turns;
        @Description("The longest turn of the last one to two minutes")
        @Timespan
        long longest;
        long connections;
        @Description("Read buffers lent now")
        long borrowed;

        LoopTurn(@Nullable LoopView view) {
            if (view == null) {
                return;
            }
            loop = view.index();
            busy = view.busyRatio();
            turns = view.turns();
            longest = (long) (view.turnSecondsMax() * 1e9);
            connections = view.connections();
            borrowed = view.memory().buffersBorrowed();
        }
    }

    @Name("sluice.LoopStall")
    @Label("Loop Stall")
    @Category("Sluice")
    @Description("An event loop that did not come back from a callback for more than 0.1 s")
    @StackTrace(false)
    private static final class LoopStall extends jdk.jfr.Event {
        int loop;
        String callback;
        @Timespan
        long time;
        String stack;

        LoopStall(int loop, String callback, long nanos, StackTraceElement[] stack) {
            this.loop = loop;
            this.callback = callback;
            this.time = nanos;
            StringBuilder frames = new StringBuilder();
            for (StackTraceElement frame : stack) {
                frames.append(frames.isEmpty() ? "" : "\n").append(frame);
            }
            this.stack = frames.toString();
        }
    }

    @Name("sluice.EndpointState")
    @Label("Endpoint State")
    @Category("Sluice")
    @Description("A change of the belief in an endpoint")
    @StackTrace(false)
    private static final class EndpointState extends jdk.jfr.Event {
        String cluster;
        String endpoint;
        String from;
        String to;
        String why;

        EndpointState(String cluster, String endpoint, boolean up, String why) {
            this.cluster = cluster;
            this.endpoint = endpoint;
            this.from = up ? "down" : "up";
            this.to = up ? "up" : "down";
            this.why = why;
        }
    }

    @Name("sluice.Reload")
    @Label("Reload")
    @Category("Sluice")
    @Description("The end of a reload")
    @StackTrace(false)
    private static final class Reload extends jdk.jfr.Event {
        long from;
        long to;
        String result;
        @Timespan
        long time;

        Reload(long from, long to, String result, long nanos) {
            this.from = from;
            this.to = to;
            this.result = result;
            this.time = nanos;
        }
    }

    @Name("sluice.Generation")
    @Label("Generation")
    @Category("Sluice")
    @Description("A step in the life of a configuration generation")
    @StackTrace(false)
    private static final class Generation extends jdk.jfr.Event {
        long number;
        String state;
        long connections;
        @Timespan
        long age;

        Generation(long number, String state, long connections, long nanos) {
            this.number = number;
            this.state = state;
            this.connections = connections;
            this.age = nanos;
        }
    }
}
