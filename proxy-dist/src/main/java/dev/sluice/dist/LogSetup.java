package dev.sluice.dist;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The default configuration of the log: everything goes to standard error, as text or JSON. Set up without XML, by
 * {@link LogProvider} when the first logger is made.
 */
final class LogSetup {
    static final String FORMAT_PROPERTY = "sluice.log.format";
    static final String LEVEL_PROPERTY = "sluice.log.level";

    private static volatile @Nullable LateEncoder late;

    private LogSetup() {}

    /** Chooses format and level; without effect once the first logger exists. */
    static void choose(LogFormat format, Level level) {
        System.setProperty(FORMAT_PROPERTY, format.name());
        System.setProperty(LEVEL_PROPERTY, level.levelStr);
    }

    /** Writes what is queued, waiting a second at most for a slow reader, and ends logging. */
    static void flush() {
        // Getting the factory would set logging up, only to end it.
        if (LogProvider.inUse() && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
    }

    /** Loads everything that the first line needs: months later its files may be gone, or no descriptor may be left. */
    static void prepare() {
        LateEncoder encoder = late;
        if (encoder != null) {
            encoder.prepare();
        }
    }

    static void configure(LoggerContext context) {
        LogFormat format = LogFormat.valueOf(System.getProperty(FORMAT_PROPERTY, LogFormat.TEXT.name()));
        Level level = Level.toLevel(System.getProperty(LEVEL_PROPERTY), Level.INFO);

        LateEncoder encoder = new LateEncoder(() -> encoder(format));
        late = encoder;
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setName("stderr");
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.setContext(context);
        console.start();
        LossCountingAppender queue = new LossCountingAppender(context.getLogger(LossCountingAppender.class));
        queue.setName("log");
        queue.setContext(context);
        queue.addAppender(console);
        queue.start();

        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(queue);
        // The libraries' own detail is noise to an operator; their warnings are not.
        root.setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
        context.getLogger("dev.sluice").setLevel(level);
    }

    static Encoder<ILoggingEvent> encoder(LogFormat format) {
        return format == LogFormat.JSON ? json() : text();
    }

    private static Encoder<ILoggingEvent> text() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        // Input from the network must not be able to look like a line of the log, or to move the cursor.
        encoder.setPattern(
                "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{0}: %replace(%msg){'[\\x00-\\x1f\\x7f]', '?'}%n");
        return encoder;
    }

    private static Encoder<ILoggingEvent> json() {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithMDC(false);
        encoder.setWithMarkers(false);
        encoder.setWithArguments(false);
        encoder.setWithMessage(false);
        encoder.setWithFormattedMessage(true);
        return encoder;
    }
}
