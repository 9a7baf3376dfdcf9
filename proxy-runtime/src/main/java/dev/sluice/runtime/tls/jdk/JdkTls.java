package dev.sluice.runtime.tls.jdk;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import dev.sluice.runtime.tls.ClientSettings;
import dev.sluice.runtime.tls.HandshakeSlots;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.SharedSessions;
import dev.sluice.runtime.tls.TlsClient;
import dev.sluice.runtime.tls.WarmUp;
import dev.sluice.runtime.tls.trust.ClientTrust;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The TLS of a server as far as it outlives configurations: ciphers of the loops, workers, contexts of the listeners. Any thread. */
public final class JdkTls {
    private static final Logger LOG = LoggerFactory.getLogger(JdkTls.class);

    /**
     * The place of a context.
     *
     * @param trust in the certificates of clients: a ticket must not lead from one to another
     */
    private record Place(String listener, @Nullable ClientTrust trust) {}

    private final List<LoopCiphers> ciphers;
    private final SharedSessions sessions = new SharedSessions();
    private final Map<String, List<HandshakeSlots>> slots = new ConcurrentHashMap<>();
    private final Map<Place, JdkContext> contexts = new ConcurrentHashMap<>();
    private final Map<String, JdkClient> clients = new ConcurrentHashMap<>();
    /** As many at one time as there are processors. */
    private final Executor workers = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("sluice-tls-", 0).factory());
    private final AtomicBoolean tested = new AtomicBoolean();
    private final AtomicBoolean warm = new AtomicBoolean();
    private volatile @Nullable EngineSecrets secrets;

    /** @param loops event loops of the server */
    public JdkTls(int loops) {
        ciphers = Stream.generate(LoopCiphers::new).limit(loops).toList();
    }

    /** The ciphers of each event loop. */
    public List<LoopCiphers> ciphers() {
        return ciphers;
    }

    /** The sessions that connections share. */
    public SharedSessions sessions() {
        return sessions;
    }

    /** The places for handshakes of a listener on each event loop. */
    public List<HandshakeSlots> slots(String listener) {
        if (!warm.getAndSet(true)) {
            workers.execute(WarmUp::run);
        }
        return slots.computeIfAbsent(listener,
                missing -> Stream.generate(HandshakeSlots::new).limit(ciphers.size()).toList());
    }

    /** Runs what takes long in a handshake. */
    public Executor workers() {
        return workers;
    }

    /**
     * The context of a listener: another trust is another context, whose tickets are others.
     *
     * @param first the certificates of one that is made now
     * @param trust in the certificates of clients; null = none is asked for
     */
    public JdkContext context(String listener, Identities first, @Nullable ClientTrust trust) {
        testOnce();
        return contexts.computeIfAbsent(new Place(listener, trust), missing -> new JdkContext(this, first, trust));
    }

    private void testOnce() {
        if (!tested.getAndSet(true)) {
            // It takes as long as some handshakes, and until it is done engines are kept.
            workers.execute(this::test);
        }
    }

    /**
     * The client towards the endpoints of a cluster: that of before, with its sessions, if the settings are the same. One thread at a time.
     */
    public TlsClient client(String cluster, ClientSettings settings) {
        JdkClient known = clients.get(cluster);
        if (known != null && known.settings().equals(settings)) {
            return known;
        }
        testOnce();
        JdkClient made = new JdkClient(this, settings);
        clients.put(cluster, made);
        return made;
    }

    /** Forgets the clients of all but these clusters. */
    public void retainClients(Set<String> clusters) {
        clients.keySet().retainAll(clusters);
    }

    /** Serves other certificates at a listener, from the next handshake on, and forgets its contexts with another trust. */
    public void serve(String listener, Identities identities, @Nullable ClientTrust trust) {
        Place serving = new Place(listener, trust);
        contexts.keySet().removeIf(place -> place.listener.equals(listener) && !place.equals(serving));
        JdkContext context = contexts.get(serving);
        if (context != null) {
            context.serve(identities);
        }
    }

    /** Forgets the contexts of all but these listeners. */
    public void retain(Set<String> listeners) {
        contexts.keySet().removeIf(place -> !listeners.contains(place.listener));
        slots.keySet().retainAll(listeners);
    }

    private void test() {
        EngineSecrets found = EngineSecrets.find();
        String problem = found == null ? "this JVM does not open the package sun.security.ssl" : SelfTest.run(found);
        if (problem == null) {
            secrets = found;
        } else {
            LOG.warn(
                    "TLS: connections keep their engines, which takes some 4 KB each: {}. The launcher of the tarball passes"
                            + " --add-opens java.base/sun.security.ssl=dev.sluice.runtime.",
                    problem);
        }
    }

    /** The way to the secrets of engines; null = it has not proved itself. */
    @Nullable
    EngineSecrets secrets() {
        return secrets;
    }
}
