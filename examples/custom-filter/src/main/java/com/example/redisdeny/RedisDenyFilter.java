package com.example.redisdeny;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.HoldExpiry;
import org.jspecify.annotations.Nullable;

/**
 * The filter of one connection.
 *
 * <pre>
 *             "*3 $3 SET"                "$5"
 *   COMMAND ─────────────▶ ARGUMENT ─────────────▶ VALUE
 *    │ ▲ ▲                  │   ▲                    │
 *    │ │ └──────────────────┘   └────────────────────┤ forwarded
 *    │ │     no more              more arguments     │
 *    │ └─────────────────────────────────────────────┘
 *    ▼ "PING " │ end of line
 *    LINE ─────┘
 * </pre>
 *
 * Complete parts are forwarded at once; only an incomplete part that an arrow needs is held.
 */
final class RedisDenyFilter implements ConnectionFilter {
    /** Longer than any length that Redis accepts, with its mark and CR LF. */
    private static final int MAX_LENGTH_LINE = 16;
    /**
     * Seven digits for the number of arguments, nine for the bytes of one: the limits of Redis are 1,048,576 and 512
     * MiB.
     */
    private static final int MAX_DIGITS = 9;
    private static final int CR_LF = 2;
    private static final int INCOMPLETE = -1;
    private static final int INVALID = -2;

    private enum State {
        COMMAND,
        ARGUMENT,
        VALUE,
        LINE
    }

    private final List<byte[]> denied;
    private final boolean inline;
    private State state = State.COMMAND;
    /** The number of arguments of the command that have not been forwarded. */
    private int arguments;
    /** The number of bytes of the value, with its CR LF, that have not been forwarded. */
    private int value;

    RedisDenyFilter(List<byte[]> denied, boolean inline) {
        this.denied = denied;
        this.inline = inline;
    }

