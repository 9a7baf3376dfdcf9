package com.example.replacetext;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.Counter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.HoldExpiry;
import dev.sluice.api.TransformBytes;
import dev.sluice.api.TransformFilter;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;

/** The filter type {@code replace-text}. */
public final class ReplaceText implements FilterProvider<ReplaceText.Config> {
    /** The most bytes that a filter is shown and may hold; the texts are much shorter. */
    private static final int MAX_HELD_BYTES = 4096;
    private static final int MAX_TEXT_BYTES = 256;
    /** The longest pause in the middle of a text. After that the held bytes are passed on as they are. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /**
     * The configuration.
     *
     * @param find the text to look for
     * @param replacement the text in its place
     */
    public record Config(
            @ConfigDescription("Text to look for in the bytes of endpoints.") String find,
            @ConfigDescription("Text to put in its place; empty = none.") @ConfigDefault("\"\"") String replacement) {
        public Config {
            check("find", find);
            check("replacement", replacement);
            if (find.isEmpty()) {
                throw new ConfigException("find", "an empty text is everywhere", "at least one character", null);
            }
        }

        private static void check(String key, String text) {
            if (text.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT_BYTES) {
                throw new ConfigException(key, "the text is too long", "at most " + MAX_TEXT_BYTES + " bytes of UTF-8",
                        null);
            }
        }
    }

    @Override
    public String type() {
        return "replace-text";
    }

    @Override
    public Class<Config> configType() {
        return Config.class;
    }

    @Override
    public String description() {
        return "Replaces a text in the bytes of endpoints.";
    }

    @Override
    public FilterFactory create(Config config, FilterEnvironment environment) {
        FilterTraits traits = FilterTraits.transforms(Direction.UPSTREAM_TO_CLIENT).holds(MAX_HELD_BYTES, PATIENCE);
        ConnectionFilter filter = new Filter(config.find().getBytes(StandardCharsets.UTF_8),
                config.replacement().getBytes(StandardCharsets.UTF_8), environment.counter("replacements"));
        return new FilterFactory() {
            @Override
            public FilterTraits traits() {
                return traits;
            }

            @Override
            public ConnectionFilter newFilter(ConnectionInfo connection) {
                return filter;
            }
        };
    }

    /** Without state: bytes that may be the beginning of the text are held by the proxy and shown again. */
    private static final class Filter implements TransformFilter {
        private final byte[] find;
        private final byte[] replacement;
        private final Counter replacements;

        Filter(byte[] find, byte[] replacement, Counter replacements) {
            this.find = find;
            this.replacement = replacement;
            this.replacements = replacements;
        }

        @Override
        public DataAction onData(Direction direction, TransformBytes bytes, ConnectionContext context) {
            while (bytes.forwarded() < bytes.length() && bytes.emitCapacity() > 0) {
                int start = bytes.forwarded();
                int equal = equalBytes(bytes, start);
                if (equal == find.length) {
                    if (bytes.emitCapacity() < replacement.length) {
                        // Called again as soon as there is room.
                        break;
                    }
                    bytes.drop(find.length);
                    bytes.emit(replacement, 0, replacement.length);
                    replacements.increment();
                } else if (start + equal == bytes.length() && !bytes.endOfStream()) {
                    // Perhaps the beginning of the text: called again when more has arrived.
                    break;
                } else {
                    int next = bytes.indexOf(find[0], start + 1, bytes.length());
                    int others = (next < 0 ? bytes.length() : next) - start;
                    bytes.forward(Math.min(others, bytes.emitCapacity()));
                }
            }
            return DataAction.CONTINUE;
        }

        /** The rest of the text is missing, or comes late: an endpoint that waits for an answer would wait for ever. */
        @Override
        public DataAction onHoldExpired(Direction direction, HoldExpiry cause, TransformBytes bytes,
                ConnectionContext context) {
            if (cause == HoldExpiry.END_OF_STREAM) {
                return DataAction.DETACH;
            }
            bytes.forwardAll();
            return DataAction.CONTINUE;
        }

        private int equalBytes(TransformBytes bytes, int start) {
            int most = Math.min(find.length, bytes.length() - start);
            int equal = 0;
            while (equal < most && bytes.get(start + equal) == find[equal]) {
                equal++;
            }
            return equal;
        }
    }
}
