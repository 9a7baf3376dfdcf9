package dev.sluice.filters.acl;

import dev.sluice.api.net.Cidr;

/**
 * One CIDR and what is to be done with its addresses.
 *
 * @param list where it stands, for people: {@code rules[2].deny}, or a file
 * @param line in the file; 0 if it is not in one. A number and not part of {@code list}, because there are 100,000 of these
 */
record AclEntry(Verdict verdict, Cidr cidr, String list, int line) {
    @Override
    public String toString() {
        return cidr + " (" + list + (line == 0 ? "" : ":" + line) + ")";
    }
}
