package dev.sluice.dist;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import sun.misc.Signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class SignalPipeTest {
    /** With signals that nothing else needs, and that by default do nothing. */
    @Test
    void readsTheNumberOfEachSignal() throws Exception {
        SignalPipe pipe = SignalPipe.open();
        for (String name : List.of("URG", "WINCH", "URG")) {
            int number = new Signal(name).getNumber();
            pipe.handle(number);
            long self = ProcessHandle.current().pid();
            assertEquals(0, new ProcessBuilder("sh", "-c", "kill -" + name + " " + self).start().waitFor());
            assertEquals(number, assertTimeoutPreemptively(Duration.ofSeconds(60), pipe::read));
        }
    }
}
