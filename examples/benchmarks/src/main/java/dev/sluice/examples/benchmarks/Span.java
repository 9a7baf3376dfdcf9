package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Duration of a load: a time, and longer until something has come back, so that every figure is of something. */
record Span(long startNanos, long millis) {
    private static final long STUCK_MILLIS = 30_000;

    /**
     * Whether to go on.
     *
     * @param done what has come back so far
     * @throws IOException when nothing has for so long that the peer must be broken
     */
    boolean goesOn(long done) throws IOException {
        long gone = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        if (done == 0 && gone > millis + STUCK_MILLIS) {
            throw new IOException("nothing has come back for " + gone / 1000 + " s");
        }
        return done == 0 || gone < millis;
    }
}
