package dev.sluice.runtime.discovery;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import dev.sluice.runtime.discovery.Reply.Kind;
import dev.sluice.runtime.discovery.Reply.Question;
import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;

/**
 * The search for the records of one source: hosts file, search list, servers, redirections, and the addresses of SRV targets. Waits; the
 * caller's thread must be one that may. One round at a time.
 *
 * <p>The search list is walked here, name by name with all types together. {@link LookupSession} walks it for each type alone, and
 * could take IPv4 from one name and IPv6 from another; it also ends at a name that exists without a record of the type.
 */
final class DnsLookup {
    /** The most addresses of a source. */
    static final int MOST_ADDRESSES = 256;
    /** The longest that one round asks on. */
    private static final Duration ROUND = Duration.ofSeconds(10);
    /** The most questions at a time, each of which has a descriptor. */
    private static final int SIDE_BY_SIDE = 16;

    private final DnsSettings settings;
    private final SystemNames system;
    private final DnsTransport transport;
    private final Timing timing;
    private volatile @Nullable InetSocketAddress lastAnswered;

    DnsLookup(DnsSettings settings, SystemNames system, DnsTransport transport, Timing timing) {
        this.settings = settings;
        this.system = system;
        this.transport = transport;
        this.timing = timing;
    }

    /**
     * The replies of one round.
     *
     * @param name the name at which the search ended, which may be one that has nothing
     * @param replies about that name and its SRV targets
     */
    record Round(Name name, List<Reply> replies) {}

    /**
     * Asks once.
     *
     * @param held names that have answered before; the search does not go past them
     * @throws TextParseException if the name is no DNS name
     */
    Round round(Set<Name> held) throws TextParseException, InterruptedException {
        List<Name> candidates;
        List<InetSocketAddress> servers = settings.servers();
        if (servers.isEmpty()) {
            Round local = settings.isSrv() ? null : fromHosts();
            if (local != null) {
                return local;
            }
            ResolvConf conf = system.resolvConf();
            candidates = conf.candidates(settings.name());
            servers = conf.servers();
        } else {
            candidates = List.of(Name.fromString(settings.name(), Name.root));
        }
        long deadline = System.nanoTime() + ROUND.toNanos();
        Asking asking = new Asking(servers, deadline);
        Round last = null;
        for (Name candidate : candidates) {
            last = asking.about(candidate);
            // As the C library: a server failure does not end the search, silence does.
            if (held.contains(candidate)
                    || last.replies.stream()
                            .anyMatch(reply -> reply.kind() == Kind.GOOD || reply.kind() == Kind.FAILED)) {
                return last;
            }
        }
        if (last == null) {
            throw new IllegalStateException("no candidates for " + settings.name());
        }
        return last;
    }

    private @Nullable Round fromHosts() throws TextParseException {
        List<InetAddress> addresses = system.hosts(settings.name());
        Name name = Name.fromString(settings.name(), Name.root);
        List<Reply> replies = new ArrayList<>();
        for (RecordType type : settings.types()) {
            List<Record> records = new ArrayList<>();
            for (InetAddress address : addresses) {
                if (address instanceof Inet4Address && type == RecordType.A) {
                    records.add(new ARecord(name, DClass.IN, 0, address));
                } else if (!(address instanceof Inet4Address) && type == RecordType.AAAA) {
                    records.add(new AAAARecord(name, DClass.IN, 0, address));
                }
            }
            Question question = new Question(name, type);
            replies.add(records.isEmpty()
                    ? new Reply(question, Kind.DENIED, List.of(), -1, "the hosts file has no such address")
                    : Reply.good(question, records, 0));
        }
        return replies.stream().anyMatch(reply -> reply.kind() == Kind.GOOD) ? new Round(name, replies) : null;
    }

    /** The servers of one round, and the questions that they are asked. */
    private final class Asking implements QuestionResolver.Servers {
        private final List<InetSocketAddress> servers;
        private final long deadline;

        Asking(List<InetSocketAddress> servers, long deadline) {
            this.servers = servers;
            this.deadline = deadline;
        }

        @Override
        public List<InetSocketAddress> inOrder() {
            // One that is dead would otherwise cost its timeout in every round.
            InetSocketAddress first = lastAnswered;
            return first == null || !servers.contains(first)
                    ? servers
                    : Stream.concat(Stream.of(first), servers.stream().filter(server -> !server.equals(first)))
                            .toList();
        }

        @Override
        public void answered(InetSocketAddress server) {
            lastAnswered = server;
        }

