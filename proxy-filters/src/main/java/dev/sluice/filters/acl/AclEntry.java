package dev.sluice.filters.acl;

import dev.sluice.api.net.Cidr;

/**
 * A CIDR with its verdict. Its place, for messages, is in three parts, because there may be 100,000 of these and the
 * first part is the same for many: {@code rules[2].deny[} 7 {@code ]}, {@code blocked.acl:} 12.
 */
record AclEntry(Verdict verdict, Cidr cidr, String list, int number, String end) {
    static AclEntry ofRule(AclRule rule, String list, int index) {
        return new AclEntry(rule.verdict(), rule.cidrs().get(index), list, index, "]");
    }

    static AclEntry ofFile(Verdict verdict, Cidr cidr, String file, int line) {
        return new AclEntry(verdict, cidr, file, line, "");
    }

    @Override
    public String toString() {
        return cidr + " (" + list + number + end + ")";
    }
}
