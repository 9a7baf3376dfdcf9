package dev.sluice.runtime.config;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.shape.Shape.Component;
import dev.sluice.runtime.shape.Shape.ListShape;
import dev.sluice.runtime.shape.Shape.RecordShape;
import dev.sluice.runtime.text.FileErrors;
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.yaml.Node;
import dev.sluice.runtime.yaml.NodePath;
import dev.sluice.runtime.yaml.SourceText;
import dev.sluice.runtime.yaml.YamlReader;
import org.jspecify.annotations.Nullable;

/**
 * A reader of files that have the list of a cluster's endpoints, in YAML or JSON, in the same form as the key {@code endpoints}. Immutable; any
 * thread that may read files.
 */
public final class EndpointsFile {
    /** The most endpoints: the preparation of a cluster takes time that grows with the square of their number. */
    private static final int MOST = 4096;
    private static final String ALLOWED = "a list, as in - address: 10.0.0.1:443; or [] for none";

    private final Environment environment;

    /** @param environment the variables that <code>${NAME}</code> stands for, usually {@link System#getenv()}; copied */
    public EndpointsFile(Map<String, String> environment) {
        this.environment = new Environment(environment);
    }

    /**
     * The endpoints of a file, their addresses distinct; whole, or not at all.
     *
     * @throws ProblemsException if anything is wrong, with all that is
     */
    public List<ClusterConfig.Endpoint> read(Path file) throws ProblemsException {
        Problems problems = new Problems();
        SourceText source = source(file, problems);
        Node root = source == null ? null : YamlReader.read(source, problems, new YamlReader.Budget());
        List<ClusterConfig.Endpoint> endpoints = root == null ? List.of() : bind(root, problems);
        distinct(endpoints, problems);
        if (!problems.isEmpty()) {
            throw new ProblemsException(problems.errors());
        }
        return endpoints;
    }

    private static @Nullable SourceText source(Path file, Problems problems) {
        String what;
        String allowed = null;
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                // A pipe would wait for a writer, for ever.
                what = "it is not a regular file";
            } else {
                byte[] bytes = DocumentLoader.bytes(file);
                if (bytes != null) {
                    return SourceText.decode(file, 0, bytes, problems);
                }
                what = "the file is larger than a list of endpoints can be";
                allowed = "at most " + Quantities.show(DocumentLoader.MAX_FILE);
            }
        } catch (IOException e) {
            what = "cannot read the file: " + FileErrors.reason(e);
        }
        problems.add(new SourceText(file.toString(), 0, "").whole(), NodePath.ROOT, what, allowed, null);
        return null;
    }

    private List<ClusterConfig.Endpoint> bind(Node root, Problems problems) {
        if (!(root instanceof Node.Sequence list)) {
            // An empty file is one that is being written, or was cut; a set is never emptied by accident.
            problems.add(root.at(), NodePath.ROOT, Section.isNothing(root) || isEmpty(root)
                    ? "the file is empty"
                    : "this is " + Section.noun(root), ALLOWED, null);
            return List.of();
        }
        if (list.items().size() > MOST) {
            problems.add(list.items().get(MOST).at(), NodePath.ROOT, "there are " + list.items().size() + " endpoints",
                    "at most " + MOST + " in a file", null);
            return List.of();
        }
        Object bound = new RecordBinder(new Context(problems, environment)).list(shape(), root, NodePath.ROOT);
        return bound instanceof List<?> endpoints
                ? endpoints.stream().map(ClusterConfig.Endpoint.class::cast).toList()
                : List.of();
    }

    private static boolean isEmpty(Node root) {
        return root instanceof Node.Mapping mapping && mapping.entries().isEmpty();
    }

    /** The shape of the key {@code endpoints} of a cluster. */
    private static ListShape shape() {
        RecordShape cluster = (RecordShape) list(ConfigurationBinder.shape(), "clusters").element();
        return list(cluster, "endpoints");
    }

    private static ListShape list(RecordShape record, String key) {
        return record.components().stream().filter(component -> component.key().equals(key)).map(Component::shape)
                .map(ListShape.class::cast).findFirst().orElseThrow();
    }

    private static void distinct(List<ClusterConfig.Endpoint> endpoints, Problems problems) {
        Map<SocketAddress, ConfigPlace> seen = new HashMap<>();
        for (ClusterConfig.Endpoint endpoint : endpoints) {
            ConfigPlace first = seen.putIfAbsent(endpoint.address(), endpoint.place());
            if (first != null) {
                ConfigPlace.Spot at = endpoint.place().at("address");
                problems.add(at, "a second endpoint " + AddressText.of(endpoint.address())
                        + " in this file; the first is " + first.at("address").from(at),
                        "each endpoint once, with a weight", null);
            }
        }
    }
}
