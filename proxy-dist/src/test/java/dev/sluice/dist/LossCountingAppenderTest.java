package dev.sluice.dist;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LossCountingAppenderTest {
    private static final int THREADS = 4;
    private static final int LINES_EACH = 5_000;

    @Test
    void aStuckReaderCostsLinesAndTheyAreCountedExactly() throws Exception {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        StuckAppender stuck = new StuckAppender();
        stuck.setContext(context);
        stuck.start();
        Logger logger = context.getLogger("test");
        LossCountingAppender queue = new LossCountingAppender(logger);
        queue.setContext(context);
        queue.addAppender(stuck);
        queue.start();
        logger.addAppender(queue);
        logger.setLevel(Level.INFO);

        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            writers.add(Thread.ofPlatform().start(() -> {
                for (int line = 0; line < LINES_EACH; line++) {
                    logger.info("line");
                }
            }));
        }
        for (Thread writer : writers) {
            assertTrue(writer.join(Duration.ofSeconds(60)), "no writer may wait for the reader");
        }
        stuck.released.countDown();
        context.stop();

        Pattern loss = Pattern.compile("(\\d+) log lines were dropped.*");
        int written = 0;
        int dropped = 0;
        for (String message : stuck.messages) {
            Matcher matcher = loss.matcher(message);
            if (matcher.matches()) {
                dropped += Integer.parseInt(matcher.group(1));
            } else {
                written++;
            }
        }
        assertTrue(dropped > 0, "the queue must have been full");
        assertEquals(THREADS * LINES_EACH, written + dropped);
    }

    /** Standard error with a full pipe. */
    private static final class StuckAppender extends AppenderBase<ILoggingEvent> {
        final CountDownLatch released = new CountDownLatch(1);
        final List<String> messages = new ArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            try {
                assertTrue(released.await(60, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            messages.add(event.getFormattedMessage());
        }
    }
}
