package dev.sluice.dist;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The levels of logback's loggers, as the admin interface changes them. */
class LogbackLevelsTest {
    private final LogbackLevels levels = new LogbackLevels();

    @Test
    void aLevelIsSetAndTakenAway() {
        Logger logger = (Logger) LoggerFactory.getLogger("dev.sluice.test.levels");
        assertFalse(levels.levels().containsKey(logger.getName()));
        for (String word : new String[]{"off", "error", "warn", "info", "debug", "trace"}) {
            levels.level(logger.getName(), word);
            assertEquals(word, levels.levels().get(logger.getName()));
            assertEquals(Level.toLevel(word), logger.getLevel());
        }
        levels.level(logger.getName(), null);
        assertNull(logger.getLevel());
        assertFalse(levels.levels().containsKey(logger.getName()));
        assertTrue(levels.levels().containsKey("ROOT"));
    }
}
