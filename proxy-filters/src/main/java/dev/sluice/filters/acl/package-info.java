/**
 * The filter type {@code acl}: allows or denies connections by source address.
 *
 * <p><b>Order.</b> The rules of {@code rules:} from top to bottom, then those of {@code file:} from top to bottom; the
 * first one that contains the address decides, as in nginx and HAProxy. If none does, and for clients without an
 * address (Unix sockets), {@code default:} decides. An IPv4 address and its mapped IPv6 form are one address, so there
 * is one verdict for both; {@code ::/0} contains no IPv4 address.
 *
 * <p><b>Model.</b> When a configuration is built, the list becomes a table of disjoint ranges, each with the first rule
 * that covers it ({@link dev.sluice.filters.acl.AclTable}); a decision is a binary search. Nothing is keyed by input of
 * a client, so no client makes it slower. The file is read at that time only: a reload reads it again.
 *
 * <p><b>Thread and ownership.</b> One immutable filter serves all connections of a listener, on all event loops. A
 * connection costs nothing; a decision allocates nothing, except for the text of a denial the first time a rule denies.
 *
 * <p><b>Failure.</b> Invalid rules are refused when the configuration is read, those of the file with its name and
 * line. A decision cannot fail.
 */
@NullMarked
package dev.sluice.filters.acl;

import org.jspecify.annotations.NullMarked;
