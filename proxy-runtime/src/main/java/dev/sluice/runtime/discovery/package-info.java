/**
 * The sources of endpoints that are found while the proxy runs: names in DNS, and files. Finds; decides nothing about connections.
 *
 * <p><b>Model.</b> Clusters name sources by their {@link dev.sluice.runtime.discovery.SourceSettings}; equal settings are one source. {@link
 * dev.sluice.runtime.discovery.Discovery} keeps those that the configuration wants, each with its last answer, and announces whole sets when they change.
 * An {@link dev.sluice.runtime.discovery.EndpointSource} is small, so that others can be added: it publishes, and what it published last stays.
 *
 * <pre>
 *   EndpointSource ──► Publication ──► KeptSource ──► Sieve ──► Changes
 *    DnsSource                          last answer    no address that leads back
 *      DnsLookup (hosts, search list, CNAME, SRV)
 *        QuestionResolver (one server after the other)
 *          DnsTransport (UDP, TCP)
 *    FileSource ──► EndpointFiles
 * </pre>
 *
 * <p><b>Thread.</b> One thread, {@code sluice-discovery}, is the timer and has all state of sources; it never waits for anything. Queries and files
 * are read on virtual threads. There is none of them before the first source, and none after {@code close}.
 *
 * <p><b>Failure.</b> No failure empties a set: a server that is silent, refuses, lies or sends nonsense leaves the last answer in use until
 * {@code keepStale} is over, a file that cannot be read leaves it for ever. {@link dev.sluice.runtime.discovery.Belief} has the rules. A defect in a source ends
 * that source at worst, and its last answer stays.
 *
 * <p><b>Bounds.</b> At most 256 addresses of a name, one question at a time to a server for each type, at most 16 for the targets of SRV, 2 s for each answer and 10 s for a
 * round, at least 1 s from one round to the next.
 *
 * <p><b>Decisions.</b>
 * <ol>
 * <li>dnsjava reads and writes messages and follows redirections. Its transport lost: one static thread for the whole JVM, which wakes each second,
 * and a {@code close} that ends the lookups of an embedding application too. So there is a {@code Resolver} of our own, over blocking sockets. What is static in the
 * library, {@code Lookup} and {@code ResolverConfig}, is not used.
 * <li>Names are looked up as programs look them up ({@code getaddrinfo}): hosts file, search list, ndots. With servers of its own a name is absolute,
 * because those need not know anything about the system's search list.
 * <li>The search does not go past a name that has answered before. Otherwise one NXDOMAIN during an update could lead clients to another host
 * of the same short name.
 * <li>The search list is walked with all types together, and a hosts file has all addresses of a name, unlike in the library.
 * </ol>
 */
@NullMarked
package dev.sluice.runtime.discovery;

import org.jspecify.annotations.NullMarked;
