package dev.sluice.runtime.yaml;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;

import static java.util.stream.Collectors.joining;

/** The text of a file, and its lines for messages. Any thread. */
public final class SourceText {
    private static final int WINDOW = 120;

    private final String name;
    private final int order;
    private final String text;
    private final Path directory;
    // Problems are found mostly in the order of lines, so counting continues where it stopped. Guarded by this.
    private int knownLine = 1;
    private int knownOffset;

    /** @param order of this source among those of the load */
    public SourceText(String name, int order, String text) {
        this(name, order, text, Path.of("").toAbsolutePath());
    }

    private SourceText(String name, int order, String text, Path directory) {
        this.directory = directory;
        this.name = name;
        this.order = order;
        this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** Decodes a file strictly; null, with a problem reported, when the bytes are not UTF-8. */
    public static @Nullable SourceText decode(Path file, int order, byte[] bytes, ProblemSink problems) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        Path directory = file.toAbsolutePath().getParent();
        SourceText source = new SourceText(file.toString(), order, out.flip().toString(),
                directory == null ? file.toAbsolutePath() : directory);
        if (result.isUnderflow()) {
            return source;
        }
        problems.add(source.end(), NodePath.ROOT,
                "the byte 0x%02x here is not UTF-8".formatted(bytes[in.position()] & 0xFF), "text in UTF-8", null);
        return null;
    }

    /** The same file with another text. */
    public SourceText with(String other) {
        return other.equals(text) ? this : new SourceText(name, order, other, directory);
    }

    /** The name for messages. */
    public String name() {
        return name;
    }

    /** The position among the sources of a load. */
    public int order() {
        return order;
    }

    /** The directory of the file, absolute; of a text, the working directory. */
    public Path directory() {
        return directory;
    }

    /** The text, without a byte order mark. */
    public String text() {
        return text;
    }

    /** The location of the first character. */
    public Location start() {
        return new Location(this, 1, 1);
    }

    /** The location of the source as a whole. */
    public Location whole() {
        return new Location(this, 0, 0);
    }

    /** The location after the last character. */
    public Location end() {
        return locationOf(text.length());
    }

    /** The location of an index into the text. */
    public Location locationOf(int index) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < index; i++) {
            if (endsLine(i)) {
                line++;
                lineStart = i + 1;
            }
        }
        return new Location(this, line, text.codePointCount(lineStart, index) + 1);
    }

    /**
     * The line with a caret below it; null where there is no line to show. Of a long line only the part around the
     * column.
     */
    public synchronized @Nullable String excerpt(int line, int column) {
        int start = line == 0 ? -1 : startOf(line);
        if (start < 0) {
            return null;
        }
        int caret = start;
        for (int i = 1; i < column && caret < text.length() && !breaksLine(caret); i++) {
            caret = text.offsetByCodePoints(caret, 1);
        }
        boolean fits = IntStream.rangeClosed(start, start + WINDOW).anyMatch(i -> i >= text.length() || breaksLine(i));
        int from = fits ? start : Math.max(start, caret - WINDOW / 2);
        int to = from;
        while (to < text.length() && to < from + WINDOW && !breaksLine(to)) {
            to++;
        }
        String shown = text.substring(from, to);
        if (shown.isBlank()) {
            return null;
        }
        String before = text.substring(from, caret);
        boolean cutLeft = from > start;
        boolean cutRight = to < text.length() && !breaksLine(to);
        return (cutLeft ? "…" : "") + visible(shown) + (cutRight ? "…" : "") + "\n"
                + (cutLeft ? " " : "") + before.codePoints().mapToObj(c -> c == '\t' ? "\t" : " ").collect(joining())
                + "^";
    }

    private static String visible(String line) {
        return Stream.of(line.split("\t", -1)).map(Printable::of).collect(joining("\t"));
    }

    /** The offset at which a line starts; -1 if there is no such line. */
    private int startOf(int line) {
        if (line < knownLine) {
            knownLine = 1;
            knownOffset = 0;
        }
        for (int i = knownOffset; knownLine < line && i < text.length(); i++) {
            if (endsLine(i)) {
                knownLine++;
                knownOffset = i + 1;
            }
        }
        return knownLine == line ? knownOffset : -1;
    }

    private boolean breaksLine(int index) {
        return text.charAt(index) == '\n' || text.charAt(index) == '\r';
    }

    /** Whether a line ends here, by the rules of the YAML scanner: at LF, CR LF or CR. */
    private boolean endsLine(int index) {
        char c = text.charAt(index);
        return c == '\n' || (c == '\r' && !(index + 1 < text.length() && text.charAt(index + 1) == '\n'));
    }
}
