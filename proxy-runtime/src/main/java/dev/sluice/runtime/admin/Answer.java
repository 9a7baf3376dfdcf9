package dev.sluice.runtime.admin;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import dev.sluice.runtime.json.JsonWriter;
import org.jspecify.annotations.Nullable;

/**
 * What one request gets back.
 *
 * @param status the HTTP status
 * @param contentType the media type of the body
 * @param allow the value of the Allow header, which 405 requires; null for no such header
 * @param body the bytes of the body, not empty; belongs to this record
 */
@SuppressWarnings("ArrayRecordComponent") // answers are sent, never compared
record Answer(int status, String contentType, @Nullable String allow, byte[] body) {

    /** An answer whose body is one JSON object with the members that {@code members} writes. */
    static Answer json(int status, Consumer<JsonWriter> members) {
        return json(status, null, members);
    }

    /** A JSON object that says what is wrong, what is allowed and what to do. */
    static Answer error(int status, String message) {
        return json(status, null, json -> json.name("error").value(message));
    }

    /** 405, with the methods that this path has. */
    static Answer methodNotAllowed(String method, String path, String allowed) {
        return json(405, allowed,
                json -> json.name("error").value(method + " is not possible for " + path + "; allowed: " + allowed));
    }

    private static Answer json(int status, @Nullable String allow, Consumer<JsonWriter> members) {
        StringBuilder text = new StringBuilder();
        JsonWriter json = new JsonWriter(text).beginObject();
        members.accept(json);
        json.endObject();
        byte[] body = text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        return new Answer(status, "application/json", allow, body);
    }
}
