package dev.sluice.runtime.relay;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.observe.HeaderResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Log lines about the connections of a listener that are refused because of their PROXY headers: the first at once, then one a minute, with
 * the number of others by result. Any thread.
 */
final class HeaderReports {
    private static final Logger LOG = LoggerFactory.getLogger(HeaderReports.class);
    private static final HeaderResult[] RESULTS = HeaderResult.values();

    private final String listener;
    private final LogThrottle throttle = new LogThrottle(Duration.ofMinutes(1));
    /** The refusals that have no line, by result. */
    private final AtomicLongArray leftOut = new AtomicLongArray(RESULTS.length);

    HeaderReports(String listener) {
        this.listener = listener;
    }

    /** An address to be shown, if it is. */
    interface Peer {
        String text();
    }

    /**
     * Reports a refusal.
     *
     * @param why the reason, as the end of a sentence
     * @param now in nanoseconds of the monotonic clock
     */
    void refused(HeaderResult result, Peer peer, String why, long now) {
        if (throttle.admit(now) == LogThrottle.NOT_NOW) {
            leftOut.incrementAndGet(result.ordinal());
        } else {
            String others = others();
            LOG.warn("Listener {}: a connection from {} is refused: {}{}.", listener, peer.text(), why,
                    others.isEmpty() ? "" : " (and since the last report " + others + ")");
        }
    }

    /** Reports what is left, because no further refusal will bring it along. */
    void flush() {
        String others = others();
        if (!others.isEmpty()) {
            LOG.warn("Listener {}: connections refused since the last report: {}.", listener, others);
        }
    }

    /** The refusals without a line, which have one now: {@code 12 untrusted, 3 invalid}; empty = none. */
    private String others() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < RESULTS.length; i++) {
            long count = leftOut.getAndSet(i, 0);
            if (count > 0) {
                text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(RESULTS[i].label());
            }
        }
        return text.toString();
    }
}
