package dev.sluice.runtime.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.ConfigKey;
import dev.sluice.api.config.Rate;
import dev.sluice.api.net.Cidr;
import dev.sluice.api.net.IpAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.config.TestingConfig.assertRow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Filters' records, read from {@code config:}, which is written in line 5 from column 33 on. */
class RecordBinderTest {
    private static final String AT = "c.yaml:5:";
    private static final String PATH = "listeners[0].filters[0].config";

    private static String yaml(String config) {
        return """
                clusters: [ { name: web, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                listeners:
                  - { name: edge, listen: "127.0.0.1:0", cluster: web,
                      filters: [
                        { type: test,   config: %s } ] }
                """.formatted(config);
    }

    private static <C extends Record> FilterCatalog catalog(Class<C> type) {
        return TestingProvider.catalog(new TestingProvider<>("test", type));
    }

    private static Record bound(Class<? extends Record> type, String config) {
        return TestingConfig.load(yaml(config), catalog(type)).configuration().listeners().getFirst().filters()
                .getFirst().config();
    }

    /** The problems, without the part of the place that is the same for all. */
    private static List<String> problems(Class<? extends Record> type, String config) {
        return TestingConfig.problems(yaml(config), catalog(type)).stream()
                .map(problem -> problem.replace(AT, "").replace(PATH + ".", "").replace(PATH + ":", "config:"))
                .toList();
    }

    private static String outcome(Class<? extends Record> type, String config) {
        try {
            ConfigLoader.Loaded loaded = new ConfigLoader(Map.of("SET", "5")).parse(yaml(config), TestingConfig.NAME,
                    plugins -> catalog(type));
            return loaded.configuration().listeners().getFirst().filters().getFirst().config().toString();
        } catch (ProblemsException e) {
            return String.join(" & ", TestingConfig.firstLines(e.problems())).replace(AT, "! ")
                    .replace(PATH + ".", "");
        }
    }

    enum Verdict {
        ALLOW,
        DENY_QUIETLY
    }