    @Override
    public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
        String refusal = null;
        int before = -1;
        // Each step either forwards something or needs more bytes.
        while (refusal == null && bytes.forwarded() > before && bytes.forwarded() < bytes.length()) {
            before = bytes.forwarded();
            refusal = switch (state) {
                case COMMAND -> bytes.get(before) == '*' ? command(bytes) : inlineCommand(bytes);
                case ARGUMENT -> argument(bytes);
                case VALUE -> value(bytes);
                case LINE -> line(bytes);
            };
        }
        if (refusal != null) {
            context.explain(refusal);
            return DataAction.REJECT;
        }
        return DataAction.CONTINUE;
    }

    @Override
    public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
            ConnectionContext context) {
        context.explain(switch (cause) {
            case FULL -> "the name of a command is too long";
            case SILENCE, DEADLINE -> "a command did not come in time";
            case END_OF_STREAM -> "the client finished in the middle of a command";
        });
        return DataAction.REJECT;
    }

    /** Reads {@code *ARGUMENTS CR LF $LENGTH CR LF NAME CR LF}. Null, or the reason for a refusal. */
    private @Nullable String command(BorrowedBytes bytes) {
        int start = bytes.forwarded();
        int count = length(bytes, start, '*');
        if (count < 0) {
            return count == INVALID ? "not a Redis request" : null;
        }
        int name = lineEnd(bytes, start);
        if (count == 0) {
            bytes.forward(name - start);
            return null;
        }
        int length = length(bytes, name, '$');
        if (length < 0) {
            return length == INVALID ? "not a Redis request" : null;
        }
        name = lineEnd(bytes, name);
        if (bytes.length() - name < length + CR_LF) {
            bytes.needAtLeast(name - start + length + CR_LF);
            return null;
        }
        if (isDenied(bytes, name, length)) {
            return show(bytes, name, length) + " is denied";
        }
        bytes.forward(name - start + length + CR_LF);
        arguments = count - 1;
        nextArgument();
        return null;
    }

    private void nextArgument() {
        state = arguments > 0 ? State.ARGUMENT : State.COMMAND;
    }

    /** Reads {@code $LENGTH CR LF}, which a value follows. */
    private @Nullable String argument(BorrowedBytes bytes) {
        int start = bytes.forwarded();
        int length = length(bytes, start, '$');
        if (length < 0) {
            return length == INVALID ? "not a Redis request" : null;
        }
        bytes.forward(lineEnd(bytes, start) - start);
        value = length + CR_LF;
        state = State.VALUE;
        return null;
    }

    private @Nullable String value(BorrowedBytes bytes) {
        int count = Math.min(value, bytes.length() - bytes.forwarded());
        bytes.forward(count);
        value -= count;
        if (value == 0) {
            arguments--;
            nextArgument();
        }
        return null;
    }

    /**
     * Reads a line of words. Redis would also accept names that are quoted, escaped or behind unusual blanks. These are
     * refused: no client needs them, and they could hide a denied command.
     */
    private @Nullable String inlineCommand(BorrowedBytes bytes) {
        if (!inline) {
            return "a plain line, which the configuration does not let through";
        }
        int start = bytes.forwarded();
        int name = start;
        while (name < bytes.length() && isBlank(bytes.get(name))) {
            name++;
        }
        int end = name;
        while (end < bytes.length() && isNamePart(bytes.get(end))) {
            end++;
        }
        int next = end < bytes.length() && bytes.get(end) == '\r' ? end + 1 : end;
        if (next == bytes.length()) {
            return null;
        }
        if (bytes.get(next) != '\n' && !(next == end && isBlank(bytes.get(next)))) {
            return "not a Redis request";
        }
        if (isDenied(bytes, name, end - name)) {
            return show(bytes, name, end - name) + " is denied";
        }
        state = bytes.get(next) == '\n' ? State.COMMAND : State.LINE;
        bytes.forward(next + 1 - start);
        return null;
    }

    private @Nullable String line(BorrowedBytes bytes) {
        int start = bytes.forwarded();
        int end = bytes.indexOf((byte) '\n', start, bytes.length());
        if (end >= 0) {
            state = State.COMMAND;
        }
        bytes.forward((end < 0 ? bytes.length() : end + 1) - start);
        return null;
    }

    /** {@return the number in the line from here; {@link #INCOMPLETE} or {@link #INVALID} if there is none} */
    private static int length(BorrowedBytes bytes, int start, char mark) {
        if (start == bytes.length()) {
            return INCOMPLETE;
        }
        int most = Math.min(bytes.length(), start + MAX_LENGTH_LINE);
        int end = bytes.indexOf((byte) '\n', start, most);
        if (end < 0) {
            return most == start + MAX_LENGTH_LINE ? INVALID : INCOMPLETE;
        }
        int digits = end - 1 - (start + 1);
        if (bytes.get(start) != mark || digits < 1 || digits > MAX_DIGITS || bytes.get(end - 1) != '\r') {
            return INVALID;
        }
        int number = 0;
        for (int i = start + 1; i < end - 1; i++) {
            int digit = bytes.get(i) - '0';
            if (digit < 0 || digit > 9) {
                return INVALID;
            }
            number = 10 * number + digit;
        }
        return number;
    }

    /** {@return the start of the line behind a complete one} */
    private static int lineEnd(BorrowedBytes bytes, int start) {
        return bytes.indexOf((byte) '\n', start, bytes.length()) + 1;
    }

    private boolean isDenied(BorrowedBytes bytes, int start, int length) {
        for (byte[] name : denied) {
            if (name.length == length && isName(bytes, start, name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isName(BorrowedBytes bytes, int start, byte[] name) {
        for (int i = 0; i < name.length; i++) {
            int c = bytes.get(start + i);
            if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != name[i]) {
                return false;
            }
        }
        return true;
    }

    private static String show(BorrowedBytes bytes, int start, int length) {
        byte[] name = new byte[length];
        bytes.copyTo(start, name, 0, length);
        return new String(name, StandardCharsets.US_ASCII).toUpperCase(Locale.ROOT);
    }

    private static boolean isBlank(int c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isNamePart(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.'
                || c == '-';
    }
}
