package dev.sluice.runtime.observe;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.sluice.runtime.selection.Selection;
import dev.sluice.runtime.transport.SocketQueues;
import dev.sluice.runtime.transport.TcpInfo;
import org.jspecify.annotations.Nullable;

/** A server that is whatever the test says. */
public final class TestingProxyView implements ProxyView {
    public int generationsAlive = 2;
    /** The result of {@link #state}. */
    public volatile ServerState state = ServerState.READY;
    /** The result of {@link #listeners}. */
    public final List<ListenerView> listeners = new CopyOnWriteArrayList<>();
    /** The result of {@link #clusters}. */
    public final List<ClusterView> clusters = new CopyOnWriteArrayList<>();
    /** The result of {@link #loops}. */
    public final List<LoopView> loops = new CopyOnWriteArrayList<>();
    /** The result of {@link #plugins}. */
    public final List<PluginView> plugins = new CopyOnWriteArrayList<>();
    /** The result of {@link #generations}. */
    public final List<GenerationView> generations = new CopyOnWriteArrayList<>();
    /** The result of {@link #configGeneration}. */
    public volatile long generation = 1;
    /** Whether the last reload was not refused. */
    public volatile boolean reloadSucceeded = true;

    /** The last reload; null = there was none. */
    public volatile @Nullable LastReload lastReload;
    /** The result of {@link #explain}. */
    public volatile @Nullable ClientExplanation explanation;
    /** The questions of {@link #explain}. */
    public final List<ClientQuestion> questions = new CopyOnWriteArrayList<>();

    /** The source of {@link #events}. */
    public final Events events = new Events();

    private final TreeMap<Long, ConnectionView> connections = new TreeMap<>();

    /** One listener, one cluster with an endpoint that is up, two loops that did nothing. */
    public static TestingProxyView ready() {
        TestingProxyView view = new TestingProxyView();
        view.listeners.add(listener("edge", "web", new ListenerCounters("edge")));
        view.clusters.add(cluster("web", new ConnectCounters("web"), endpoint("127.0.0.1:8080", true)));
        view.loops.add(loop(0, new MemoryView(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)));
        view.loops.add(loop(1, new MemoryView(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)));
        return view;
    }

    /** An open listener. */
    public static ListenerView listener(String name, String cluster, ListenerCounters... counters) {
        return listener(name, cluster, true, counters);
    }

