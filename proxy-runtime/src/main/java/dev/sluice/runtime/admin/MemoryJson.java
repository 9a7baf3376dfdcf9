package dev.sluice.runtime.admin;

import dev.sluice.runtime.json.JsonWriter;
import dev.sluice.runtime.observe.MemoryView;
import dev.sluice.runtime.observe.PipeView;

/** The buffer memory in admin responses: of a loop, or of all together. Stateless. */
final class MemoryJson {
    private MemoryJson() {}

    static void pool(JsonWriter json, MemoryView memory) {
        json.name("reserved").value(memory.poolReserved()).name("reserved_peak").value(memory.poolReservedPeak());
        json.name("borrowed").value(memory.borrowedBytes());
        json.name("buffers_borrowed").value(memory.buffersBorrowed());
        json.name("buffers_borrowed_peak").value(memory.buffersBorrowedPeak());
        json.name("buffer_waits").value(memory.bufferWaits());
        json.name("waiting_now").value(memory.waitingNow());
    }

    static void pipes(JsonWriter json, PipeView pipes) {
        json.name("reserved").value(pipes.reserved()).name("reserved_peak").value(pipes.reservedPeak());
        json.name("open").value(pipes.open());
        json.name("borrowed").value(pipes.borrowed()).name("borrowed_peak").value(pipes.borrowedPeak());
        json.name("moved_bytes").value(pipes.movedBytes());
    }

    static void stash(JsonWriter json, MemoryView memory) {
        json.name("reserved").value(memory.stashReserved()).name("reserved_peak").value(memory.stashReservedPeak());
        json.name("used").value(memory.stashBytes()).name("peak").value(memory.stashBytesPeak());
    }
}
