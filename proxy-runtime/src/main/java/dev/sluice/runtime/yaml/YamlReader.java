package dev.sluice.runtime.yaml;

import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.io.IOContext;
import tools.jackson.core.util.BufferRecycler;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * A reader that turns the YAML of one source into a tree of {@link Node}s. Duplicate keys are reported and reading goes
 * on; it ends at text that the scanner cannot continue after, and at content that would cost too much for a
 * configuration. Used by one thread, for one source.
 */
public final class YamlReader {
    /** The deepest nesting of collections, aliases written out. */
    public static final int MAX_DEPTH = 32;
    /** The most characters of one value. */
    static final int MAX_SCALAR = 64 * 1024;

    /** The number of nodes that the files of one load may still have together, aliases written out. */
    public static final class Budget {
        static final int NODES = 200_000;

        private int left = NODES;

        private boolean take(int nodes) {
            left -= Math.min(nodes, left + 1);
            return left >= 0;
        }
    }

    /** The end of the reading of a source, whose problem has been reported. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused() {
            super(null, null, false, false);
        }
    }

    private static final YAMLFactory YAML = new AnchoredYamlFactory();

    private final SourceText source;
    private final ProblemSink problems;
    private final Budget budget;
    private final AnchoredYamlParser parser;
    private final Map<String, Node> anchors = new HashMap<>();
    private final Set<String> openAnchors = new HashSet<>();
    private Location at;

    private YamlReader(SourceText source, ProblemSink problems, Budget budget) {
        this.source = source;
        this.problems = problems;
        this.budget = budget;
        this.parser = (AnchoredYamlParser) YAML.createParser(ObjectReadContext.empty(),
                new StringReader(source.text()));
        this.at = source.start();
    }

    /**
     * The root of the document, a null scalar for an empty one; null if it cannot be read, with at least one problem
     * reported.
     */
    public static @Nullable Node read(SourceText source, ProblemSink problems, Budget budget) {
        try {
            YamlReader reader = new YamlReader(source, problems, budget);
            try (reader.parser) {
                reader.refuseUnprintable();
                return reader.document();
            }
        } catch (Refused e) {
            return null;
        }
    }

