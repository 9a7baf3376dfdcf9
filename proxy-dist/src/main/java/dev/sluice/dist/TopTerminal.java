package dev.sluice.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

import org.jline.terminal.Attributes;
import org.jline.terminal.Sized;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;

/**
 * The terminal of {@code sluice top}; the only class that uses JLine. As long as it is open it has the screen for
 * itself and gets each key at once. It is given back by {@link #close}, and by the end of the process: a signal ends it
 * with the hooks of the JVM. One thread draws and reads; the hook is another one.
 */
final class TopTerminal implements AutoCloseable {
    /** The time within which the rest of a key's sequence has come. */
    private static final long SEQUENCE_MILLIS = 50;

    private final Terminal terminal;
    private final Attributes found;
    private final Display display;
    private final KeyDecoder decoder = new KeyDecoder();
    private final Thread hook = new Thread(this::restore, "sluice-terminal");
    private int width;
    private int height;
    private boolean restored;

    private TopTerminal(Terminal terminal) {
        this.terminal = terminal;
        found = terminal.getAttributes();
        display = new Display(terminal, true);
    }

    /** @throws IOException if there is no terminal, or one that cannot place the cursor */
    static TopTerminal open() throws IOException {
        TopTerminal top = new TopTerminal(system());
        if (top.terminal.getStringCapability(Capability.cursor_address) == null) {
            top.terminal.close();
            throw new IOException("a terminal of the type '" + top.terminal.getType() + "' cannot place the cursor");
        }
        Runtime.getRuntime().addShutdownHook(top.hook);
        top.enter();
        return top;
    }

    /** Only JLine's provider over java.lang.foreign: the others unpack a library, or start programs. */
    private static Terminal system() throws IOException {
        try {
            return TerminalBuilder.builder().system(true).provider("ffm").dumb(false).nativeSignals(false)
                    .encoding(StandardCharsets.UTF_8).build();
        } catch (IllegalStateException e) {
            throw new IOException(e);
        }
    }

    private synchronized void enter() {
        Attributes raw = terminal.enterRawMode();
        // Ctrl-C comes as a key, and Ctrl-Z does not stop a process that has the screen.
        Attributes keys = terminal.getAttributes();
        keys.setLocalFlag(Attributes.LocalFlag.ISIG, false);
        terminal.setAttributes(keys);
        found.copy(raw);
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        terminal.flush();
    }

    int width() {
        return Math.max(1, width);
    }

    int height() {
        return Math.max(1, height);
    }

    /** Looks at the size of the window, and returns whether it is another one. Nobody has to be sent a signal for it. */
    boolean resized() {
        Sized now = terminal.getSize();
        if (now.getColumns() == width && now.getRows() == height) {
            return false;
        }
        width = now.getColumns();
        height = now.getRows();
        display.resize(now);
        display.clear();
        return true;
    }

    /** Shows lines, of which only differences are sent. */
    synchronized void draw(List<TopLine> lines) {
        if (!restored) {
            display.update(lines.stream().map(line -> new AttributedString(line.text(), style(line))).toList(), -1);
        }
    }

    private static AttributedStyle style(TopLine line) {
        return switch (line.style()) {
            case PLAIN -> AttributedStyle.DEFAULT;
            case WARNING -> AttributedStyle.BOLD;
            case TITLE -> AttributedStyle.INVERSE;
        };
    }

    /**
     * Waits for a key.
     *
     * @return the key; empty if there was none in time
     * @throws IOException if the terminal has gone
     */
    OptionalInt key(long millis) throws IOException {
        int c = terminal.reader().read(Math.max(1, decoder.pending() ? SEQUENCE_MILLIS : millis));
        if (c == NonBlockingReader.READ_EXPIRED) {
            return decoder.silence();
        }
        if (c < 0) {
            throw new IOException("the terminal has gone");
        }
        return decoder.next((char) c);
    }

    private synchronized void restore() {
        if (!restored) {
            restored = true;
            terminal.puts(Capability.cursor_normal);
            terminal.puts(Capability.exit_ca_mode);
            terminal.flush();
            terminal.setAttributes(found);
        }
    }

    @Override
    public void close() throws IOException {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook is running, or has run.
        }
        terminal.close();
    }
}
