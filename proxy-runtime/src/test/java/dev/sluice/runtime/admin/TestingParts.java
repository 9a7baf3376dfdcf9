package dev.sluice.runtime.admin;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

import dev.sluice.runtime.observe.ConfigFileView;
import dev.sluice.runtime.observe.Metrics;
import dev.sluice.runtime.observe.ProxyView;
import dev.sluice.runtime.selection.Units;

/** The parts of a server, most of them fakes. */
final class TestingParts {
    /** A logging library: the levels of its loggers. */
    static final class Loggers {
        final Map<String, String> levels = new ConcurrentSkipListMap<>(Map.of("ROOT", "warn", "dev.sluice", "info"));

        LoggerAccess access() {
            return new LoggerAccess(() -> Map.copyOf(levels), (logger, level) -> {
                if (level == null) {
                    levels.remove(logger);
                } else {
                    levels.put(logger, level);
                }
            });
        }
    }

    static final List<ConfigFileView> FILES = List.of(new ConfigFileView("/etc/sluice.yaml", "password: ${SECRET}\n"));

    /** Minutes, and numbers without a unit. */
    private static final Units UNITS = new Units() {
        @Override
        public Duration duration(String text) {
            return minutes(text, Duration.ZERO, Duration.ofDays(1));
        }

        @Override
        public long size(String text) {
            return Long.parseLong(text);
        }
    };

    private TestingParts() {}

    static AdminParts of(ProxyView view, AdminCommands commands) {
        return of(view, new Metrics(view, () -> 0), commands);
    }

    static AdminParts of(ProxyView view, Metrics metrics, AdminCommands commands) {
        return new AdminParts(view, metrics, commands, new TestingCaptures(), () -> FILES, new LoggerLevels(null),
                TestingParts::minutes,
                UNITS);
    }

    static AdminParts with(LoggerLevels loggers, ProxyView view) {
        return new AdminParts(view, new Metrics(view, () -> 0), new TestingCommands(), new TestingCaptures(),
                () -> FILES, loggers,
                TestingParts::minutes, UNITS);
    }

    /** A form of durations that no configuration has, so that the one that was given has to be used. */
    static Duration minutes(String text, Duration min, Duration max) {
        if (!text.endsWith("min")) {
            throw new IllegalArgumentException("'" + text + "'; allowed: " + min + " to " + max);
        }
        return Duration.ofMinutes(Long.parseLong(text.substring(0, text.length() - 3)));
    }
}
