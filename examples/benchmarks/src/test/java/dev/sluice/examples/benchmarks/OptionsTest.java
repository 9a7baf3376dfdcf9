package dev.sluice.examples.benchmarks;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class OptionsTest {
    private static final Path HERE = Path.of("/home/me");

    private static Options parse(String... words) {
        return Options.parse(HERE, List.of(words));
    }

    @Test
    void nothingIsEverythingButTlsAndStorms() {
        Options options = parse();
        assertEquals(EnumSet.complementOf(EnumSet.of(Options.Section.TLS, Options.Section.STORMS)),
                EnumSet.copyOf(options.sections()));
        assertEquals(List.of(Options.Section.TLS), parse("tls", "out").sections());
        assertFalse(options.quick());
    }

    @Test
    void quickLeavesTheSeedOutUnlessItIsNamed() {
        assertFalse(parse("--quick").sections().contains(Options.Section.SEED));
        assertEquals(List.of(Options.Section.SEED), parse("seed", "--quick").sections());
        assertTrue(parse("seed", "--quick").connections() < parse("seed").connections());
    }

    @Test
    void outputIsSeenFromWhereTheUserIs() {
        assertEquals(Path.of("/home/me/out"), parse("bulk", "out", "--quick").output());
        assertEquals(Path.of("/elsewhere"), parse("/elsewhere").output());
    }

    @Test
    void figuresOfAllSectionsCanBePublished() {
        assertTrue(parse("--publish").publish());
        assertFalse(parse().publish());
    }

    @Test
    void seedTakesANumberOfConnections() {
        Options options = parse("seed", "1000", "out");
        assertEquals(1000, options.connections());
        assertEquals(Path.of("/home/me/out"), options.output());
    }

    @ParameterizedTest
    @ValueSource(strings = {"requests --fast", "requests out more", "--fast", "seed 19", "seed 1000000",
        "bulk --publish"})
    void refusesWhatItDoesNotUnderstand(String line) {
        assertThrows(IllegalArgumentException.class, () -> parse(line.split(" ", -1)));
    }
}
