package dev.sluice.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The lines of {@code sluice top}, without a terminal. */
class TopScreenTest {
    private static final Instant TIME = Instant.parse("2026-11-29T12:00:00Z");

    private static TopSample sample(long uptime, int accepted, long up, int id, String more) {
        String overview = """
                {"state":"ready","ready":true,"reasons":[],"uptime_ms":%d,
                "generation":{"number":8,"since":"2026-11-29T10:00:00.123456Z","by":"admin","alive":2},
                "connections_active":4211,"connections_max":10000,
                "last_reload":{"result":"applied","time":null,"by":null,"text":null},
                "listeners":[{"name":"edge","accepted":%d,"failed":2,"bytes":{"client-to-upstream":%d,"upstream-to-client":0}}],
                "memory":{"pool":{"limit":67108864,"borrowed":196608,"buffers_borrowed":12,"buffers_borrowed_peak":340,
                "waiting_now":1},"stash":{"limit":16777216,"used":1048576},"pipes":{"reserved":2097152}}%s}"""
                .formatted(uptime, accepted, up, more);
        String page = """
                {"connections":[{"id":%d,"listener":"edge","client":"192.0.2.7:51123","endpoint":"198.51.100.20:5432",
                "age_ms":%d,"idle_ms":250,"bytes_up":%d,"bytes_down":0,"buffer_bytes_owned":16384}]}"""
                .formatted(id, uptime, up);
        return new TopSample(Objects.requireNonNull(JsonText.read(overview)),
                JsonText.objects(Objects.requireNonNull(JsonText.read(page)).get("connections")));
    }

    private static List<String> screen(@Nullable TopSample before, TopSample now, int width, int height) {
        return TopScreen.lines(new TopFrame("127.0.0.1:9901", before, now, TIME), new TopKeys("", "bytes_owned"), null,
                width, height).stream().map(TopLine::text).toList();
    }

    private static TopSample now(String more) {
        return sample(62_000, 124, 3_145_728, 7, more);
    }

    @Test
    void theScreenOf80Columns() {
        assertEquals(List.of(
                "sluice ready at 127.0.0.1:9901, up 1m 2s",
                "generation 8 since 2026-11-29T10:00:00Z by admin, 2 alive",
                "connections 4211 of 10000   new 12.0/s   failed 0.0/s",
                "bytes up 1.0MiB/s   down 0/s   waiting for buffers 1   pipes 2.0MiB",
                "buffers 12 lent, peak 340   pool 192.0KiB of 64.0MiB   stash 1.0MiB of 16.0MiB",
                "sort bytes_owned",
                "ID LISTENER CLIENT          ENDPOINT            AGE  IDLE RATE/S *OWNED         ",
                " 7 edge     192.0.2.7:51123 198.51.100.20:5432 1m2s 250ms   1.0M  16.0K",
                "",
                "s sort  / where  k close  p pause  ? help  q quit"),
                screen(sample(60_000, 100, 1_048_576, 7, ""), now(""), 80, 10));
    }

