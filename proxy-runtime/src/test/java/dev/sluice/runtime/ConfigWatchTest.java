package dev.sluice.runtime;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The watch over files, look by look. */
class ConfigWatchTest {
    private String read = "1";
    private String now = "1";
    private boolean valid = true;
    private final List<String> reloads = new ArrayList<>();
    private final ConfigWatch watch = new ConfigWatch(new ConfigWatch.Files() {
        @Override
        public Object then() {
            return read;
        }

        @Override
        public Object now() {
            return now;
        }

        @Override
        public void reload() {
            reloads.add(now);
            if (valid) {
                read = now;
            }
        }
    });

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            watch.look();
        }
    }

    @Test
    void filesThatStayAreNotRead() {
        look(5);
        assertEquals(List.of(), reloads);
    }

    @Test
    void aChangeCountsOnceTwoLooksAreEqual() {
        now = "half";
        look(1);
        now = "whole";
        look(1);
        assertEquals(List.of(), reloads);
        look(1);
        assertEquals(List.of("whole"), reloads);
        look(5);
        assertEquals(List.of("whole"), reloads);
    }

    @Test
    void aRefusedChangeIsNotTriedAgainBeforeTheNextOne() {
        valid = false;
        now = "bad";
        look(6);
        assertEquals(List.of("bad"), reloads);
        now = "worse";
        look(6);
        assertEquals(List.of("bad", "worse"), reloads);
    }

    @Test
    void aChangeThatIsTakenBackAndMadeAgainIsTriedAgain() {
        valid = false;
        now = "bad";
        look(3);
        now = "1";
        look(1);
        now = "bad";
        look(3);
        assertEquals(List.of("bad", "bad"), reloads);
    }
}
