package dev.sluice.runtime.tls;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sessions that are equal as one object, since most clients of a listener agree on the same: version, suite, name. Bounded, because names
 * come from clients. Any thread.
 */
public final class SharedSessions {
    private static final int MOST = 1024;

    private final Map<Session, Session> known = new ConcurrentHashMap<>();

    /** None yet. */
    public SharedSessions() {}

    /** An equal session, perhaps one that other connections have. */
    public Session share(Session session) {
        Session shared = known.get(session);
        if (shared != null) {
            return shared;
        }
        if (known.size() >= MOST) {
            // Those that are in use stay with their connections.
            known.clear();
        }
        known.put(session, session);
        return session;
    }
}
