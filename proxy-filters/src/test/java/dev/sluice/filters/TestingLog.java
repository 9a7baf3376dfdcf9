package dev.sluice.filters;

import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import dev.sluice.api.FilterEnvironment;

/** The log of a filter, in place of the console. */
public final class TestingLog extends Handler implements AutoCloseable {
    private final Logger logger;
    private final List<String> messages = new CopyOnWriteArrayList<>();

    /** Listens to the logger of an environment. */
    public TestingLog(FilterEnvironment environment) {
        logger = Logger.getLogger(environment.logger().getName());
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    /** Level and text of each message. */
    public List<String> messages() {
        return messages;
    }

    @Override
    public void publish(LogRecord record) {
        String text = record.getParameters() == null
                ? record.getMessage()
                : MessageFormat.format(record.getMessage(), record.getParameters());
        messages.add(record.getLevel() + " " + text);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
