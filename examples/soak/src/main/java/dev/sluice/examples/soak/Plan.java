package dev.sluice.examples.soak;

import java.util.List;
import java.util.SplittableRandom;

import org.jspecify.annotations.Nullable;

/**
 * One connection: what it will do, which follows from the seed of the run and its number, and what has become of it. The second part is
 * guarded by the plan, and judged once, as soon as the client, the endpoint that was reached and the access log have had their say.
 */
final class Plan {
    static final String ALPHA = "alpha";
    static final String BETA = "beta";
    static final String FALLBACK = "plain";
    private static final int SHORT_BYTES = 16 * 1024;

    private final long number;
    private final Kind kind;
    private final Place place;
    private final long seed;
    private final String serverName;
    private final long up;
    private final long down;
    private final long cut;
    private final int rounds;
    private final long pauseMillis;
    private final int pieces;

    private long begunNanos;
    private long endedNanos;
    private @Nullable Endpoint endpoint;
    private boolean clientEnded;
    private boolean endpointEnded;
    private boolean clientReset;
    private boolean endpointReset;
    private boolean crashed;
    private boolean judged;
    private @Nullable String reason;

    /**
     * Draws a plan.
     *
     * @param meanBytes of content for each connection, over all kinds
     * @param mostPauseMillis the longest pause
     */
    Plan(long seedOfRun, long number, long meanBytes, long mostPauseMillis) {
        SplittableRandom random = new SplittableRandom(Content.mix(seedOfRun) + number);
        this.number = number;
        seed = random.nextLong();
        kind = draw(random, List.of(Kind.values()), Kind::weight);
        place = draw(random, List.copyOf(kind.places()), Place::weight);
        serverName = place != Place.NAMES ? "" : switch (random.nextInt(8)) {
            case 0, 1, 2 -> "a.soak.test";
            case 3, 4, 5 -> "x" + random.nextInt(100) + ".b.soak.test";
            case 6 -> "unknown.soak.test";
            default -> "";
        };
        rounds = 1 + random.nextInt(4);
        // Bulk transfers are a third of all connections, and carry nearly all bytes.
        long bulk = (long) Math.min(2.7 * meanBytes * -Math.log(1 - random.nextDouble()), 30.0 * meanBytes);
        boolean small = switch (kind) {
            case ECHO, IDLE, SILENT, DENIED, SLOW_WRITER -> true;
            case LATE_ANSWER, LATE_REQUEST -> random.nextBoolean();
            default -> false;
        };
        long most = small ? random.nextLong(SHORT_BYTES) : bulk;
        up = 1 + switch (kind) {
            case DOWNLOAD, SLOW_READER, CLIENT_RESETS_READING, ENDPOINT_RESETS_SENDING -> 0;
            case BOTH_WAYS, LATE_ANSWER, LATE_REQUEST -> most / 2;
            default -> most;
        };
        down = 1 + switch (kind) {
            case UPLOAD, SLOW_WRITER, CLIENT_RESETS_SENDING, ENDPOINT_RESETS_READING -> random.nextLong(64);
            case BOTH_WAYS, LATE_ANSWER, LATE_REQUEST -> most / 2;
            default -> most;
        };
        cut = switch (kind) {
            case CLIENT_RESETS_SENDING, ENDPOINT_RESETS_READING -> random.nextLong(up);
            default -> random.nextLong(down);
        };
        pauseMillis = random.nextLong(mostPauseMillis + 1);
        // The plugin waits for the rest of a command for no longer than a busy machine may take to send it.
        pieces = place == Place.GUARDED ? 1 : 1 + random.nextInt(4);
    }

    private interface Weight<T> {
        int of(T each);
    }

    private static <T> T draw(SplittableRandom random, List<T> choices, Weight<T> weight) {
        int left = random.nextInt(choices.stream().mapToInt(weight::of).sum());
        for (T choice : choices) {
            left -= weight.of(choice);
            if (left < 0) {
                return choice;
            }
        }
        throw new AssertionError(left);
    }

    long number() {
        return number;
    }

    Kind kind() {
        return kind;
    }

    Place place() {
        return place;
    }

    /** The server name to ask for; empty: the client speaks no TLS. */
    String serverName() {
        return serverName;
    }

    /** The cluster that the connection has to come to. */
    String cluster() {
        return switch (place) {
            case NAMES -> serverName.startsWith("a.") ? ALPHA : serverName.contains(".b.") ? BETA : FALLBACK;
            case GUARDED, WALLED, EXTRA -> FALLBACK;
            default -> place.label();
        };
    }

    /** Bytes of content from client to endpoint. */
    long up() {
        return up;
    }

    /** Bytes of content from endpoint to client. */
    long down() {
        return down;
    }

    /** The position at which a stream is cut, if the kind does that. */
    long cut() {
        return cut;
    }

    int rounds() {
        return rounds;
    }

    long pauseMillis() {
        return pauseMillis;
    }

    /** In how many pieces the first bytes are sent. */
    int pieces() {
        return pieces;
    }

    Content upContent() {
        return new Content(seed);
    }

    Content downContent() {
        return new Content(~seed);
    }

    /** The client connects now. */
    synchronized void begin() {
        begunNanos = System.nanoTime();
    }

    /**
     * An endpoint has read the number.
     *
     * @return the one that had read it before; null if there was none
     */
    synchronized @Nullable Endpoint claim(Endpoint by) {
        Endpoint before = endpoint;
        endpoint = by;
        return before;
    }

    /** Its endpoint crashes now, and takes the connection along. */
    synchronized void crash() {
        crashed = true;
    }

    /** The client was reset where that was not planned. */
    synchronized void clientReset() {
        clientReset = true;
    }

    /** The endpoint was reset where that was not planned, or crashed. */
    synchronized void endpointReset() {
        endpointReset = true;
    }

    synchronized void clientEnded() {
        clientEnded = true;
        endedNanos = System.nanoTime();
    }

    synchronized void endpointEnded() {
        endpointEnded = true;
    }

    synchronized void logged(String word) {
        reason = word;
    }

    /** {@return whether everybody has had their say, and nobody has been told so before} */
    synchronized boolean toBeJudged() {
        boolean now = !judged && clientEnded && reason != null && (endpoint == null || endpointEnded);
        judged |= now;
        return now;
    }

    /** Whose say is missing, for a plan that is not judged at the end. */
    synchronized String missing() {
        return "client " + (clientEnded ? "ended" : "open") + ", endpoint "
                + (endpoint == null ? "not reached" : endpointEnded ? "ended" : "open") + ", access log: " + reason;
    }

    synchronized String reason() {
        return reason == null ? "" : reason;
    }

    synchronized boolean isClientReset() {
        return clientReset;
    }

    synchronized boolean isEndpointReset() {
        return endpointReset;
    }

    synchronized boolean isCrashed() {
        return crashed;
    }

    synchronized boolean isClaimed() {
        return endpoint != null;
    }

    synchronized long begunNanos() {
        return begunNanos;
    }

    synchronized long endedNanos() {
        return endedNanos;
    }

    @Override
    public String toString() {
        return "connection " + number + " (" + kind.label() + " at " + place.label()
                + (serverName.isEmpty() ? "" : " for " + serverName)
                + ", " + up + " bytes up, " + down + " down, cut at " + cut + ", pause " + pauseMillis + " ms)";
    }
}
