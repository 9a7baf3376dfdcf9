package dev.sluice.runtime.transport.epoll;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

class EventLayoutTest {
    /** {@code sizeof} and {@code offsetof} as compilers for these processors have them. */
    @ParameterizedTest
    @CsvSource({"amd64, 12, 4", "x86_64, 12, 4", "aarch64, 16, 8"})
    void theStructureIsPackedOnOneArchitectureOnly(String arch, int bytes, int data) {
        assertEquals(new EventLayout(bytes, data), EventLayout.of(arch));
    }

    @Test
    void othersAreNotGuessed() {
        assertNull(EventLayout.of("riscv64"));
    }
}
