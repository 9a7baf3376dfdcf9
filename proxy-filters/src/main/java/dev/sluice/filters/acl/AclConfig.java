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
 * What stands under {@code config:} of {@code type: acl}.
 *
 * @param otherwise the verdict on clients that no rule names
 * @param rules in their order; the first that contains the client's address decides
 * @param file with more rules, which come after {@code rules}
 * @param denyWith how clients are denied
 */
public record AclConfig(
        @ConfigKey("default") @ConfigDescription("The verdict on clients that no rule names.") Verdict otherwise,
        @ConfigDescription("The first rule that contains the client's address decides.") List<AclRule> rules,
        @ConfigDescription("A file with more rules, after these: one in a line, 'allow CIDR' or 'deny CIDR'; # begins a comment.") Optional<String> file,
        @ConfigDescription("How clients are denied: by a reset, or by silence until timeouts.tarpit is over.") @ConfigDefault("reset") DenyWith denyWith) {
    /** As many CIDRs as one filter takes, those of the file included. */
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

    /** Each CIDR of {@link #rules} by itself. */
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
