package dev.sluice.api.config;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "512, 512",
        "1KiB, 1024",
        "64KiB, 65536",
        "10MiB, 10485760",
        "3GiB, 3221225472",
        "999999999999999999, 999999999999999999"
    })
    void readsAndShowsSizes(String text, long bytes) {
        ByteSize size = ByteSize.parse(text);
        assertEquals(bytes, size.bytes());
        assertEquals(text, size.toString());
    }

    @ParameterizedTest
    @CsvSource({"1024, 1KiB", "1048576, 1MiB", "1073741824, 1GiB", "1536, 1536", "1048577, 1048577"})
    void showsTheLargestUnitWithoutAFraction(long bytes, String text) {
        assertEquals(text, new ByteSize(bytes).toString());
    }

    @ParameterizedTest
    @CsvSource(value = {
        "64 KiB; 64KiB",
        "10MB; 10MiB",
        "10 mb; 10MiB",
        "1g; 1GiB",
        "2k; 2KiB",
        "512 bytes; 512",
        "512B; 512",
        "+5; 5",
        "64kib; 64KiB",
        "-1;",
        "1.5MiB;",
        "007;",
        "'';",
        "a lot;",
        "1TiB;",
        "1000000000000000000;",
    }, delimiter = ';')
    void refusesWhatIsNotASizeAndGuessesWhatWasMeant(String text, String meant) {
        ConfigException error = assertThrows(ConfigException.class, () -> ByteSize.parse(text));
        assertEquals("'" + text + "' is not a size", error.what());
        assertEquals("a size, such as 512, 64KiB, 10MiB or 1GiB", error.allowed());
        assertEquals(meant, error.didYouMean());
        assertNull(error.key());
    }

    @Test
    void refusesWhatNoLongCanHold() {
        ConfigException error = assertThrows(ConfigException.class, () -> ByteSize.parse("8589934592GiB"));
        assertEquals("'8589934592GiB' is too large", error.what());
        assertEquals(8589934591L << 30, ByteSize.parse("8589934591GiB").bytes());
    }

    @Test
    void refusesLessThanNothing() {
        ConfigException error = assertThrows(ConfigException.class, () -> new ByteSize(-1));
        assertEquals("a size cannot be negative: -1", error.what());
    }
}
