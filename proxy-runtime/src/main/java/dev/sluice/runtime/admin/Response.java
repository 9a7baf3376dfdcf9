package dev.sluice.runtime.admin;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import dev.sluice.runtime.json.JsonWriter;
import org.jspecify.annotations.Nullable;

/**
 * The response to a request.
 *
 * @param status the HTTP status
 * @param contentType the media type of the body
 * @param allow the value of the Allow header, which 405 requires; null = no such header
 * @param body the bytes of the body, not empty; belongs to this record
 */
@SuppressWarnings("ArrayRecordComponent") // responses are sent, never compared
record Response(int status, String contentType, @Nullable String allow, byte[] body) {

    /** A response whose body is one JSON object with the members that {@code members} writes. */
    static Response json(int status, Consumer<JsonWriter> members) {
        return json(status, null, members);
    }

    /** A JSON object with an error message. */
    static Response error(int status, String message) {
        return json(status, null, json -> json.name("error").value(message));
    }

    /** A response 405, with the methods that the path allows. */
    static Response methodNotAllowed(String method, String path, String allowed) {
        return json(405, allowed,
                json -> json.name("error").value(method + " is not allowed for " + path + "; allowed: " + allowed));
    }

    private static Response json(int status, @Nullable String allow, Consumer<JsonWriter> members) {
        StringBuilder text = new StringBuilder();
        JsonWriter json = new JsonWriter(text).beginObject();
        members.accept(json);
        json.endObject();
        byte[] body = text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        return new Response(status, "application/json", allow, body);
    }
}
