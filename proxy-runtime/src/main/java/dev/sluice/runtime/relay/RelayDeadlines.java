package dev.sluice.runtime.relay;

import java.util.concurrent.TimeUnit;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.transport.TcpInfo;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines of a {@link Relay}, as pure functions of times of past events. All times are nanoseconds of the monotonic
 * clock.
 *
 * <pre>
 *   state        counts from                          how long                    what happens then
 *   ----------   ----------------------------------   -------------------------   -------------------------------------------
 *   HEADER       accept                               proxyProtocol.deadline      reset, proxy-header-timeout
 *   FILTERING    hold or suspension of a filter       the filter's own            the filter decides
 *   TARPIT       the decision                         timeouts.tarpit             reset, filter-tarpitted
 *   CONNECTING   attempt; first attempt               connect; connectTotal       next endpoint; reset, connect-timeout
 *   UPSTREAM_H…  as CONNECTING                        the same                    the same; reset, upstream-tls-timeout
 *   OPEN         last byte taken by a slow receiver   writeStall                  reset, …-write-stall
 *                last byte, nothing owed              idle; halfClosed after FIN  reset, idle-timeout; half-closed-timeout
 *                accept                               lifetime less its jitter    reset, lifetime, at a quiet moment
 *   LINGERING    the break                            linger                      reset, with the reason of the break
 *   RESETTING    the reset                            linger                      reset, with the reason of the reset
 * </pre>
 *
 * <p>While bytes are owed to a receiver, silence does not count: the write stall does. While the proxy itself holds reads back (gate,
 * suspension, no memory), silence is not the sender's doing and starts anew.
 */
final class RelayDeadlines {
    /** No deadline. */
    static final long NEVER = Long.MAX_VALUE;

    private RelayDeadlines() {}

    /**
     * The end of the time that a receiver has to take a byte.
     *
     * @param owedSince the time at which the receiver last took a byte; {@link #NEVER} = nothing is owed to it
     */
    static long stall(RelaySettings settings, long owedSince) {
        return owedSince == NEVER ? NEVER : owedSince + settings.writeStallNanos();
    }

    /**
     * Whether nothing at all has come from a receiver for the time that it has to take a byte. A little less counts as
     * well, since the kernel measures in ticks of some milliseconds.
     *
     * @param path null = the transport does not know
     */
    static boolean isUnheard(RelaySettings settings, @Nullable TcpInfo path) {
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(settings.writeStallNanos()));
        return path != null && path.unheardMillis() >= millis - millis / 16;
    }

    /** The time for which an open relay may be silent. */
    static long silenceNanos(RelaySettings settings, boolean halfClosed) {
        return halfClosed ? settings.halfClosedNanos() : settings.idleNanos();
    }

    /**
     * The end of the time for which an open relay may be silent while nothing is owed.
     *
     * @param heldBack whether the proxy itself does not read one of the sides
     * @return not after {@code now} = the relay is over, by {@link #silenceReason}
     */
    static long silence(RelaySettings settings, boolean halfClosed, long lastActivity, boolean heldBack, long now) {
        long nanos = silenceNanos(settings, halfClosed);
        long deadline = lastActivity + nanos;
        return deadline <= now && heldBack ? now + nanos : deadline;
    }

    /**
     * The end of the lifetime of a connection, different for each so that those that began together do not end together.
     *
     * @param id of the connection
     * @param accepted the time of the accept
     * @return {@link #NEVER} = its lifetime has no limit
     */
    static long lifetime(RelaySettings settings, long id, long accepted) {
        if (settings.lifetimeNanos() == 0) {
            return NEVER;
        }
        return accepted + settings.lifetimeNanos() - DrainSchedule.fraction(id, settings.lifetimeJitterNanos());
    }

    /**
     * The next moment at which a connection whose time is over may be closed: a quiet one, but not much later.
     *
     * @param over the time at which it was over
     * @return not after {@code now} = it may be closed now
     */
    static long quietMoment(long over, long lastActivity, long now) {
        return now - lastActivity >= DrainSchedule.QUIET_NANOS || now - over >= DrainSchedule.GRACE_NANOS
                ? now
                : Math.min(lastActivity + DrainSchedule.QUIET_NANOS, over + DrainSchedule.GRACE_NANOS);
    }

    /**
     * Whether a period that counts from the accept has ended between two times.
     *
     * @param since the earlier time; may be before the accept
     */
    static boolean periodEnded(long accepted, long period, long since, long until) {
        return (until - accepted) / period > Math.max(0, since - accepted) / period;
    }

    /** The reason of a relay that was silent for too long. */
    static CloseReason silenceReason(boolean halfClosed) {
        return halfClosed ? CloseReason.HALF_CLOSED_TIMEOUT : CloseReason.IDLE_TIMEOUT;
    }
}
