package dev.sluice.runtime.discovery;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.sluice.runtime.discovery.DnsLookup.Round;
import dev.sluice.runtime.discovery.Reply.Kind;
import dev.sluice.runtime.discovery.Reply.Question;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.TextParseException;

/**
 * A source that asks DNS. Each round asks on a thread that may wait; what it brings is weighed on the discovery thread, which all state here
 * belongs to. There is never more than one round, and the next one begins a pause after the last one ended.
 */
final class DnsSource implements EndpointSource {
    private static final Logger LOG = LoggerFactory.getLogger(DnsSource.class);

    private static final int MOST_REASONS = 4;

    private final DnsSettings settings;
    private final DnsLookup lookup;
    private final Timing timing;
    private final DoubleSupplier chance;
    private final Map<Question, Belief<List<Record>>> beliefs = new HashMap<>();
    /** The name that answered last, of those that the search list makes. */
    private @Nullable Name winner;
    private int misses;
    private boolean published;
    private boolean tooManyNoted;
    private boolean partNoted;
    private volatile boolean closed;
    /** Forgets what is to be done next. */
    private volatile Runnable forget = () -> {};

    /** @param chance numbers from 0 to 1 that spread the queries of many proxies */
    DnsSource(DnsSettings settings, DnsLookup lookup, Timing timing, DoubleSupplier chance) {
        this.settings = settings;
        this.lookup = lookup;
        this.timing = timing;
        this.chance = chance;
    }

    @Override
    public void start(Publication to) {
        timing.after(Duration.ZERO, () -> begin(to));
    }

    @Override
    public void close() {
        closed = true;
        forget.run();
    }

    private void begin(Publication to) {
        if (closed) {
            return;
        }
        Set<Name> held = beliefs.entrySet().stream().filter(entry -> entry.getValue().value() != null)
                .map(entry -> entry.getKey().name()).collect(Collectors.toSet());
        timing.apart(() -> {
            Runnable outcome;
            try {
                Round round = lookup.round(held);
                outcome = () -> weigh(round, to);
            } catch (TextParseException e) {
                outcome = () -> miss("this is no DNS name: " + e.getMessage(), to);
            } catch (InterruptedException e) {
                // Closed.
                return;
            } catch (RuntimeException | Error e) {
                LOG.error("{}: the query failed, which is a defect; it will be repeated.", settings.label(), e);
                outcome = () -> miss("the query failed: " + e, to);
            }
            timing.after(Duration.ZERO, outcome);
        });
    }

    /** A round that brought nothing, for a reason that no server is to blame for. */
    private void miss(String reason, Publication to) {
        if (closed) {
            return;
        }
        misses++;
        beliefs.values().forEach(belief -> belief.failed(timing.nanos()));
        publishFailure(reason, to);
        again(RefreshTimes.afterFailure(misses, chance.getAsDouble()), to);
    }

    private void weigh(Round round, Publication to) {
        if (closed) {
            return;
        }
        boolean good = round.replies().stream().anyMatch(reply -> reply.kind() == Kind.GOOD);
        boolean failure = round.replies().stream().anyMatch(Reply::isFailure);
        believe(round, good);
        boolean suspect = round.replies().stream().anyMatch(this::isSuspect);
        misses = good && !failure && !suspect ? 0 : misses + 1;
        String reasons = reasons(round, good);
        if (good || (!failure && allDenied(round))) {
            published = true;
            to.endpoints(found());
            if (beliefs.values().stream().anyMatch(Belief::isStale)) {
                to.failed(reasons);
            } else if (good && failure && !partNoted) {
                LOG.warn("{}: part of the answer is missing: {}", settings.label(), reasons);
            }
        } else {
            publishFailure(reasons, to);
        }
        partNoted = good && failure;
        again(pause(round, good), to);
    }

    private void believe(Round round, boolean good) {
        long now = timing.nanos();
        Set<Question> asked = new HashSet<>();
        for (Reply reply : round.replies()) {
            asked.add(reply.question());
            Belief<List<Record>> belief = beliefs.computeIfAbsent(reply.question(),
                    question -> new Belief<>(settings.keepStale()));
            switch (reply.kind()) {
                case GOOD -> belief.good(reply.records(), RefreshTimes.timeToLive(reply.ttl()), now);
                case DENIED -> belief.denied(now);
                case SERVER_FAILURE, FAILED -> belief.failed(now);
            }
        }
        if (good) {
            winner = round.name();
            forgetAllBut(asked);
        } else {
            // The search may have ended before it came to the names that answered last time.
            beliefs.forEach((question, belief) -> {
                if (!asked.contains(question)) {
                    belief.failed(now);
                }
            });
        }
    }

