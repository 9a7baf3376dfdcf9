package dev.sluice.runtime.admin;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.Rate;
import dev.sluice.api.fault.BlackHole;
import dev.sluice.api.fault.CutPoint;
import dev.sluice.api.fault.Fault;
import dev.sluice.api.fault.FaultDirection;
import dev.sluice.api.fault.Slice;
import org.jspecify.annotations.Nullable;

/** A reader of faults in the parameters of a request, which have the names and forms of the configuration's keys. One thread. */
final class FaultReader {
    /** The names of the parameters. */
    static final List<String> PARAMETERS = List.of("name", "latency", "jitter", "bandwidth", "slice", "every",
            "blackHole", "thenReset", "resetAfter", "finishAfter", "slowClose", "garble", "refuse", "direction",
            "toxicity", "seed", "cluster", "endpoint");
    private static final Duration LONGEST_DELAY = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofHours(24);

    private final Map<String, String> parameters;
    private final DurationReader durations;

    FaultReader(Map<String, String> parameters, DurationReader durations) {
        this.parameters = parameters;
        this.durations = durations;
    }

    /**
     * The fault of the parameters.
     *
     * @throws BadRequestException with the parameter that is wrong, and what is allowed
     */
    Fault read() {
        try {
            Optional<Duration> thenReset = time("thenReset", LONGEST);
            Optional<BlackHole> hole = flag("blackHole") || thenReset.isPresent()
                    ? Optional.of(new BlackHole(thenReset))
                    : Optional.empty();
            return new Fault(value("name", Function.identity()), time("latency", LONGEST_DELAY),
                    time("jitter", LONGEST_DELAY), value("bandwidth", Rate::parse), slice(), hole,
                    value("resetAfter", CutPoint::parse), value("finishAfter", ByteSize::parse),
                    time("slowClose", LONGEST_DELAY), value("garble", Double::valueOf),
                    flag("refuse") ? Optional.of(true) : Optional.empty(),
                    value("direction", FaultReader::direction).orElse(FaultDirection.UPSTREAM_TO_CLIENT),
                    value("toxicity", Double::valueOf).orElse(1.0), value("seed", Long::valueOf).orElse(1L),
                    value("cluster", Function.identity()), value("endpoint", Function.identity()));
        } catch (ConfigException e) {
            throw refused(e.key(), e);
        }
    }

    private Optional<Slice> slice() {
        Optional<Duration> every = time("every", LONGEST_DELAY);
        Optional<Slice> sizes = value("slice", FaultReader::sizes);
        if (every.isPresent() && sizes.isEmpty()) {
            throw new BadRequestException("every: there is no slice that it belongs to");
        }
        return sizes.map(slice -> new Slice(slice.min(), slice.max(), every.orElse(Duration.ZERO)));
    }

    private static Slice sizes(String text) {
        int dash = text.indexOf('-');
        if (dash < 1) {
            throw new ConfigException(null, "'" + text + "' has not two sizes", "two sizes, such as 3-7", null);
        }
        return new Slice(Integer.parseInt(text.substring(0, dash)), Integer.parseInt(text.substring(dash + 1)),
                Duration.ZERO);
    }

    private static FaultDirection direction(String text) {
        for (FaultDirection each : FaultDirection.values()) {
            if (each.label().equals(text)) {
                return each;
            }
        }
        throw new ConfigException(null, "'" + text + "' is no direction",
                "client-to-upstream, upstream-to-client or both", null);
    }

    private boolean flag(String name) {
        return new AdminRequest(List.of(), parameters).flag(name);
    }

    private Optional<Duration> time(String name, Duration longest) {
        try {
            return Optional.ofNullable(parameters.get(name))
                    .map(text -> durations.read(text, Duration.ZERO, longest));
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(name + ": " + e.getMessage());
        }
    }

    private <T> Optional<T> value(String name, Function<String, T> reading) {
        try {
            return Optional.ofNullable(parameters.get(name)).map(reading);
        } catch (ConfigException e) {
            throw refused(name, e);
        } catch (NumberFormatException e) {
            throw new BadRequestException(name + ": '" + parameters.get(name) + "' is no number");
        }
    }

    private static BadRequestException refused(@Nullable String key, ConfigException e) {
        return new BadRequestException((key == null ? "" : key + ": ") + e.what()
                + (e.allowed() == null ? "" : "; allowed: " + e.allowed()));
    }
}
