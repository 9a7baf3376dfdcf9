package dev.sluice.runtime.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.ConfigNotEmpty;
import dev.sluice.api.config.ConfigOneOf;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.api.config.ConfigSwitch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.config.TestingConfig.assertRow;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Bounds, switches and keys that exclude each other, in filters' records: read from {@code config:} in line 5 from column 33 on. */
class RecordRulesTest {
    private static String yaml(String config) {
        return """
                clusters: [ { name: web, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                listeners:
                  - { name: edge, listen: "127.0.0.1:0", cluster: web,
                      filters: [
                        { type: test,   config: %s } ] }
                """.formatted(config);
    }

    private static String outcome(Class<? extends Record> type, String config) {
        FilterCatalog catalog = TestingProvider.catalog(new TestingProvider<>("test", type));
        try {
            return new ConfigLoader(Map.of("SET", "5")).parse(yaml("{ " + config + " }"), TestingConfig.NAME,
                    plugins -> catalog).configuration().listeners().getFirst().filters().getFirst().config().toString()
                    .replaceFirst("^\\w+", "");
        } catch (ProblemsException e) {
            return String.join(" & ", TestingConfig.firstLines(e.problems())).replace("c.yaml:5:", "! ")
                    .replace("listeners[0].filters[0].config.", "")
                    .replace("listeners[0].filters[0].config:", "config:");
        }
    }

    record Ranges(
            @ConfigRange(min = "1", max = "9") Optional<Integer> number,
            @ConfigRange(min = "-1") Optional<Long> large,
            @ConfigRange(max = "1h") Optional<Duration> time,
            @ConfigRange(min = "10ms") Optional<Duration> least,
            @ConfigRange(min = "1KiB", max = "2MiB") Optional<ByteSize> size,
            @ConfigRange(min = "1", max = "3") List<Integer> each,
            @ConfigRange(max = "2s") Map<String, Duration> named) {
        @Override
        public String toString() {
            return List.of(number, large, time, least, size).stream().flatMap(Optional::stream).toList() + " " + each
                    + " " + named;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "number: 1 => [1] [] {}",
        "number: 9, large: -1 => [9, -1] [] {}",
        "large: 9223372036854775807 => [9223372036854775807] [] {}",
        "time: 0s, least: 10ms => [PT0S, PT0.01S] [] {}",
        "time: 1h, size: 1024 => [PT1H, 1KiB] [] {}",
        "size: 2MiB, each: [ 1, 3 ], named: { a: 2s } => [2MiB] [1, 3] {a=PT2S}",
        "number: \"${SET}\" => [5] [] {}",
        "number: 0 => ! 43 number: 0 is out of range; allowed: a whole number from 1 to 9",
        "number: 10 => ! 43 number: 10 is out of range; allowed: a whole number from 1 to 9",
        "number: \"${SET}0\" => ! 43 number: 50 is out of range (from ${SET}); allowed: a whole number from 1 to 9",
        "large: -2 => ! 42 large: -2 is out of range; allowed: a whole number from -1 to 9223372036854775807",
        "time: 61m => ! 41 time: '61m' is out of range; allowed: a duration from 0s to 1h, such as 250ms, 3s, 5m or 1h",
        "least: 9ms => ! 42 least: '9ms' is out of range; allowed: a duration from 10ms to 8760h, such as 250ms, 3s, 5m or 1h",
        "size: 1023 => ! 41 size: '1023' is out of range; allowed: a size from 1KiB to 2MiB, such as 512, 64KiB, 10MiB or 1GiB",
        "size: 3MB => ! 41 size: '3MB' is not a size; allowed: a size from 1KiB to 2MiB, such as 512, 64KiB, 10MiB or 1GiB",
        "each: [ 1, 4 ] => ! 46 each[1]: 4 is out of range; allowed: a whole number from 1 to 3",
        "named: { a: 1s, b: 3s } => ! 54 named.b: '3s' is out of range; allowed: a duration from 0s to 2s, such as 250ms, 3s, 5m or 1h"})
    void ranges(String row) {
        assertRow(row, config -> outcome(Ranges.class, config));
    }

    record Probes(@ConfigDefault("1m") Duration idle, @ConfigRange(min = "1") @ConfigDefault("4") int count) {}

    record Switches(
            @ConfigSwitch @ConfigDefault("true") Optional<Probes> on,
            @ConfigSwitch Optional<Probes> off) {}

    private static final String STANDARD = "Optional[Probes[idle=PT1M, count=4]]";

