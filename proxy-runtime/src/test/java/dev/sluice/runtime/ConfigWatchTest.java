package dev.sluice.runtime;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import dev.sluice.runtime.testing.Await;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The watch over files, look by look. */
class ConfigWatchTest {
    private volatile String read = "1";
    private volatile String now = "1";
    private boolean valid = true;
    private Consumer<String> onReload = text -> {};
    private final List<String> reloads = new CopyOnWriteArrayList<>();
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
            onReload.accept(now);
        }
    });

    private ConfigWatch watch() {
        return watch;
    }

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

    /** A half in which the section that switches the watch on is not there yet. */
    @Test
    void aValidHalfDoesNotEndTheWatchBeforeTheRestCame() {
        Duration interval = Duration.ofMillis(5);
        onReload = text -> watch().every(text.equals("whole") ? interval : Duration.ZERO);
        watch.every(interval);
        now = "half";
        Await.equal("reloads", List.of("half"), () -> List.copyOf(reloads));
        now = "whole";
        Await.equal("reloads", List.of("half", "whole"), () -> List.copyOf(reloads));
        now = "without watch";
        Await.equal("reloads", 3, reloads::size);
        Await.until("the watch to end", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("sluice-watch")));
        now = "later";
        look(3);
        assertEquals("later", reloads.getLast());
        watch.close();
    }

    @Test
    void aChangeByAnotherReloadEndsItAtOnce() {
        watch.every(Duration.ofMillis(5));
        watch.every(Duration.ZERO);
        now = "other";
        Await.until("the watch to end", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("sluice-watch")));
        assertEquals(List.of(), reloads);
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
