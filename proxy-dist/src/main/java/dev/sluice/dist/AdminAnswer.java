package dev.sluice.dist;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * An answer of the admin interface.
 *
 * @param status the HTTP status
 * @param body the JSON as it came, in one line
 * @param members the members of the object that the body is
 */
record AdminAnswer(int status, String body, Map<String, @Nullable Object> members) {
    /** {@return a text of the object; null if it has none of that name} */
    @Nullable
    String text(String name) {
        return members.get(name) instanceof String text ? text : null;
    }

    /** {@return a list of objects; empty if there is none of that name} */
    List<Map<String, @Nullable Object>> objects(String name) {
        return JsonText.objects(members.get(name));
    }

    /** {@return the words about a failure} */
    String failure() {
        String error = text("error");
        String text = error == null ? text("text") : error;
        return text == null ? "the answer is " + status + ": " + body : text;
    }
}
