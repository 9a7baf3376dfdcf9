package dev.sluice.runtime.admin;

import java.util.function.Consumer;

import dev.sluice.runtime.json.JsonWriter;

/**
 * The result of a command, as it is answered.
 *
 * @param status the HTTP status
 * @param body writes the members of a JSON object; called once, on the thread of the request
 */
public record CommandResult(int status, Consumer<JsonWriter> body) {}
