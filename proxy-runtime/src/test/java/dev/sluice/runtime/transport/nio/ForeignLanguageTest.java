package dev.sluice.runtime.transport.nio;

import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.runtime.observe.TestingProcess;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Real errors in the language of a process. Where it is not installed, the words are English, and the kinds must be the same. */
class ForeignLanguageTest {
    @ParameterizedTest
    @ValueSource(strings = {"C.UTF-8", "de_DE.UTF-8", "ja_JP.UTF-8"})
    void kindsDoNotDependOnIt(String locale) throws Exception {
        Process process = TestingProcess.start("export LC_ALL=" + locale + " && ulimit -n 100",
                TestingForeignMain.class);
        List<String> lines = process.inputReader().lines().toList();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(List.of("ADDRESS_IN_USE", "DESCRIPTORS"),
                lines.stream().map(line -> line.substring(0, line.indexOf(':'))).toList(), () -> lines.toString());
    }
}