    /** An open listener, whose connections may begin with a PROXY header. */
    static ListenerView listener(String name, String cluster, boolean readsHeaders, ListenerCounters... counters) {
        return new ListenerView(
                name,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 443),
                List.of(cluster),
                5000,
                "open",
                readsHeaders,
                ListenerTotals.sum(List.of(counters)), List.of(new CertificateView("www.example.com",
                        List.of("www.example.com", "example.com"), "EC", "0A1B", Instant.ofEpochSecond(2_000_000_000))),
                "jdk", "not BoringSSL: it has ciphers", List.of());
    }

    /** A cluster. */
    public static ClusterView cluster(String name, ConnectCounters counters, EndpointView... endpoints) {
        return new ClusterView(
                name,
                "round-robin",
                0,
                1000,
                List.of(endpoints),
                false,
                0,
                ConnectTotals.sum(List.of(counters)),
                null,
                null);
    }

    /** A cluster whose endpoints are found in DNS. */
    public static ClusterView discovered(String name, Instant lastSuccess) {
        return cluster(name, new ConnectCounters(name)).from(new EndpointSourceView("dns", "pg.internal:5432", 2,
                lastSuccess, 1_500_000_000L, null, null, false, 7, 0));
    }

    /** An endpoint. */
    public static EndpointView endpoint(String address, boolean up) {
        return new EndpointView(address, 1, false, up ? "up" : "ejected", up, up, 3, 200, 10, 2, Map.of("passed", 4L),
                null);
    }

    /** A loop. */
    public static LoopView loop(int index, MemoryView memory) {
        return new LoopView(index, 7, 0.25, 0.125, 0.0625, 1000, memory,
                new PipeView(4, 3, 5, 1_000_000, 4 << 20, 5 << 20));
    }

    /** Opens a connection. */
    public synchronized void connect(long id, String client) {
        connections.put(
                id,
                new ConnectionView(
                        id,
                        "edge",
                        generation,
                        client,
                        client,
                        "127.0.0.1:8080",
                        "web",
                        new Findings("tls", "www.example.com", null, "h2", "routes[0]", null, null),
                        "relaying",
                        0,
                        ReadBlock.PEER_OWED.bit() | ReadBlock.GATE.bit(),
                        1_500_000_000L,
                        250_000L,
                        12,
                        34,
                        new OwnedView(0, 4096, Map.of("sniff", 512L), Map.of("audit", 77L), 0, 1024),
                        new TcpInfo(1500, 2, 40),
                        null,
                        new SocketQueues(300, 0),
                        null));
    }

    @Override
    public List<FilterView> filters() {
        return List.of(new FilterView("edge", 1, "per-client", "rate-limit", List.of(), false, false, 0, 3,
                Map.of("accept", 7L, "reject", 2L), Map.of("cache_misses", 4L), 5, 1, true));
    }

    /** The result of {@link #faults}. */
    public final List<FaultsView> faults = new CopyOnWriteArrayList<>();

    @Override
    public List<FaultsView> faults() {
        return List.copyOf(faults);
    }

    @Override
    public BuildView build() {
        return new BuildView("1.2.3", "25.0.1+8");
    }

    @Override
    public ServerState state() {
        return state;
    }

    @Override
    public List<ListenerView> listeners() {
        return List.copyOf(listeners);
    }

    @Override
    public int maxConnections() {
        return 9000;
    }

    @Override
    public List<LoopView> loops() {
        return List.copyOf(loops);
    }

    @Override
    public List<ClusterView> clusters() {
        return List.copyOf(clusters);
    }

    @Override
    public List<PluginView> plugins() {
        return List.copyOf(plugins);
    }

    @Override
    public List<Event> events(long number) {
        return events.after(number);
    }

    @Override
    public MemoryLimits memoryLimits() {
        return new MemoryLimits(64 << 10, 64 << 20, 32 << 20, 16 << 20);
    }

    @Override
    public long configGeneration() {
        return generation;
    }

    @Override
    public ReloadsView reloads() {
        return new ReloadsView(3, 2, 1, reloadSucceeded, 1_700_000_000.25, lastReload, ReloadCause.START);
    }

    @Override
    public ServingView serving() {
        return new ServingView(generation, Instant.ofEpochSecond(1_700_000_000), "/etc/sluice.yaml", 61_500_000_000L,
                4321, 9500);
    }

    @Override
    public PluginLoaderStates pluginLoaders() {
        return new PluginLoaderStates(2, 1, 5, List.of());
    }

    @Override
    public int generationsAlive() {
        return generationsAlive;
    }

    @Override
    public ListenerTotals totals() {
        return listeners.stream().map(ListenerView::totals).reduce(ListenerTotals.sum(List.of()),
                ListenerTotals::plus);
    }

    @Override
    public List<GenerationView> generations() {
        return List.copyOf(generations);
    }

    /** The queries so far. */
    public final List<ConnectionQuery> queries = new CopyOnWriteArrayList<>();

    /** Pages by id; conditions and ranks are only remembered. */
    @Override
    public synchronized List<ConnectionView> connections(ConnectionQuery query) {
        queries.add(query);
        List<ConnectionView> page = new ArrayList<>(connections.tailMap(query.after(), false).values());
        return List.copyOf(page.subList(0, Math.min(query.limit(), page.size())));
    }

    /** The result of {@link #closeConnections}. */
    public volatile CloseResult closed = new CloseResult(0, true);
    /** The conditions that were to be closed, or counted. */
    public final List<String> closing = new CopyOnWriteArrayList<>();

    @Override
    public CloseResult closeConnections(Selection where, String text, boolean dryRun) {
        closing.add((dryRun ? "count " : "close ") + text);
        return closed;
    }

    @Override
    public @Nullable ClientExplanation explain(ClientQuestion question) {
        questions.add(question);
        return explanation;
    }

    @Override
    public synchronized boolean closeConnection(long id) {
        return connections.remove(id) != null;
    }
}