    @Test
    void narrowScreensCutTheTextsAndKeepTheNumbers() {
        List<String> lines = screen(null, now(""), 60, 10);
        assertEquals("sluice ready at 127.0.0.1:9901, up 1m 2s", lines.getFirst());
        assertTrue(lines.get(4).endsWith("…"), lines::toString);
        assertEquals(" 7 edge     192.0.2.7:… 198.51.100… 1m2s 250ms      -  16.0K", lines.get(7));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 20, 40, 59, 80, 132, 200})
    void noLineIsWiderOrHigherThanTheScreen(int width) {
        TopSample wide = now(
                ",\"certificates\":[{\"listener\":\"例え例え例え例え\",\"name\":\"例え.example\",\"not_after\":\"x\"}]");
        for (int height : new int[]{1, 2, 5, 9, 24}) {
            List<String> lines = screen(null, wide, width, height);
            assertTrue(lines.stream().allMatch(line -> TextWidth.of(line) <= Math.max(width, 1)), lines::toString);
            assertTrue(lines.size() <= Math.max(height, 4), lines::toString);
        }
    }

    @Test
    void withoutAnEarlierSampleOfThisDaemonThereAreNoRates() {
        List<String> first = screen(null, now(""), 132, 10);
        assertEquals("connections 4211 of 10000   new -   failed -", first.get(2));
        assertTrue(first.get(7).contains(" - "), first::toString);
        // Started anew: it counts from zero.
        assertEquals(first, screen(sample(90_000, 500, 0, 8, ""), now(""), 132, 10));
    }

    @Test
    void anotherConnectionHasNoRateYet() {
        assertTrue(screen(sample(60_000, 100, 0, 6, ""), now(""), 132, 10).get(7).contains(" - "));
    }

    @Test
    void whatNeedsALookIsAWarning() {
        TopSample bad = now(
                """
                        ,"ready":false,"reasons":["cluster web has no endpoint"],
                        "last_reload":{"result":"refused","time":"2026-11-29T11:00:00.5Z","by":"admin","text":"a.yaml:3:4 wrong"},
                        "certificates":[{"listener":"edge","name":"a.example","not_after":"2026-12-02T12:00:00Z"}],
                        "clusters":[{"name":"web","panic":true,"queued":3,"endpoints":[{"address":"10.0.0.1:80","state":"down","detail":"refused","up":false},{"up":true},
                        {"address":"10.0.0.3:80","state":"drained","up":false},{"address":"10.0.0.4:80","state":"drained","up":false}]},{"name":"ok"}]""");
        assertEquals(List.of(
                "! certificate a.example of listener edge expires in 3d 0h",
                "! not ready: cluster web has no endpoint",
                "! reload refused at 2026-11-29T11:00:00Z: a.yaml:3:4 wrong",
                "! cluster web: 2 of 4 endpoints drained (10.0.0.3:80, …), 1 of 4 endpoints down (10.0.0.1:80: refused), in panic, 3 queued"),
                new TopFrame("a", null, bad, TIME).header(200).stream()
                        .filter(line -> line.style() == TopLine.Style.WARNING).map(TopLine::text).toList());
    }

    @Test
    void aCertificateThatLastsIsNoWarningAndAnExpiredOneSaysSo() {
        for (String[] each : new String[][]{{"2027-03-01T00:00:00Z", "expires in 91d 12h"},
            {"2026-11-29T09:00:00Z", "expired 3h 0m ago"}}) {
            String more = ",\"certificates\":[{\"listener\":\"edge\",\"name\":\"a\",\"not_after\":\"" + each[0]
                    + "\"}]";
            TopLine line = new TopFrame("a", null, now(more), TIME).header(200).getLast();
            assertTrue(line.text().endsWith(each[1]), line::toString);
            assertEquals(each[1].startsWith("expired"), line.style() == TopLine.Style.WARNING);
        }
    }

    @Test
    void textFromOutsideMovesNoCursor() {
        String evil = "\\u001b[2J\\u009b1;1H\\nx\\u202e";
        TopSample sample = now(
                ",\"last_reload\":{\"result\":\"refused\",\"text\":\"" + evil + "\"},\"reasons\":[\"" + evil
                        + "\"],\"certificates\":[{\"listener\":\"" + evil + "\",\"name\":\"" + evil
                        + "\",\"not_after\":\"" + evil
                        + "\"}],\"clusters\":[{\"name\":\"" + evil + "\",\"queued\":1}]");
        sample.connections().getFirst().put("listener", "\33[31m");
        TopKeys keys = new TopKeys("sni=\33[2J", "id");
        List<TopLine> lines = TopScreen.lines(new TopFrame("\33", null, sample, TIME), keys, "failed \33[2J", 200, 30);
        assertFalse(lines.stream().anyMatch(line -> line.text().chars().anyMatch(c -> Character.isISOControl(c)
                || c == 0x202E)), lines::toString);
    }

    @Test
    void aDaemonThatHasGoneIsNamedFirst() {
        List<TopLine> lines = TopScreen.lines(new TopFrame("a", null, now(""), TIME), new TopKeys("", "id"),
                "no answer from a", 80, 12);
        assertEquals(TopLine.warning("! what follows is old: no answer from a"), lines.getFirst());
        assertEquals(12, lines.size());
    }

    @Test
    void helpTakesThePlaceOfTheTable() {
        TopKeys keys = new TopKeys("", "id");
        keys.press('?');
        List<String> lines = TopScreen.lines(new TopFrame("a", null, now(""), TIME), keys, null, 80, 24).stream()
                .map(TopLine::text).toList();
        assertTrue(lines.contains(TopFrame.HELP.getLast()), lines::toString);
        assertFalse(lines.stream().anyMatch(line -> line.contains("192.0.2.7")), lines::toString);
    }

    @Test
    void oneClassUsesJLine() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java/dev"))) {
            assertEquals(List.of("TopTerminal.java"), files.filter(file -> file.toString().endsWith(".java"))
                    .filter(TopScreenTest::usesJLine).map(file -> file.getFileName().toString()).toList());
        }
    }

    private static boolean usesJLine(Path file) {
        try {
            return Files.readString(file).contains("org.jline");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
