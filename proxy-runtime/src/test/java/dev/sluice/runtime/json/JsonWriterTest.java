package dev.sluice.runtime.json;

import java.util.Random;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class JsonWriterTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @Test
    void nestsAndSeparates() {
        StringBuilder out = new StringBuilder();
        JsonWriter json = new JsonWriter(out);
        json.beginObject().name("a").value(1).name("b").beginArray().value("x").value((String) null).value(true)
                .beginObject().endObject().beginArray().endArray().endArray().name("c").value(0.5).name("d")
                .value(Double.NaN).name("e").millis(1_234_567_890).endObject();
        assertEquals("{\"a\":1,\"b\":[\"x\",null,true,{},[]],\"c\":0.5,\"d\":null,\"e\":1234.567}", out.toString());
    }

    @Test
    void millisecondsHaveThreeDecimals() {
        StringBuilder out = new StringBuilder();
        new JsonWriter(out).beginArray().millis(0).millis(999).millis(1_000).millis(42_000).millis(1_007_000).millis(-5)
                .endArray();
        assertEquals("[0.000,0.000,0.001,0.042,1.007,0.000]", out.toString());
    }

    @Test
    void anyStringComesBackAndIsOneVisibleLine() {
        Random random = new Random(27);
        for (int i = 0; i < 50_000; i++) {
            String text = HostileText.next(random);
            StringBuilder out = new StringBuilder();
            new JsonWriter(out).beginObject().name(text).value(text).endObject();
            assertTrue(
                    out.codePoints().noneMatch(JsonWriterTest::invisible),
                    () -> "seed 27: " + out);
            JsonNode parsed = MAPPER.readTree(out.toString());
            String expected = HostileText.encodable(text);
            assertEquals(expected, parsed.get(expected).asString());
            assertEquals(1, parsed.size());
        }
    }

    private static boolean invisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                true;
            default -> false;
        };
    }
}
