package dev.sluice.runtime.plugin;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigKey;
import dev.sluice.api.config.ConfigNotEmpty;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.api.config.ConfigSwitch;
import dev.sluice.api.config.Rate;
import dev.sluice.api.net.Cidr;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A record, as people read about it. */
class KeyReaderTest {
    enum Verdict {
        PASS,
        SILENT_DROP
    }

    record Zone(String name) {
        public static Zone parse(String text) {
            return new Zone(text);
        }
    }

    record Simple(boolean flag, int number, long large, double share, String text, Duration time, ByteSize size,
            Rate rate, Verdict verdict, Zone zone) {}

    @Test
    void everyTypeHasAWord() {
        assertEquals(List.of("flag: true | false", "number: integer", "large: integer", "share: number", "text: text",
                "time: duration", "size: size", "rate: rate", "verdict: pass | silent-drop", "zone: Zone"),
                KeyReader.of(Simple.class).stream().map(key -> key.path() + ": " + key.type()).toList());
        assertEquals(List.of(true), KeyReader.of(Simple.class).stream().map(KeyInfo::required).distinct().toList());
    }

    record Annotated(
            @ConfigKey("default") @ConfigDefault("pass") @ConfigDescription("What happens\nelse.") Verdict other,
            Optional<Integer> maybe, List<Zone> zones, Map<String, Duration> times) {}

    @Test
    void annotationsAndAbsenceAreTold() {
        assertEquals(List.of(new KeyInfo("default", "pass | silent-drop", "pass", false, "What happens?else."),
                new KeyInfo("maybe", "integer", null, false, ""),
                new KeyInfo("zones", "list of Zone", null, false, ""),
                new KeyInfo("times", "map of duration", null, false, "")), KeyReader.of(Annotated.class));
    }

    record Rule(@ConfigKey("allow") List<Zone> allowed, List<Rule> unless) {}

    record Nested(Rule only, List<Rule> rules, Map<String, Rule> named, Optional<Rule> last) {}

    @Test
    void recordsInsideAreFollowedOnce() {
        assertEquals(List.of("only", "only.allow", "only.unless", "rules", "rules[].allow", "rules[].unless", "named",
                "named.*.allow", "named.*.unless", "last", "last.allow", "last.unless"),
                KeyReader.of(Nested.class).stream().map(KeyInfo::path).toList());
        assertEquals("list of mapping", KeyReader.of(Nested.class).get(3).type());
    }

    record Ruled(@ConfigRange(min = "1", max = "9") int number, @ConfigRange(max = "1h") List<Duration> times,
            @ConfigSwitch @ConfigDefault("true") Optional<Rule> rule,
            @ConfigNotEmpty(required = true) List<Zone> zones) {}

    @Test
    void rulesAreTold() {
        assertEquals(List.of(new KeyInfo("number", "integer from 1 to 9", null, true, ""),
                new KeyInfo("times", "list of duration to 1h", null, false, ""),
                new KeyInfo("rule", "true | false | mapping", "true", false, ""),
                new KeyInfo("rule.allow", "list of Zone", null, false, ""),
                new KeyInfo("rule.unless", "list of mapping", null, false, ""),
                new KeyInfo("zones", "list of Zone", null, true, "")), KeyReader.of(Ruled.class));
    }

    record Sources(List<Cidr> allow) {}

    @Test
    void aBlockOfAddressesIsCalledByItsName() {
        assertEquals(List.of(new KeyInfo("allow", "list of CIDR", null, false, "")), KeyReader.of(Sources.class));
    }

    record Odd<T>(T any, List<?> some) {}

    /** It cannot be configured, and says so elsewhere; here it must not fail. */
    @Test
    void whatHasNoFormIsAMapping() {
        assertEquals(List.of("mapping", "list of mapping"),
                KeyReader.of(Odd.class).stream().map(KeyInfo::type).toList());
    }
}
