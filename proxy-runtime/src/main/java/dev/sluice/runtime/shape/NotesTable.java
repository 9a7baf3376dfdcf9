package dev.sluice.runtime.shape;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.runtime.shape.RecordNotes.ComponentNotes;
import dev.sluice.runtime.shape.RecordNotes.Range;
import org.jspecify.annotations.Nullable;

/**
 * The annotations of the proxy's own records, as a file that the build writes beside the classes. Reading annotations costs a start 45 ms of CPU,
 * because the JVM writes a class for each kind of annotation and cannot keep it in an archive; reading the file costs one. Without the file
 * (classes that were not built by Maven) the annotations are read.
 */
final class NotesTable {
    static final String FILE = "records.bin";

    private static final Syntax.Kind[] SYNTAXES = Syntax.Kind.values();

    private NotesTable() {}

    /** The table of the build by names of records, empty if there is none. */
    static Map<String, RecordNotes> ofBuild() {
        try (InputStream file = NotesTable.class.getResourceAsStream(FILE)) {
            return file == null ? Map.of() : read(file);
        } catch (IOException e) {
            throw new IllegalStateException("the file " + FILE + " beside " + NotesTable.class + " cannot be read", e);
        }
    }

    static void write(Map<String, RecordNotes> table, OutputStream to) throws IOException {
        DataOutputStream out = new DataOutputStream(to);
        out.writeShort(table.size());
        for (Map.Entry<String, RecordNotes> entry : table.entrySet()) {
            RecordNotes notes = entry.getValue();
            out.writeUTF(entry.getKey());
            write(notes.oneOf(), out);
            out.writeUTF(notes.allowed());
            write(notes.plannedKeys(), out);
            out.writeUTF(notes.shorthand());
            out.writeShort(notes.components().size());
            for (ComponentNotes component : notes.components()) {
                write(component, out);
            }
        }
        out.flush();
    }

    static Map<String, RecordNotes> read(InputStream from) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(from));
        Map<String, RecordNotes> table = new HashMap<>();
        for (int records = in.readShort(); records > 0; records--) {
            String name = in.readUTF();
            List<String> oneOf = texts(in);
            String allowed = in.readUTF();
            List<String> plannedKeys = texts(in);
            String shorthand = in.readUTF();
            List<ComponentNotes> components = new ArrayList<>();
            for (int i = in.readShort(); i > 0; i--) {
                components.add(component(in));
            }
            table.put(name, new RecordNotes(oneOf, allowed, plannedKeys, shorthand, components));
        }
        return table;
    }

    private static void write(ComponentNotes component, DataOutputStream out) throws IOException {
        Range range = component.range();
        Syntax.Kind syntax = component.syntax();
        out.writeUTF(component.name());
        out.writeUTF(component.key());
        write(component.defaultText(), out);
        write(range == null ? null : range.min(), out);
        write(range == null ? null : range.max(), out);
        out.writeUTF(component.description());
        out.writeUTF(component.hint());
        out.writeBoolean(component.notEmpty());
        out.writeBoolean(component.required());
        out.writeBoolean(component.switchable());
        out.writeByte(syntax == null ? -1 : syntax.ordinal());
    }

    private static ComponentNotes component(DataInputStream in) throws IOException {
        String name = in.readUTF();
        String key = in.readUTF();
        String defaultText = textOrNull(in);
        String min = textOrNull(in);
        String max = textOrNull(in);
        Range range = min == null || max == null ? null : new Range(min, max);
        String description = in.readUTF();
        String hint = in.readUTF();
        boolean notEmpty = in.readBoolean();
        boolean required = in.readBoolean();
        boolean switchable = in.readBoolean();
        int syntax = in.readByte();
        return new ComponentNotes(name, key, defaultText, range, description, hint, notEmpty, required, switchable,
                syntax < 0 ? null : SYNTAXES[syntax]);
    }

    private static void write(List<String> texts, DataOutputStream out) throws IOException {
        out.writeShort(texts.size());
        for (String text : texts) {
            out.writeUTF(text);
        }
    }

    private static List<String> texts(DataInputStream in) throws IOException {
        int count = in.readShort();
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(in.readUTF());
        }
        return texts;
    }

    private static void write(@Nullable String text, DataOutputStream out) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }

    private static @Nullable String textOrNull(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }
}