    /** Forgets names that are of no interest now, but not the targets of a service that is still believed in. */
    private void forgetAllBut(Set<Question> asked) {
        Set<Name> names = new HashSet<>(asked.stream().map(Question::name).toList());
        services().forEach(service -> names.add(service.getTarget()));
        beliefs.keySet().removeIf(question -> !names.contains(question.name()));
    }

    /** Whether a reply denies what is still believed in. */
    private boolean isSuspect(Reply reply) {
        return reply.kind() == Kind.DENIED && valueOf(reply.question()) != null;
    }

    /** Whether it is believed that there is nothing: under the name that answered last, or under any. */
    private boolean allDenied(Round round) {
        Name name = winner == null ? round.name() : winner;
        return settings.types().stream().allMatch(type -> {
            Belief<List<Record>> belief = beliefs.get(new Question(name, type));
            return belief != null && belief.isDenied();
        });
    }

    private String reasons(Round round, boolean good) {
        List<String> reasons = round.replies().stream()
                .filter(reply -> reply.isFailure() || isSuspect(reply) || (!good && reply.kind() == Kind.DENIED))
                .map(reply -> reply.question().name() + " " + reply.question().type() + ": " + reply.reason()).toList();
        return reasons.size() <= MOST_REASONS
                ? String.join("; ", reasons)
                : String.join("; ", reasons.subList(0, MOST_REASONS)) + "; and " + (reasons.size() - MOST_REASONS)
                        + " more";
    }

    private Duration pause(Round round, boolean good) {
        Duration least = RefreshTimes.CEILING.plus(RefreshTimes.FLOOR);
        for (Reply reply : round.replies()) {
            Duration pause = switch (reply.kind()) {
                case GOOD -> RefreshTimes.afterAnswer(RefreshTimes.timeToLive(reply.ttl()), chance.getAsDouble());
                // Otherwise a host that has no IPv6, for example.
                case DENIED -> !good || isSuspect(reply)
                        ? RefreshTimes.afterDenial(misses, reply.ttl(), chance.getAsDouble())
                        : least;
                case SERVER_FAILURE, FAILED -> RefreshTimes.afterFailure(misses, chance.getAsDouble());
            };
            least = pause.compareTo(least) < 0 ? pause : least;
        }
        return least;
    }

    private void again(Duration pause, Publication to) {
        forget = timing.after(pause, () -> begin(to));
    }

    private void publishFailure(String reasons, Publication to) {
        if (published && found().isEmpty()) {
            to.expired(reasons);
        } else {
            to.failed(reasons);
        }
    }

    private @Nullable List<Record> valueOf(Question question) {
        Belief<List<Record>> belief = beliefs.get(question);
        return belief == null ? null : belief.value();
    }

    private List<FoundEndpoint> found() {
        Name name = winner;
        if (name == null) {
            return List.of();
        }
        List<FoundEndpoint> all = new ArrayList<>();
        if (settings.isSrv()) {
            all.addAll(SrvRanking.rank(services(), target -> Stream.of(RecordType.A, RecordType.AAAA)
                    .flatMap(type -> addresses(new Question(target, type)).stream()).toList()));
        } else {
            settings.types().stream().flatMap(type -> addresses(new Question(name, type)).stream()).distinct().forEach(
                    address -> all
                            .add(new FoundEndpoint(new InetSocketAddress(address, settings.port()), 1, 0, false)));
        }
        if (all.size() > DnsLookup.MOST_ADDRESSES) {
            if (!tooManyNoted) {
                tooManyNoted = true;
                LOG.warn("{} has {} addresses; only the first {} of them are used.", settings.label(), all.size(),
                        DnsLookup.MOST_ADDRESSES);
            }
            return all.stream().sorted().limit(DnsLookup.MOST_ADDRESSES).toList();
        }
        return all;
    }

    private List<SRVRecord> services() {
        Name name = winner;
        List<Record> records = name == null ? null : valueOf(new Question(name, RecordType.SRV));
        return records == null ? List.of() : records.stream().map(SRVRecord.class::cast).toList();
    }

    private List<InetAddress> addresses(Question question) {
        List<Record> records = valueOf(question);
        return records == null ? List.of() : records.stream().map(DnsSource::address).toList();
    }

    /** The address without the name that the library keeps with it. */
    private static InetAddress address(Record record) {
        try {
            InetAddress address = record instanceof ARecord a ? a.getAddress() : ((AAAARecord) record).getAddress();
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of another length: " + record, e);
        }
    }
}
