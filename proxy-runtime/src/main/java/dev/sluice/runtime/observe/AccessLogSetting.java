package dev.sluice.runtime.observe;

import java.time.Duration;
import java.util.Set;

import dev.sluice.api.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * The setting of an access log: its target, and the lines that are written there. Immutable but for the sink, which is
 * open, and belongs to the log once it was switched to the setting.
 *
 * @param sink null = no access log
 * @param format of a line
 * @param events the moments of a connection that have a line
 * @param every the time between two periodic lines of a connection
 * @param skipEmpty whether connections that the client ended without a byte have no line at their end
 */
public record AccessLogSetting(@Nullable AccessLogSink sink, AccessLogFormat format, Set<AccessEvent> events,
        Duration every, boolean skipEmpty) {
    /** The setting without a log. */
    public static final AccessLogSetting OFF = new AccessLogSetting(null, AccessLogFormat.json(), Set.of(),
            Duration.ZERO, false);

    public AccessLogSetting {
        events = Set.copyOf(events);
    }

    /** Whether anything is written. */
    boolean on() {
        return sink != null;
    }

    /**
     * Whether a line is wanted.
     *
     * @param reason of an end; null for other events
     */
    boolean has(AccessEvent event, @Nullable CloseReason reason) {
        return sink != null && events.contains(event) && !(skipEmpty && reason == CloseReason.CLIENT_SILENT);
    }
}
