package dev.sluice.runtime.admin;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;

import dev.sluice.runtime.json.JsonWriter;

/**
 * The response to a request.
 *
 * @param status the HTTP status
 * @param contentType the media type of the body
 * @param headers further headers, which the status requires
 * @param body the bytes of the body, not empty; belongs to this record
 */
@SuppressWarnings("ArrayRecordComponent") // responses are sent, never compared
record Response(int status, String contentType, Map<String, String> headers, byte[] body) {

    /** A response whose body is one JSON object with the members that {@code members} writes. */
    static Response json(int status, Consumer<JsonWriter> members) {
        return json(status, Map.of(), members);
    }

    /** The response that a command has led to. */
    static Response of(CommandResult result) {
        return json(result.status(), result.body());
    }

    /** A JSON object with an error message. */
    static Response error(int status, String message) {
        return json(status, json -> json.name("error").value(message));
    }

    /** A response 303, which sends a browser to another path. */
    static Response redirect(String path) {
        return json(303, Map.of("Location", path), json -> json.name("location").value(path));
    }

    /** A response 401, which says how to send the token. */
    static Response unauthorized(String message) {
        return json(401, Map.of("WWW-Authenticate", "Bearer"), json -> json.name("error").value(message));
    }

    /** A response 405, with the methods that the path allows. */
    static Response methodNotAllowed(String method, String path, String allowed) {
        return json(405, Map.of("Allow", allowed),
                json -> json.name("error").value(method + " is not allowed for " + path + "; allowed: " + allowed));
    }

    private static Response json(int status, Map<String, String> headers, Consumer<JsonWriter> members) {
        StringBuilder text = new StringBuilder();
        JsonWriter json = new JsonWriter(text).beginObject();
        members.accept(json);
        json.endObject();
        byte[] body = text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        return new Response(status, "application/json", headers, body);
    }
}
