package dev.sluice.filters.acl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.ConfigKey;

/**
 * The configuration of {@code type: acl}.
 *
 * @param otherwise the verdict on clients that match no rule
 * @param rules in order; the first one that contains the client's address decides
 * @param file a file with further rules, which come after {@code rules}
 * @param denyWith the way to deny clients
 */
public record AclConfig(
        @ConfigKey("default") @ConfigDescription("Verdict on clients that match no rule.") Verdict otherwise,
        @ConfigDescription("Rules in order: the first one that contains the client's address decides.") List<AclRule> rules,
        @ConfigDescription("File with further rules, to be checked after these: one per line, 'allow CIDR' or 'deny CIDR'; # begins a comment.") Optional<String> file,
        @ConfigDescription("Way to deny: a reset at once, or tarpit: silence until timeouts.tarpit, then a reset.") @ConfigDefault("reset") DenyWith denyWith) {
    /** The most CIDRs of one filter, those of the file included. */
    static final int MAX_ENTRIES = 100_000;

    public AclConfig {
        rules = List.copyOf(rules);
        long cidrs = 0;
        for (AclRule rule : rules) {
            cidrs += rule.cidrs().size();
        }
        if (cidrs > MAX_ENTRIES) {
            throw new ConfigException("rules", cidrs + " CIDRs are too many", "at most " + MAX_ENTRIES, null);
        }
    }

    /** {@return each CIDR of {@link #rules} with its verdict and place} */
    List<AclEntry> entries() {
        List<AclEntry> entries = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            AclRule rule = rules.get(i);
            String list = "rules[" + i + "]." + rule.verdict().name().toLowerCase(Locale.ROOT) + "[";
            for (int k = 0; k < rule.cidrs().size(); k++) {
                entries.add(AclEntry.ofRule(rule, list, k));
            }
        }
        return entries;
    }
}