    private void refuseUnprintable() {
        String text = source.text();
        for (int i = 0; i < text.length(); i++) {
            char first = text.charAt(i);
            if (first >= 0x20 && first < 0x7F) {
                continue;
            }
            int c = text.codePointAt(i);
            i += Character.charCount(c) - 1;
            if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && c < 0xA0 && c != 0x85)
                    || (c >= 0xD800 && c <= 0xDFFF) || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF) {
                at = source.locationOf(i);
                throw refuse(NodePath.ROOT, "the character U+%04X is not allowed in YAML".formatted(c),
                        "printable characters; in a text in double quotes it is written \\u%04X".formatted(c));
            }
        }
    }

    private Node document() {
        JsonToken first = next();
        if (first == null) {
            return new Node.Scalar(source.start(), Node.Kind.NOTHING, "");
        }
        Node root = node(first, NodePath.ROOT, 0);
        if (next() != null) {
            throw refuse(NodePath.ROOT, "a second YAML document starts here", "one document in a file");
        }
        return root;
    }

    private Node node(JsonToken token, NodePath path, int depth) {
        String tag = parser.getRawTag();
        if (tag != null) {
            throw refuse(path, "the YAML tag " + Printable.quote(tag) + " is not supported", "values without tags");
        }
        if (parser.isCurrentAlias()) {
            return alias(parser.getString(), path, depth);
        }
        if (!budget.take(1)) {
            throw tooManyNodes(path);
        }
        String anchor = parser.getObjectId();
        if (anchor != null) {
            openAnchors.add(anchor);
        }
        Node node = switch (token) {
            case START_OBJECT -> mapping(path, deeper(path, depth));
            case START_ARRAY -> sequence(path, deeper(path, depth));
            default -> scalar(token, path);
        };
        if (anchor != null) {
            openAnchors.remove(anchor);
            anchors.put(anchor, node);
        }
        return node;
    }

    private int deeper(NodePath path, int depth) {
        if (depth == MAX_DEPTH) {
            throw nestedTooDeeply(path);
        }
        return depth + 1;
    }

    private Node alias(String name, NodePath path, int depth) {
        Node target = anchors.get(name);
        if (openAnchors.contains(name)) {
            throw refuse(path, "the alias " + Printable.quote("*" + name) + " is inside its own anchor", null);
        }
        if (target == null) {
            throw refuse(path, "the alias " + Printable.quote("*" + name) + " has no anchor before it", null);
        }
        if (depth + target.height() > MAX_DEPTH) {
            throw nestedTooDeeply(path);
        }
        if (!budget.take(target.size())) {
            throw tooManyNodes(path);
        }
        return target;
    }

    private Node mapping(NodePath path, int depth) {
        Location start = at;
        Map<String, Node.Entry> entries = new LinkedHashMap<>();
        int size = 1;
        int height = 0;
        while (required(next()) != JsonToken.END_OBJECT) {
            Location keyAt = at;
            String key = parser.getString();
            NodePath keyPath = path.key(key);
            Node value = node(required(next()), keyPath, depth);
            size += value.size();
            height = Math.max(height, value.height());
            Node.Entry first = entries.putIfAbsent(key, new Node.Entry(keyAt, value));
            if (first != null) {
                problems.add(keyAt, keyPath,
                        "duplicate key " + Printable.quote(key) + ", first in line " + first.keyAt().line(), null,
                        null);
                stopWhenFull();
            }
        }
        return new Node.Mapping(start, entries, size, height + 1);
    }

    private Node sequence(NodePath path, int depth) {
        Location start = at;
        List<Node> items = new ArrayList<>();
        int size = 1;
        int height = 0;
        for (JsonToken token = required(next()); token != JsonToken.END_ARRAY; token = required(next())) {
            Node item = node(token, path.index(items.size()), depth);
            size += item.size();
            height = Math.max(height, item.height());
            items.add(item);
        }
        return new Node.Sequence(start, items, size, height + 1);
    }

    private Node scalar(JsonToken token, NodePath path) {
        String text = parser.getString();
        if (text.length() > MAX_SCALAR) {
            throw refuse(path, "this value has " + text.length() + " characters", "at most " + MAX_SCALAR);
        }
        Node.Kind kind = switch (token) {
            case VALUE_NULL -> Node.Kind.NOTHING;
            case VALUE_TRUE, VALUE_FALSE -> Node.Kind.BOOLEAN;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Node.Kind.NUMBER;
            default -> Node.Kind.TEXT;
        };
        return new Node.Scalar(at, kind, text);
    }

    private @Nullable JsonToken next() {
        JsonToken token;
        try {
            token = parser.nextToken();
        } catch (JacksonException e) {
            throw syntax(e);
        } catch (RuntimeException e) {
            // The scanner is known to throw unchecked exceptions of any kind on malformed input; a bad file must never
            // look like a crash.
            throw refuse(NodePath.ROOT, "this is not YAML: " + e.getMessage(), null);
        }
        if (token != null) {
            TokenStreamLocation start = parser.currentTokenLocation();
            at = new Location(source, start.getLineNr(), start.getColumnNr());
        }
        return token;
    }

    /**
     * A token that must be there. The grammar has no end of the stream inside a collection, but a defect there must not
     * become a crash here.
     */
    private JsonToken required(@Nullable JsonToken token) {
        if (token == null) {
            throw refuse(NodePath.ROOT, "the file ends inside a list or a mapping", null);
        }
        return token;
    }

    /**
     * The end of reading after a syntax error. Without a path, because the tree may differ from the intended one where
     * the scanner gives up.
     */
    private Refused syntax(JacksonException failure) {
        if (failure.getCause() instanceof MarkedYamlEngineException cause) {
            YamlSyntax.Finding finding = YamlSyntax.explain(cause, source);
            at = finding.at();
            return refuse(NodePath.ROOT, finding.what(), finding.allowed());
        }
        TokenStreamLocation last = parser.currentTokenLocation();
        if (last.getLineNr() > 0) {
            at = new Location(source, last.getLineNr(), last.getColumnNr());
        }
        if (failure.getCause() != null || failure instanceof StreamConstraintsException) {
            return refuse(NodePath.ROOT, "this is not YAML: " + failure.getOriginalMessage(), null);
        }
        return refuse(NodePath.ROOT, "a list, a mapping or an alias cannot be a key", "a plain word as the key");
    }

    private Refused nestedTooDeeply(NodePath path) {
        return refuse(path, "this is nested too deeply", "at most " + MAX_DEPTH + " levels, aliases written out");
    }

    private Refused tooManyNodes(NodePath path) {
        return refuse(path, "the configuration has too many values",
                "at most " + Budget.NODES + " in all files, aliases written out");
    }

    private Refused refuse(NodePath path, String what, @Nullable String allowed) {
        problems.add(at, path, what, allowed, null);
        return new Refused();
    }

    private void stopWhenFull() {
        if (problems.full()) {
            throw new Refused();
        }
    }

    /** A factory of parsers that keep anchors and tags. */
    private static final class AnchoredYamlFactory extends YAMLFactory {
        private static final long serialVersionUID = 1L;

        AnchoredYamlFactory() {
            super(YAMLFactory.builder().loadSettings(LoadSettings.builder()
                    // Jackson would stop at the first duplicate key.
                    .setAllowDuplicateKeys(true)
                    .setCodePointLimit(Integer.MAX_VALUE)
                    // The scanner copies a long scalar each time it reads more of it: few large steps keep that nearly
                    // linear.
                    .setBufferSize(MAX_SCALAR)
                    .build()));
        }

        @Override
        protected YAMLParser _createParser(ObjectReadContext readContext, IOContext ioContext, Reader reader) {
            return new AnchoredYamlParser(readContext, ioContext, _getBufferRecycler(), _streamReadFeatures,
                    _formatReadFeatures, _loadSettings, reader);
        }
    }

    /**
     * A parser that keeps the anchor of a scalar, which Jackson's parser keeps for collections only, and does not
     * decode scalars with a tag.
     */
    private static final class AnchoredYamlParser extends YAMLParser {
        AnchoredYamlParser(ObjectReadContext readContext, IOContext ioContext, BufferRecycler recycler,
                int streamReadFeatures, int formatFeatures, LoadSettings settings, Reader reader) {
            super(readContext, ioContext, recycler, streamReadFeatures, formatFeatures, settings, reader);
        }

        @Override
        protected JsonToken _decodeScalar(ScalarEvent scalar) {
            _currentAnchor = scalar.getAnchor();
            if (scalar.getTag().isPresent()) {
                _textValue = scalar.getValue();
                return JsonToken.VALUE_STRING;
            }
            return super._decodeScalar(scalar);
        }
    }
}
