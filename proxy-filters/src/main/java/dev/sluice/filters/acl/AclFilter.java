package dev.sluice.filters.acl;

import java.util.BitSet;
import java.util.List;

import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** Decides for all connections. Thread-safe. */
final class AclFilter implements ConnectionFilter {
    private final AclTable table;
    private final List<AclEntry> entries;
    private final DenyWith denyWith;
    private final ConnectDecision otherwise;
    /** Which entries allow: small, so that it stays in the cache. */
    private final BitSet allowing = new BitSet();
    /** What the entries that have denied answer. Racy: two loops may make the same answer, and either will do. */
    private final @Nullable ConnectDecision[] denials;

    AclFilter(AclTable table, List<AclEntry> entries, Verdict otherwise, DenyWith denyWith) {
        this.table = table;
        this.entries = List.copyOf(entries);
        this.denyWith = denyWith;
        this.otherwise = otherwise == Verdict.ALLOW
                ? ConnectDecision.accept()
                : denyWith.decision("no rule of the list allows it");
        this.denials = new ConnectDecision[entries.size()];
        for (int i = 0; i < entries.size(); i++) {
            allowing.set(i, entries.get(i).verdict() == Verdict.ALLOW);
        }
    }

    @Override
    public ConnectDecision onConnect(ConnectionContext context) {
        return decide(context.source());
    }

    /** @param source null if the client has no address */
    ConnectDecision decide(@Nullable IpAddress source) {
        int match = source == null ? AclTable.NO_MATCH : table.firstMatch(source);
        if (match == AclTable.NO_MATCH) {
            return otherwise;
        }
        return allowing.get(match) ? ConnectDecision.accept() : denial(match);
    }

    private ConnectDecision denial(int match) {
        ConnectDecision denial = denials[match];
        if (denial == null) {
            denial = denyWith.decision("denied by " + entries.get(match));
            denials[match] = denial;
        }
        return denial;
    }
}
