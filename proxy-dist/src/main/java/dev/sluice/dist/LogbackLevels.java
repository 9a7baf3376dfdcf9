package dev.sluice.dist;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.sluice.runtime.LogLevels;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The levels of logback's loggers. Any thread. */
final class LogbackLevels implements LogLevels {
    @Override
    public Map<String, String> levels() {
        Map<String, String> levels = new TreeMap<>();
        for (Logger logger : context().getLoggerList()) {
            if (logger.getLevel() != null) {
                levels.put(logger.getName(), logger.getLevel().levelStr.toLowerCase(Locale.ROOT));
            }
        }
        return levels;
    }

    @Override
    public void level(String logger, @Nullable String level) {
        context().getLogger(logger).setLevel(level == null ? null : Level.valueOf(level.toUpperCase(Locale.ROOT)));
    }

    private static LoggerContext context() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            return context;
        }
        throw new IllegalStateException("the log is not that of logback, because of -Dslf4j.provider");
    }
}
