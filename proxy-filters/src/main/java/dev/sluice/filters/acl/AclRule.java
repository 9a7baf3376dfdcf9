package dev.sluice.filters.acl;

import java.util.List;

import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.net.Cidr;

/**
 * An element of {@code rules:}, with either {@code allow:} or {@code deny:}.
 *
 * @param allow addresses that may connect
 * @param deny addresses that may not
 */
public record AclRule(@ConfigDescription("Addresses that may connect.") List<Cidr> allow,
        @ConfigDescription("Addresses that may not connect.") List<Cidr> deny) {
    public AclRule {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
        if (allow.isEmpty() == deny.isEmpty()) {
            // Which of the two would come first?
            throw new ConfigException(null,
                    allow.isEmpty() ? "this rule has no address" : "this rule has both allow and deny",
                    "either allow or deny, with at least one CIDR", null);
        }
    }

    Verdict verdict() {
        return allow.isEmpty() ? Verdict.DENY : Verdict.ALLOW;
    }

    List<Cidr> cidrs() {
        return allow.isEmpty() ? deny : allow;
    }
}