    @ParameterizedTest
    @ValueSource(strings = {
        " => [on=%, off=Optional.empty]",
        "on: true, off: true => [on=%, off=%]",
        "on: false, off: false => [on=Optional.empty, off=Optional.empty]",
        "on: , off: {} => [on=%, off=%]",
        "on: { count: 2 } => [on=Optional[Probes[idle=PT1M, count=2]], off=Optional.empty]",
        "on: no => ! 39 on: 'no' is neither true nor false; allowed: true or false; did you mean 'false'?",
        "on: [ 1 ] => ! 39 on: this is a list; allowed: a mapping, as in key: value",
        "off: { count: 0, idel: 5s } => ! 49 off.count: 0 is out of range; allowed: a whole number from 1 to 2147483647"
                + " & ! 52 off.idel: unknown key 'idel'; allowed: idle, count; did you mean 'idle'?"})
    void switches(String row) {
        assertRow(row.replace("%", STANDARD), config -> outcome(Switches.class, config));
    }

    @ConfigOneOf({"allow", "deny"})
    record Rule(@ConfigNotEmpty List<String> allow, Optional<String> deny, @ConfigDefault("1") int weight) {}

    @ConfigOneOf(value = {"to", "routes"}, allowed = "one of both; to is short for one route")
    record Explained(@ConfigDescription(value = "Where.", hint = "a name; or routes") Optional<String> to,
            @ConfigNotEmpty(required = false) List<Rule> routes) {}

    @ParameterizedTest
    @ValueSource(strings = {
        "to: a => [to=Optional[a], routes=[]]",
        "routes: { allow: x } => [to=Optional.empty, routes=[Rule[allow=[x], deny=Optional.empty, weight=1]]]",
        "routes: [ { deny: y } ] => [to=Optional.empty, routes=[Rule[allow=[], deny=Optional[y], weight=1]]]",
        " => ! 33 config: the key 'to' is missing: a name; or routes",
        "to: a, routes: { deny: x } => ! 39 to: 'to' and 'routes' are both set; allowed: one of both; to is short for one route",
        "routes: {} => ! 43 routes: the key 'allow' is missing: or one of deny",
        "routes: { weight: 5 } => ! 43 routes: the key 'allow' is missing: or one of deny",
        "routes: [] => ! 43 routes: this list is empty; allowed: at least one element; or remove the key",
        "routes: { allow: [] } => ! 52 routes.allow: this list is empty; allowed: at least one element; or remove the key",
        "routes: { allow: a, deny: b } => ! 52 routes.allow: 'allow' and 'deny' are both set; allowed: one of them"})
    void keysThatExcludeEachOther(String row) {
        assertRow(row, config -> outcome(Explained.class, config));
    }

    record Some(
            @ConfigNotEmpty(required = true) @ConfigDescription(value = "Numbers.", hint = "a list, as in [ 1, 2 ]") List<Integer> some) {}

    @ParameterizedTest
    @ValueSource(strings = {
        "some: 1 => [some=[1]]",
        " => ! 33 config: the key 'some' is missing: a list, as in [ 1, 2 ]",
        "some: [] => ! 41 some: the list of some is empty; allowed: at least one, as in [ 1, 2 ]"})
    void aListThatMayNotBeEmpty(String row) {
        assertRow(row, config -> outcome(Some.class, config));
    }

    record WrongRange(@ConfigRange(min = "soon") int number) {}

    record WrongTime(@ConfigRange(max = "5") Duration time) {}

    record TextRange(@ConfigRange(min = "1") String text) {}

    record RangeOfDefault(@ConfigRange(max = "5") @ConfigDefault("6") int number) {}

    record NumberSwitch(@ConfigSwitch Optional<Integer> number) {}

    @ParameterizedTest
    @CsvSource(delimiter = '@', value = {
        "WrongRange@the range of 'number' in its record ~ is wrong: 'soon' is not a whole number",
        "WrongTime@the range of 'time' in its record ~ is wrong: '5' has no unit",
        "TextRange@the component 'text' of its record ~ has a range, but the type java.lang.String",
        "RangeOfDefault@the default of 'number' in its record ~ is wrong: 6 is out of range",
        "NumberSwitch@the component 'number' of its record ~ is marked ConfigSwitch, but its type is not a record"})
    void aRuleThatCannotBeKept(String name, String expected) throws Exception {
        Class<?> type = Class.forName(RecordRulesTest.class.getName() + "$" + name);
        assertEquals("! 17 listeners[0].filters[0].type: the filter 'test' cannot be configured: "
                + expected.replace("~", type.getName()) + "; allowed: a version of the plugin without this defect",
                outcome(type.asSubclass(Record.class), ""));
    }

    /** Would throw for what is put into the proxy's own records in the place of a wrong value. */
    record Strict(int number, Optional<String> text) {
        public Strict {
            if (text.isEmpty()) {
                throw new ConfigException("text", "there has to be a text", null, null);
            }
        }
    }

    @Test
    void aPluginSeesNothingThatItsUserHasNotWritten() {
        assertEquals("! 43 number: 'x' is not a whole number; allowed: a whole number from -2147483648 to 2147483647",
                outcome(Strict.class, "number: x").replaceFirst(" & .*", ""));
        assertEquals(1, outcome(Strict.class, "number: x").split("! ", -1).length - 1);
    }
}