    record Simple(Optional<Boolean> flag, Optional<Integer> number, Optional<Long> large, Optional<Double> ratio,
            Optional<String> text, Optional<Verdict> verdict, Optional<Duration> time, Optional<ByteSize> size,
            Optional<Rate> rate, Optional<Cidr> cidr, Optional<IpAddress> address) {
        @Override
        public String toString() {
            return List.of(flag, number, large, ratio, text, verdict, time, size, rate, cidr, address).stream()
                    .flatMap(Optional::stream).map(value -> value.getClass().getSimpleName() + " " + value).toList()
                    .toString();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "flag: true => [Boolean true]",
        "number: -7 => [Integer -7]",
        "number: \"${SET}\" => [Integer 5]",
        "large: 9223372036854775807 => [Long 9223372036854775807]",
        "ratio: 0.25 => [Double 0.25]",
        "ratio: -3 => [Double -3.0]",
        "text: \"\" => [String ]",
        "text: 1.50 => [String 1.50]",
        "text: \"${SET}0\" => [String 50]",
        "verdict: deny-quietly => [Verdict DENY_QUIETLY]",
        "time: 250ms => [Duration PT0.25S]",
        "size: 64KiB => [ByteSize 64KiB]",
        "size: 512 => [ByteSize 512]",
        "rate: 10MiB/s => [Rate 10MiB/s]",
        "cidr: 10.0.0.0/8 => [Cidr 10.0.0.0/8]",
        "address: \"::ffff:10.0.0.1\" => [IpAddress 10.0.0.1]"})
    void values(String row) {
        assertRow(row, config -> outcome(Simple.class, "{ " + config + " }"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "flag: yes => ! 41 flag: 'yes' is neither true nor false; allowed: true or false; did you mean 'true'?",
        "number: 2147483648 => ! 43 number: 2147483648 is out of range; allowed: a whole number from -2147483648 to 2147483647",
        "number: \"5\" => ! 43 number: '5' is a text because of its quotes; allowed: a whole number from -2147483648 to 2147483647, without"
                + " quotes",
        "number: many => ! 43 number: 'many' is not a whole number; allowed: a whole number from -2147483648 to 2147483647",
        "number: \"${NOT_SET}\" => ! 43 number: the environment variable NOT_SET is not set; allowed: a variable that is set, or"
                + " ${NOT_SET:-default}",
        "number: [ 1 ] => ! 43 number: this is a list; allowed: one value",
        "number: => ! 42 number: this key has no value; allowed: a value; or remove the key",
        "large: 9223372036854775808 => ! 42 large: 9223372036854775808 is out of range; allowed: a whole number from"
                + " -9223372036854775808 to 9223372036854775807",
        "ratio: 1e3 => ! 42 ratio: '1e3' is not a number; allowed: a number, such as 5 or 0.25",
        "ratio: \"0.5\" => ! 42 ratio: '0.5' is a text because of its quotes; allowed: a number, such as 5 or 0.25, without quotes",
        "text: {} => ! 41 text: this is a mapping; allowed: one value",
        "verdict: DENY => ! 44 verdict: 'DENY' is not one of the choices; allowed: allow, deny-quietly",
        "verdict: Allow => ! 44 verdict: 'Allow' is not one of the choices; allowed: allow, deny-quietly; did you mean 'allow'?",
        "time: 60 => ! 41 time: '60' has no unit; allowed: a duration from 0s to 8760h, such as 250ms, 3s, 5m or 1h",
        "time: 60 sec => ! 41 time: '60 sec' is not a duration; allowed: a duration from 0s to 8760h, such as 250ms, 3s, 5m or 1h;"
                + " did you mean '60s'?",
        "size: 64KB => ! 41 size: '64KB' is not a size; allowed: a size, such as 512, 64KiB, 10MiB or 1GiB; did you mean '64KiB'?",
        "size: \"${SET}MB\" => ! 41 size: '5MB' is not a size (from ${SET}); allowed: a size, such as 512, 64KiB, 10MiB or 1GiB;"
                + " did you mean '5MiB'?",
        "rate: 0/s => ! 41 rate: a rate of 0 lets nothing pass; allowed: a rate of at least 1, such as 20/s, 600/m or 10MiB/s",
        "cidr: 10.1.0.0/8 => ! 41 cidr: '10.1.0.0/8': bits behind the first 8 are set; allowed: a CIDR, such as 10.0.0.0/8 or"
                + " 2001:db8::/32, or a single address; did you mean '10.0.0.0/8'?",
        "address: localhost => ! 44 address: 'localhost': names are not looked up here; allowed: an IP address, such as 192.0.2.1 or"
                + " 2001:db8::1; did you mean '127.0.0.1'?",
        "numbr: 5 => ! 35 numbr: unknown key 'numbr'; allowed: flag, number, large, ratio, text, verdict, time, size, rate, cidr,"
                + " address; did you mean 'number'?"})
    void wrongValues(String row) {
        assertRow(row, config -> outcome(Simple.class, "{ " + config + " }"));
    }

    record Inner(long value) {}

    record Required(boolean flag, int number, @ConfigDescription("what to say") String text, Verdict verdict,
            Inner inner, List<Inner> inners, Map<String, Integer> weights, Optional<Inner> maybe) {}

    @Test
    void whatIsAbsent() {
        assertEquals(List.of(
                "33 config: the key 'flag' is missing: it has no default",
                "33 config: the key 'number' is missing: it has no default",
                "33 config: the key 'text' is missing: what to say",
                "33 config: the key 'verdict' is missing: it has no default",
                "33 config: the key 'inner' is missing: it has no default"),
                problems(Required.class, "{}"));
        assertEquals(new Required(true, 1, "x", Verdict.ALLOW, new Inner(2), List.of(), Map.of(),
                Optional.empty()),
                bound(Required.class, "{ flag: true, number: 1, text: x, verdict: allow, inner: { value: 2 } }"));
    }

    @Test
    void aConfigThatIsNotThereIsEmpty() {
        String yaml = yaml("{}").replace(",   config: {}", "");
        assertEquals(new Defaults(true, 3, "a b", Verdict.DENY_QUIETLY, Duration.ofSeconds(5),
                List.of("tls", "http1"), List.of(new ByteSize(1024)), Optional.of(new Rate(20, 1_000_000_000, false)),
                new Inner(7), Map.of("x", 1)),
                TestingConfig.load(yaml, catalog(Defaults.class)).configuration().listeners().getFirst().filters()
                        .getFirst().config());
        assertEquals("c.yaml:5:9 " + PATH + ": the key 'flag' is missing: it has no default",
                TestingConfig.problems(yaml, catalog(Required.class)).getFirst());
        assertEquals(Optional.empty(), ((Simple) bound(Simple.class, "")).flag());
    }

    record Defaults(
            @ConfigDefault("true") boolean flag,
            @ConfigDefault("3") int number,
            @ConfigDefault("a b") String text,
            @ConfigDefault("deny-quietly") Verdict verdict,
            @ConfigDefault("5s") Duration time,
            @ConfigDefault("[tls, http1]") List<String> protocols,
            @ConfigDefault("1KiB") List<ByteSize> sizes,
            @ConfigDefault("20/s") Optional<Rate> rate,
            @ConfigDefault("{ value: 7 }") Inner inner,
            @ConfigDefault("{ x: 1 }") Map<String, Integer> weights) {}

    @Test
    void aDefaultGivesWayToWhatIsWritten() {
        assertEquals(new Defaults(false, 4, "a b", Verdict.ALLOW, Duration.ofSeconds(6), List.of(), List.of(),
                Optional.of(new Rate(1, 1_000_000_000, false)), new Inner(8), Map.of()),
                bound(Defaults.class, "{ flag: false, number: 4, verdict: allow, time: 6s, protocols: [], sizes: [],"
                        + " rate: 1/s, inner: { value: 8 }, weights: {} }"));
    }

    record Lists(List<Integer> numbers, List<Rule> rules, Map<String, List<Cidr>> groups) {
        record Rule(List<Cidr> allow, List<Cidr> deny) {
            public Rule {
                if (allow.isEmpty() == deny.isEmpty()) {
                    throw new ConfigException("a rule either allows or denies");
                }
                for (int i = 0; i < deny.size(); i++) {
                    if (deny.get(i).prefixLength() == 0) {
                        throw new ConfigException("deny[" + i + "]", "this denies everyone", "a longer prefix",
                                "10.0.0.0/8");
                    }
                }
            }
        }
    }

    @Test
    void oneElementMayStandWithoutItsList() {
        assertEquals(new Lists(List.of(1), List.of(new Lists.Rule(List.of(), List.of(Cidr.parse("10.0.0.0/8")))),
                Map.of("a.b", List.of(Cidr.parse("10.0.0.0/8")))),
                bound(Lists.class, "{ numbers: 1, rules: { deny: 10.0.0.0/8 }, groups: { a.b: 10.0.0.0/8 } }"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "numbers: [ 1, x ] => ! 49 numbers[1]: 'x' is not a whole number; allowed: a whole number from -2147483648 to 2147483647",
        "numbers: x => ! 44 numbers: 'x' is not a whole number; allowed: a whole number from -2147483648 to 2147483647",
        "numbers: => ! 43 numbers: this key has no value; allowed: a list; or remove the key",
        "numbers: [ [ 1 ] ] => ! 46 numbers[0]: this is a list; allowed: one value",
        "rules: [ { deny: 10.0.0.0/8 }, { deni: x } ] => ! 68 rules[1].deni: unknown key 'deni'; allowed: allow, deny; did you mean 'deny'?",
        "rules: [ { allow: 0.0.0.0/0, deny: 0.0.0.0/0 } ] => ! 44 rules[0]: a rule either allows or denies",
        "rules: { deny: [ 10.0.0.0/8, 0.0.0.0/0 ] } => ! 64 rules.deny[1]: this denies everyone; allowed: a longer prefix;"
                + " did you mean '10.0.0.0/8'?",
        "rules: { deny: 0.0.0.0/0 } => ! 50 rules.deny[0]: this denies everyone; allowed: a longer prefix; did you mean '10.0.0.0/8'?",
        "rules: [ deny ] => ! 44 rules[0]: this is the value 'deny'; allowed: a mapping, as in key: value",
        "groups: [ a ] => ! 43 groups: this is a list; allowed: a mapping, as in key: value",
        "groups: { a: x, <<: {} } => ! 48 groups.a: 'x': names are not looked up here; allowed: a CIDR, such as 10.0.0.0/8 or 2001:db8::/32,"
                + " or a single address & ! 51 groups.<<: merge keys are not supported; allowed: an alias as the whole value, as in"
                + " timeouts: *slow"})
    void wrongLists(String row) {
        assertRow(row, config -> outcome(Lists.class, "{ " + config + " }"));
    }

    record Renamed(@ConfigKey("default") Verdict fallback) {}

    @Test
    void aKeyMayHaveANameThatJavaCannotHave() {
        assertEquals(new Renamed(Verdict.ALLOW), bound(Renamed.class, "{ default: allow }"));
        assertEquals(List.of("33 config: the key 'default' is missing: it has no default",
                "35 fallback: unknown key 'fallback'; allowed: default"),
                problems(Renamed.class, "{ fallback: allow }"));
    }

    /** Something that is wrong, and what is thrown for it. */
    record Throwing(int what) {
        public Throwing {
            switch (what) {
                case 1 -> throw new ConfigException("nowhere.to[3].be", "wrong", null, null);
                case 2 -> throw new IllegalArgumentException("not this one");
                case 3 -> throw new IllegalStateException("it broke");
                case 4 -> throw new NoClassDefFoundError("com/example/Newer");
                case 5 -> throw new OutOfMemoryError("of this test");
                default -> {
                }
            }
        }
    }

    @Test
    void whatAConstructorThrowsIsAProblem() {
        assertEquals(List.of("33 nowhere.to[3].be: wrong"), problems(Throwing.class, "{ what: 1 }"));
        assertEquals(List.of("33 config: not this one"), problems(Throwing.class, "{ what: 2 }"));
        String broken = "33 config: the plugin failed on this: java.lang.IllegalStateException: it broke at"
                + " dev.sluice.runtime.config.RecordBinderTest$Throwing.<init>(RecordBinderTest.java:";
        assertEquals(broken, problems(Throwing.class, "{ what: 3 }").getFirst().substring(0, broken.length()));
        assertEquals("33 config: the plugin failed on this: java.lang.NoClassDefFoundError: com/example/Newer at",
                problems(Throwing.class, "{ what: 4 }").getFirst().replaceFirst(" at .*", " at"));
        assertThrows(OutOfMemoryError.class, () -> bound(Throwing.class, "{ what: 5 }"));
    }

    /** Has a {@code parse} that goes wrong. */
    record Parsed(String text) {
        public static Parsed parse(String text) {
            return switch (text) {
                case "meant" -> throw new ConfigException(null, "so much for " + text, "something else", "else");
                case "null" -> throw new IllegalArgumentException();
                case "endless" -> parse(text);
                default -> new Parsed(text);
            };
        }
    }

    record Parsing(Parsed parsed, List<Parsed> more) {}

    @Test
    void aTypeWithAParseIsRead() {
        assertEquals(new Parsing(new Parsed("a"), List.of(new Parsed("1"), new Parsed("true"))),
                bound(Parsing.class, "{ parsed: a, more: [ 1, true ] }"));
        assertEquals(List.of("43 parsed: so much for meant; allowed: something else; did you mean 'else'?"),
                problems(Parsing.class, "{ parsed: meant }"));
        assertEquals("54 more[0]: the plugin failed on this: java.lang.IllegalArgumentException",
                problems(Parsing.class, "{ parsed: a, more: [ \"null\" ] }").getFirst().replaceFirst(" at .*", ""));
        assertEquals("57 more[1]: the plugin failed on this: java.lang.StackOverflowError",
                problems(Parsing.class, "{ parsed: a, more: [ b, endless ] }").getFirst().replaceFirst(" at .*", ""));
    }

    /** Cannot be initialized. */
    record Broken(String text) {
        private static final int LIMIT = Integer.parseInt("none");

        public static Broken parse(String text) {
            return new Broken(text.substring(LIMIT));
        }
    }

    record WithBroken(List<Broken> broken) {}

    @Test
    void aTypeThatCannotBeInitializedIsAProblem() {
        String failed = "43 broken: the plugin failed on this: java.lang.";
        // The second time, Java only remembers that it has failed.
        for (String what : List.of("NumberFormatException", "NoClassDefFoundError")) {
            assertEquals(failed + what, problems(WithBroken.class, "{ broken: x }").getFirst()
                    .replaceFirst("(Exception|Error): .*", "$1"));
        }
        assertEquals(new WithBroken(List.of()), bound(WithBroken.class, "{}"));
    }

    /** Refers to itself. */
    record Tree(List<Tree> children, @ConfigDefault("1") int weight) {}

    @Test
    void aRecordMayHoldItsOwnKind() {
        assertEquals(new Tree(List.of(new Tree(List.of(), 2), new Tree(List.of(new Tree(List.of(), 1)), 1)), 1),
                bound(Tree.class, "{ children: [ { weight: 2 }, { children: {} } ] }"));
    }

    @Test
    void allProblemsOfAllFiltersAtOnce() {
        String yaml = yaml("{ number: x } }, { type: test, config: { flag: 1, time: 1 }");
        assertEquals(List.of("listeners[0].filters[0].config.number", "listeners[0].filters[1].config.flag",
                "listeners[0].filters[1].config.time", "nonsense"),
                TestingConfig.refused(yaml + "nonsense: 1\n", catalog(Simple.class)).problems().stream()
                        .map(Problem::path).toList());
    }
}
