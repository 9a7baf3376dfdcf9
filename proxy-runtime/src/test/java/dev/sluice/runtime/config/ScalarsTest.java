package dev.sluice.runtime.config;

import dev.sluice.runtime.config.model.ClusterConfig.LoadBalancing;
import dev.sluice.runtime.yaml.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.config.TestingConfig.assertRow;
import static dev.sluice.runtime.config.TestingConfig.shortened;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

class ScalarsTest {
    @ParameterizedTest
    @ValueSource(strings = {
        "1 => 1",
        "256 => 256",
        "0 => ! 0 is out of range",
        "257 => ! 257 is out of range",
        "-1 => ! -1 is out of range",
        "4294967297 => ! 4294967297 is out of range",
        "18446744073709551617 => ! 18446744073709551617 is out of range",
        "1.5 => ! '1.5' is not a whole number",
        "1e2 => ! '1e2' is not a whole number",
        "010 => ! '010' is not a whole number | 10",
        "0300 => ! '0300' is not a whole number",
        "0x10 => ! '0x10' is not a whole number",
        "many => ! 'many' is not a whole number"})
    void integers(String row) {
        assertRow(row, text -> shortened(TestingConfig.outcome(Scalars.integer(1, 256), text, Node.Kind.NUMBER),
                "a whole number from 1 to 256"));
    }

    @Test
    void aNumberInQuotesIsAText() {
        assertEquals("! '12' is a text because of its quotes | a whole number from 1 to 256, without quotes",
                TestingConfig.outcome(Scalars.integer(1, 256), "12", Node.Kind.TEXT));
        assertEquals("! 'true' is a text because of its quotes | true or false, without quotes",
                TestingConfig.outcome(Scalars.flag(), "true", Node.Kind.TEXT));
    }

    @Test
    void aReplacedVariableMayBeAnyKind() {
        assertInstanceOf(ScalarParser.Good.class,
                Scalars.integer(1, 256).parse(new ScalarParser.Input("12", Node.Kind.TEXT, true)));
        assertInstanceOf(ScalarParser.Good.class,
                Scalars.flag().parse(new ScalarParser.Input("true", Node.Kind.TEXT, true)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "true => true",
        "false => false",
        "yes => ! 'yes' is neither true nor false | true",
        "Off => ! 'Off' is neither true nor false | false",
        "TRUE => ! 'TRUE' is neither true nor false | true",
        "1 => ! '1' is neither true nor false"})
    void flags(String row) {
        assertRow(row,
                text -> shortened(TestingConfig.outcome(Scalars.flag(), text, Node.Kind.BOOLEAN), "true or false"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "round-robin => ROUND_ROBIN",
        "source-hash => SOURCE_HASH",
        "roundrobin => ! 'roundrobin' is not one of the choices | round-robin",
        "ROUND_ROBIN => ! 'ROUND_ROBIN' is not one of the choices | round-robin",
        "maglev => ! 'maglev' is not one of the choices"})
    void choices(String row) {
        assertRow(row,
                text -> shortened(TestingConfig.outcome(Scalars.choice(LoadBalancing.values()), text, Node.Kind.TEXT),
                        "round-robin, least-connections, random-two-choices, source-hash"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "edge => edge",
        "a_b.c-9 => a_b.c-9",
        "8080 => 8080",
        "my edge => ! 'my edge' is not a name | my-edge",
        " => ! '' is not a name",
        "ä => ! 'ä' is not a name"})
    void names(String row) {
        assertRow(row, text -> shortened(TestingConfig.outcome(Scalars::name, text, Node.Kind.TEXT),
                "1 to 64 of the letters A-Z a-z, digits, '_', '.' and '-'"));
    }

    @Test
    void namesHaveAtMost64Characters() {
        assertEquals("x".repeat(64), TestingConfig.outcome(Scalars::name, "x".repeat(64), Node.Kind.TEXT));
        assertInstanceOf(ScalarParser.Bad.class,
                Scalars.name(new ScalarParser.Input("x".repeat(65), Node.Kind.TEXT, false)));
    }

    @Test
    void pathsThatTheSystemCannotName() {
        assertEquals("! 'a\uFFFDb' cannot be a path on this system: Nul character not allowed | the path of a file",
                TestingConfig.outcome(Scalars.PATH, "a\0b", Node.Kind.TEXT));
        assertEquals("! this path is empty | the path of a file",
                TestingConfig.outcome(Scalars.PATH, "", Node.Kind.TEXT));
        assertEquals("logs/a.log", TestingConfig.outcome(Scalars.PATH, "logs//a.log", Node.Kind.TEXT));
    }
}
