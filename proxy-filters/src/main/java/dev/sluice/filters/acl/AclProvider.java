package dev.sluice.filters.acl;

import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.config.ConfigException;

/** Filter type {@code acl}. */
public final class AclProvider implements FilterProvider<AclConfig> {
    /** The most rules that can never match to be named in the log; of the others there is only the number. */
    static final int NAMED_IN_LOG = 10;

    /** Called by {@link java.util.ServiceLoader}. */
    public AclProvider() {}

    @Override
    public String type() {
        return "acl";
    }

    @Override
    public Class<AclConfig> configType() {
        return AclConfig.class;
    }

    @Override
    public String description() {
        return "Allows or denies clients by source address: the first matching rule decides.";
    }

    @Override
    public FilterFactory create(AclConfig config, FilterEnvironment environment) {
        List<AclEntry> entries = config.entries();
        config.file().ifPresent(file -> entries.addAll(fileEntries(file, entries.size(), environment)));
        AclTable table = new AclTable(entries.stream().map(AclEntry::cidr).toList());
        warnOfUnreachable(table, entries, environment.logger());
        return new Factory(new AclFilter(table, entries, config.otherwise(), config.denyWith()));
    }

    private static List<AclEntry> fileEntries(String file, int before, FilterEnvironment environment) {
        List<AclEntry> entries;
        try {
            entries = AclFile.read(environment.resolve(file));
        } catch (InvalidPathException e) {
            throw new ConfigException("file", "this cannot be a path on this system: " + e.getReason(), null, null);
        }
        int total = before + entries.size();
        if (total > AclConfig.MAX_ENTRIES) {
            throw new ConfigException("file", entries.size() + " rules in the file"
                    + (before == 0 ? "" : " and " + before + " under rules") + " are too many",
                    "at most " + AclConfig.MAX_ENTRIES + " together", null);
        }
        if (entries.isEmpty()) {
            environment.logger().log(System.Logger.Level.WARNING, "there are no rules in {0}", file);
        }
        return entries;
    }

    /** Warns of rules that can never match: they are probably in the wrong place. */
    private static void warnOfUnreachable(AclTable table, List<AclEntry> entries, System.Logger logger) {
        BitSet unreachable = table.unreachable(entries.size());
        if (unreachable.isEmpty()) {
            return;
        }
        List<String> named = new ArrayList<>();
        unreachable.stream().limit(NAMED_IN_LOG).forEach(i -> {
            AclEntry entry = entries.get(i);
            named.add(entry + " behind " + entries.get(table.firstMatch(entry.cidr().network())));
        });
        int more = unreachable.cardinality() - named.size();
        logger.log(System.Logger.Level.WARNING,
                "rules that can never match, because those before them contain all of their addresses: "
                        + String.join("; ", named) + (more == 0 ? "" : "; and " + more + " more"));
    }

    private record Factory(AclFilter filter) implements FilterFactory {
        @Override
        public FilterTraits traits() {
            return FilterTraits.connectionOnly();
        }

        @Override
        public ConnectionFilter newFilter(ConnectionInfo connection) {
            return filter;
        }

        @Override
        public String explain(ConnectionInfo client) {
            return filter.explain(client.source());
        }
    }
}
