package dev.sluice.runtime.config;

import java.util.Map;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.config.TestingConfig.assertRow;
import static org.junit.jupiter.api.Assertions.assertEquals;

class EnvironmentTest {
    private static final String FORMS = "${NAME} or ${NAME:-default}, and $${ for ${ itself";
    private final Environment environment = new Environment(
            Map.of("PORT", "443", "HOST", "10.0.0.1", "EMPTY", "", "TRICK", "${PORT}"));

    private String replaced(String text) {
        Environment.Replaced replaced = environment.replace(text);
        return replaced.problem() == null
                ? replaced.text()
                : "! " + replaced.problem().what() + " | " + replaced.problem().allowed();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "plain plain",
        "${PORT} 443",
        "${HOST}:${PORT} 10.0.0.1:443",
        "${PORT:-80} 443",
        "${NONE:-80} 80",
        "${EMPTY:-80} 80",
        "a${EMPTY}b ab",
        "a${NONE:-}b ab",
        "${NONE:-a:-b} a:-b",
        "${NONE:-[::1]:80} [::1]:80",
        "$${PORT} ${PORT}",
        "$$${PORT} $${PORT}",
        "${PORT}$${PORT} 443${PORT}",
        "$5 $5",
        "a$ a$",
        "{PORT} {PORT}",
        // What a variable holds is not a template.
        "${TRICK} ${PORT}"})
    void replaces(String text, String expected) {
        assertEquals(expected, replaced(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "${NONE} => ! the environment variable NONE is not set | a variable that is set, or ${NONE:-default}",
        "${HOST}:${NONE} => ! the environment variable NONE is not set | a variable that is set, or ${NONE:-default}",
        "${PORT => ! this ${ has no } | " + FORMS,
        "${} => ! '${}' does not name a variable | " + FORMS,
        "${A B} => ! '${A B}' does not name a variable | " + FORMS,
        "${1A} => ! '${1A}' does not name a variable | " + FORMS,
        "${PORT-80} => ! '${PORT-80}' does not name a variable | " + FORMS,
        "${NONE:-${PORT}} => ! the default of ${NONE} holds another ${ | " + FORMS})
    void refuses(String row) {
        assertRow(row, this::replaced);
    }
}
