package dev.sluice.runtime.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.sluice.runtime.yaml.Location;
import dev.sluice.runtime.yaml.Node;
import dev.sluice.runtime.yaml.SourceText;
import org.jspecify.annotations.Nullable;

/**
 * Changes that a test makes to a configuration before it is checked: listeners get free ports of the loopback interface and
 * a filter that injects faults, clusters the endpoints of the test, and there is neither admin interface nor access log. They
 * apply to the trees of all files, so that problems of the rest keep their places. Immutable.
 *
 * @param endpoints the addresses by cluster
 * @param kept the clusters whose endpoints stay, wherever they are
 * @param edit a change of the text of the first file
 */
public record TestChanges(Map<String, List<String>> endpoints, Set<String> kept, UnaryOperator<String> edit) {
    /** No event loops of a test are more than these unless it says so. */
    static final int EVENT_LOOPS = 2;
    /** An address at which nothing listens, in place of endpoints that a test must not reach. */
    static final String REFUSING = "127.0.0.1:1";
    private static final String LISTEN = "127.0.0.1:0";
    private static final String FAULT = "fault";
    private static final List<String> LOOPBACK = List.of("127.", "[::1]", "unix:");

    public TestChanges {
        endpoints = Map.copyOf(endpoints);
        kept = Set.copyOf(kept);
    }

    SourceText text(SourceText first) {
        return first.with(edit.apply(first.text()));
    }

    /** The root of a document, changed. */
    Node root(Node root) {
        return root instanceof Node.Mapping mapping ? changed(mapping, entries -> {
            entries.remove(ConfigLoader.ADMIN);
            entries.remove("accessLog");
            entries.computeIfPresent("listeners", (_, entry) -> each(entry, this::listener));
            entries.computeIfPresent("clusters", (_, entry) -> each(entry, this::cluster));
        }) : root;
    }

    private Node listener(Node.Mapping listener) {
        return changed(listener, entries -> {
            entries.computeIfPresent("listen", (_, entry) -> replaced(entry, text(entry.value().at(), LISTEN)));
            Node.Entry written = entries.get("filters");
            List<Node> filters = written == null ? List.of() : items(written.value());
            if (filters.stream().noneMatch(filter -> FAULT.equals(text(filter, "type")))) {
                Location at = written == null ? listener.at() : written.value().at();
                List<Node> all = new ArrayList<>(filters);
                all.addFirst(mapping(at, "type", FAULT));
                entries.put("filters", new Node.Entry(at, sequence(at, all)));
            }
        });
    }

    private Node cluster(Node.Mapping cluster) {
        String name = text(cluster, "name");
        List<String> addresses = endpoints.get(name == null ? "" : name);
        if (addresses == null && !kept.contains(name == null ? "" : name) && !isLocal(cluster)) {
            addresses = List.of(REFUSING);
        }
        if (addresses == null) {
            return cluster;
        }
        Node.Entry written = cluster.entries().get("endpoints");
        Location at = written == null ? cluster.at() : written.value().at();
        List<Node> old = written == null ? List.of() : items(written.value());
        List<Node> now = new ArrayList<>();
        for (int i = 0; i < addresses.size(); i++) {
            Node address = text(at, addresses.get(i));
            now.add(i < old.size() && old.get(i) instanceof Node.Mapping endpoint
                    ? changed(endpoint, entries -> entries.put("address", new Node.Entry(at, address)))
                    : mapping(at, "address", addresses.get(i)));
        }
        return changed(cluster, entries -> {
            entries.remove("endpointsFile");
            entries.remove("dns");
            entries.put("endpoints", new Node.Entry(at, sequence(at, now)));
        });
    }

    /** Whether all endpoints are written, and on this machine. */
    private static boolean isLocal(Node.Mapping cluster) {
        Node.Entry endpoints = cluster.entries().get("endpoints");
        return endpoints != null && items(endpoints.value()).stream().allMatch(endpoint -> {
            String address = text(endpoint, "address");
            return address == null || LOOPBACK.stream().anyMatch(address::startsWith);
        });
    }

    private static List<Node> items(Node node) {
        return node instanceof Node.Sequence sequence
                ? sequence.items()
                : node instanceof Node.Mapping ? List.of(node) : List.of();
    }

    private static @Nullable String text(Node node, String key) {
        Node.Entry entry = node instanceof Node.Mapping mapping ? mapping.entries().get(key) : null;
        return entry != null && entry.value() instanceof Node.Scalar scalar ? scalar.text() : null;
    }

    private static Node.Entry each(Node.Entry list, Function<Node.Mapping, Node> change) {
        if (!(list.value() instanceof Node.Sequence sequence)) {
            return list;
        }
        List<Node> items = sequence.items().stream()
                .map(item -> item instanceof Node.Mapping mapping ? change.apply(mapping) : item).toList();
        return replaced(list, new Node.Sequence(sequence.at(), items, sequence.size(), sequence.height()));
    }

    private static Node.Entry replaced(Node.Entry entry, Node value) {
        return new Node.Entry(entry.keyAt(), value);
    }

    private static Node.Mapping changed(Node.Mapping mapping, Consumer<Map<String, Node.Entry>> how) {
        Map<String, Node.Entry> entries = new LinkedHashMap<>(mapping.entries());
        how.accept(entries);
        return new Node.Mapping(mapping.at(), entries, mapping.size(), mapping.height());
    }

    private static Node text(Location at, String text) {
        return new Node.Scalar(at, Node.Kind.TEXT, text);
    }

    private static Node mapping(Location at, String key, String value) {
        Map<String, Node.Entry> entries = new LinkedHashMap<>();
        entries.put(key, new Node.Entry(at, text(at, value)));
        return new Node.Mapping(at, entries, 2, 1);
    }

    private static Node sequence(Location at, List<Node> items) {
        return new Node.Sequence(at, items, 1 + items.size(), 2);
    }
}