        Round about(Name name) throws InterruptedException {
            if (settings.isSrv()) {
                return services(name);
            }
            return new Round(name,
                    ask(settings.types().stream().sorted().map(type -> new Question(name, type)).toList()));
        }

        private Round services(Name name) throws InterruptedException {
            QuestionResolver resolver = resolver();
            Reply services = answer(new Question(name, RecordType.SRV), resolver);
            List<Reply> replies = new ArrayList<>(List.of(services));
            List<Question> questions = new ArrayList<>();
            List<Name> targets = services.records().stream().map(SRVRecord.class::cast)
                    .sorted(Comparator.comparingInt(SRVRecord::getPriority).thenComparing(SRVRecord::getTarget))
                    .map(SRVRecord::getTarget).distinct().limit(MOST_ADDRESSES).toList();
            List<Record> additional = resolver.additional();
            for (Name target : targets) {
                List<Reply> given = Stream.of(RecordType.A, RecordType.AAAA)
                        .map(type -> given(new Question(target, type), additional)).toList();
                // What comes with the answer is all that the server knows of this target; asking again would be two
                // questions for each pod.
                if (given.stream().anyMatch(reply -> reply.kind() == Kind.GOOD)) {
                    replies.addAll(given);
                } else {
                    given.forEach(reply -> questions.add(reply.question()));
                }
            }
            replies.addAll(ask(questions));
            return new Round(name, replies);
        }

        private List<Reply> ask(List<Question> questions) throws InterruptedException {
            List<Reply> replies = new ArrayList<>();
            for (int from = 0; from < questions.size(); from += SIDE_BY_SIDE) {
                List<Callable<Reply>> some = new ArrayList<>();
                questions.subList(from, Math.min(from + SIDE_BY_SIDE, questions.size()))
                        .forEach(question -> some.add(() -> answer(question, resolver())));
                replies.addAll(timing.sideBySide(some));
            }
            return replies;
        }

        private QuestionResolver resolver() {
            return new QuestionResolver(transport, this, deadline);
        }
    }

    private static Reply given(Question question, List<Record> additional) {
        int type = type(question.type());
        List<Record> records = additional.stream()
                .filter(record -> record.getType() == type && record.getName().equals(question.name())).toList();
        return records.isEmpty()
                ? new Reply(question, Kind.DENIED, List.of(), -1, "the server gave no such address")
                : Reply.good(question, records, records.stream().mapToLong(Record::getTTL).min().orElse(0));
    }

    private static Reply answer(Question question, QuestionResolver resolver) {
        int type = type(question.type());
        // Everything happens on this thread: the resolver's stages are complete when they are returned.
        LookupSession session = LookupSession.builder().resolver(resolver).executor(Runnable::run).build();
        Throwable failure;
        try {
            List<Record> records = session.lookupAsync(question.name(), type).toCompletableFuture().join().getRecords()
                    .stream().filter(record -> record.getType() == type && isOffered(record)).toList();
            return records.isEmpty()
                    ? denied(question, resolver, "it has no " + question.type() + " record")
                    : Reply.good(question, records, resolver.leastTtl());
        } catch (CompletionException e) {
            failure = e.getCause() == null ? e : e.getCause();
        } catch (RuntimeException e) {
            failure = e;
        }
        if (failure instanceof NoSuchDomainException) {
            return denied(question, resolver, "there is no such name (NXDOMAIN)");
        }
        if (failure instanceof NoSuchRRSetException) {
            return denied(question, resolver, "it has no " + question.type() + " record");
        }
        boolean serverFailure = failure instanceof QuestionResolver.NoAnswerException none && none.isServerFailure();
        return new Reply(question, serverFailure ? Kind.SERVER_FAILURE : Kind.FAILED, List.of(), -1,
                Printable.sentence(failure.getMessage() == null ? failure.toString() : failure.getMessage()));
    }

    private static Reply denied(Question question, QuestionResolver resolver, String reason) {
        return new Reply(question, Kind.DENIED, List.of(), resolver.negativeTtl(), reason);
    }

    /** Whether a record is more than the statement that a service is not offered: RFC 2782, target ".". */
    private static boolean isOffered(Record record) {
        return !(record instanceof SRVRecord srv) || (!srv.getTarget().equals(Name.root) && srv.getPort() > 0);
    }

    private static int type(RecordType type) {
        return switch (type) {
            case A -> Type.A;
            case AAAA -> Type.AAAA;
            case SRV -> Type.SRV;
        };
    }
}
