package dev.sluice.dist;

import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** The code as the GNU assembler makes it of the instructions in the comments. */
class SignalHandlerCodeTest {
    @ParameterizedTest
    @CsvSource({
        "amd64, f30f1efa 57 4889e6 bf34120000 ba04000000 b801000000 0f05 5f c3",
        "aarch64, 5f2403d5 e00f1ff8 e1030091 80468252 820080d2 080880d2 010000d4 ff430091 c0035fd6"})
    void isWhatAnAssemblerWrites(String architecture, String expected) {
        assertEquals(expected.replace(" ", ""),
                HexFormat.of().formatHex(SignalHandlerCode.writingTo(0x1234, architecture)));
    }

    @Test
    void otherArchitecturesHaveNone() {
        assertThrows(UnsupportedOperationException.class, () -> SignalHandlerCode.writingTo(5, "riscv64"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0x10000})
    void aDescriptorThatDoesNotFitIsRefused(int descriptor) {
        assertThrows(UnsupportedOperationException.class, () -> SignalHandlerCode.writingTo(descriptor, "aarch64"));
    }
}
