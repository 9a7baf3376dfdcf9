package dev.sluice.runtime.config;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.Rate;
import dev.sluice.api.net.Cidr;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.config.ScalarParser.Bad;
import dev.sluice.runtime.config.ScalarParser.Good;
import dev.sluice.runtime.config.model.LogTarget;
import dev.sluice.runtime.shape.Shape.ScalarShape;
import dev.sluice.runtime.shape.Syntax;
import dev.sluice.runtime.yaml.Node;

/** The parsers of all scalar values that a record may have. */
final class ScalarParsers {
    private static final ScalarParser<Duration> ANY_DURATION = Quantities.duration(Duration.ZERO,
            Duration.ofDays(36_500));
    private static final ScalarParser<Long> ANY_SIZE = Quantities.size(0, Long.MAX_VALUE);
    private static final ScalarParser<Long> ANY_NUMBER = Scalars.whole(Long.MIN_VALUE, Long.MAX_VALUE);
    /** The syntax of types that have a {@code parse}, as far as it is known. */
    private static final Map<Class<?>, ScalarSyntax> SYNTAXES = Map.of(ByteSize.class, ScalarSyntax.SIZE, Rate.class,
            ScalarSyntax.RATE, Cidr.class,
            ScalarSyntax.CIDR, IpAddress.class, ScalarSyntax.IP);

    private ScalarParsers() {}

    /**
     * The parser of a shape.
     * @throws IllegalArgumentException if the bounds of the shape are wrong
     */
    static ScalarParser<?> of(ScalarShape shape) {
        return shape.syntax() == null ? byType(shape) : bySyntax(shape, shape.syntax());
    }

    private static ScalarParser<?> bySyntax(ScalarShape shape, Syntax.Kind syntax) {
        return switch (syntax) {
            case TEXT, FILTER_TYPE -> (ScalarParser<String>) Scalars::text;
            case BYTES -> (ScalarParser<String>) Scalars::bytes;
            case LINE -> (ScalarParser<String>) Scalars::line;
            case NAME -> Scalars.NAME;
            case PATH -> Scalars.PATH;
            case LOG_TARGET -> (ScalarParser<LogTarget>) Scalars::logTarget;
            case DURATION_OR_OFF -> Quantities.durationOrOff(duration(shape.min()), duration(shape.max()));
            case SECONDS -> Quantities.seconds((int) duration(shape.min()).toSeconds(),
                    (int) duration(shape.max()).toSeconds());
            case LISTEN_ADDRESS -> ScalarParser.of(ScalarSyntax.ADDRESS, Addresses::listen);
            case ENDPOINT_ADDRESS -> ScalarParser.of(ScalarSyntax.ADDRESS, Addresses::endpoint);
            case PROTOCOL -> ProtocolNames.PROTOCOL;
            case SERVER_NAME -> ServerName.PARSER;
            case PASSED_SERVER_NAME -> ServerName.PASSED_THROUGH;
            case CLIENT_NAME -> ScalarParser.of(ScalarSyntax.TEXT, ServerName::ofClient);
            case ALPN -> ProtocolNames.ALPN;
        };
    }

    private static ScalarParser<?> byType(ScalarShape shape) {
        Class<?> type = shape.type();
        Method parse = shape.parse();
        if (parse != null) {
            return ScalarParser.of(SYNTAXES.getOrDefault(type, ScalarSyntax.TEXT),
                    input -> PluginCode.parse(parse, input));
        }
        if (type == int.class || type == Integer.class) {
            return Scalars.integer((int) number(shape.min(), Integer.MIN_VALUE),
                    (int) number(shape.max(), Integer.MAX_VALUE));
        }
        if (type == long.class || type == Long.class) {
            return Scalars.whole(number(shape.min(), Long.MIN_VALUE), number(shape.max(), Long.MAX_VALUE));
        }
        if (type == boolean.class || type == Boolean.class) {
            return Scalars.flag();
        }
        if (type == double.class || type == Double.class) {
            return Scalars.decimal();
        }
        if (type == Duration.class && shape.min().isEmpty() && shape.max().isEmpty()) {
            return Quantities.unboundedDuration(Duration.ofDays(365));
        }
        if (type == Duration.class) {
            return Quantities.duration(shape.min().isEmpty() ? Duration.ZERO : duration(shape.min()),
                    shape.max().isEmpty() ? Duration.ofDays(365) : duration(shape.max()));
        }
        if (type == ByteSize.class) {
            long min = shape.min().isEmpty() ? 0 : bound(ANY_SIZE, shape.min());
            long max = shape.max().isEmpty() ? Long.MAX_VALUE : bound(ANY_SIZE, shape.max());
            return Quantities.size(min, max).map(ByteSize::new);
        }
        return type.isEnum()
                ? Scalars.choice((Enum<?>[]) type.getEnumConstants())
                : input -> new Good<Object>(input.text());
    }

    private static long number(String bound, long none) {
        return bound.isEmpty() ? none : bound(ANY_NUMBER, bound);
    }

    private static Duration duration(String bound) {
        return bound(ANY_DURATION, bound);
    }

    private static <T> T bound(ScalarParser<T> parser, String text) {
        ScalarParser.Result<T> result = parser.parse(new ScalarParser.Input(text, Node.Kind.NUMBER, true));
        // Not a switch over patterns: the JVM would write a class for it at each start.
        if (result instanceof Bad<T> bad) {
            throw new IllegalArgumentException(bad.what());
        }
        return ((Good<T>) result).value();
    }
}
