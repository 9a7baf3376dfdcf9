package dev.sluice.filters.acl;

import java.util.BitSet;
import java.util.List;

import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** The decision on a new connection, for all connections. Thread-safe. */
final class AclFilter implements ConnectionFilter {
    private static final String NOT_ALLOWED = "no rule of the list allows it";

    private final AclTable table;
    private final List<AclEntry> entries;
    private final boolean otherwiseAllowed;
    private final ConnectDecision denial;
    /** Entries that allow: small, so that it stays in the cache. */
    private final BitSet allowing = new BitSet();
    /** Reasons of entries that have denied. Racy: two loops may make the same text, and either will do. */
    private final @Nullable String[] reasons;

    AclFilter(AclTable table, List<AclEntry> entries, Verdict otherwise, DenyWith denyWith) {
        this.table = table;
        this.entries = List.copyOf(entries);
        this.otherwiseAllowed = otherwise == Verdict.ALLOW;
        this.denial = denyWith.decision();
        this.reasons = new String[entries.size()];
        for (int i = 0; i < entries.size(); i++) {
            allowing.set(i, entries.get(i).verdict() == Verdict.ALLOW);
        }
    }

    @Override
    public ConnectDecision onConnect(ConnectionContext context) {
        int match = match(context.source());
        if (allows(match)) {
            return ConnectDecision.ACCEPT;
        }
        context.explain(reason(match));
        return denial;
    }

    /**
     * Finds the first entry that contains an address.
     *
     * @param source null if the client has no address
     * @return its index, or {@link AclTable#NO_MATCH}
     */
    int match(@Nullable IpAddress source) {
        return source == null ? AclTable.NO_MATCH : table.firstMatch(source);
    }

    /** {@return the verdict of an entry, or the one on clients that no entry contains} */
    boolean allows(int match) {
        return match == AclTable.NO_MATCH ? otherwiseAllowed : allowing.get(match);
    }

    /** {@return the rule that decides about a client, and what it does} */
    String explain(@Nullable IpAddress source) {
        int match = match(source);
        if (allows(match)) {
            return match == AclTable.NO_MATCH
                    ? "accepts: no rule of the list denies it"
                    : "accepts: allowed by " + entries.get(match);
        }
        String reason = match == AclTable.NO_MATCH ? NOT_ALLOWED : "denied by " + entries.get(match);
        return (denial == ConnectDecision.TARPIT ? "keeps it in the tarpit: " : "refuses with a reset: ") + reason;
    }

    private String reason(int match) {
        if (match == AclTable.NO_MATCH) {
            return NOT_ALLOWED;
        }
        String reason = reasons[match];
        if (reason == null) {
            reason = "denied by " + entries.get(match);
            reasons[match] = reason;
        }
        return reason;
    }
}
