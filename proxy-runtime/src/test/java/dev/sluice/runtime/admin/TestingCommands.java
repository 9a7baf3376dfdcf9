package dev.sluice.runtime.admin;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.api.fault.Fault;
import org.jspecify.annotations.Nullable;

/** Counts what it is ordered, and answers what the test says. */
class TestingCommands implements AdminCommands {
    final AtomicInteger drains = new AtomicInteger();
    final AtomicInteger reloads = new AtomicInteger();
    final List<String> generationDrains = new CopyOnWriteArrayList<>();
    final List<String> endpoints = new CopyOnWriteArrayList<>();
    final List<String> faults = new CopyOnWriteArrayList<>();
    /** The end of all reloads. */
    volatile CompletableFuture<CommandResult> reload = CompletableFuture.completedFuture(result(200, "applied"));
    volatile CommandResult plan = result(200, "planned");
    volatile CommandResult lastReload = result(200, "none");
    volatile CommandResult generationDrain = result(202, "draining");
    volatile CommandResult endpoint = result(200, "done");

    static CommandResult result(int status, String word) {
        return new CommandResult(status, json -> json.name("result").value(word));
    }

    @Override
    public CommandResult drain() {
        drains.incrementAndGet();
        return result(202, "draining");
    }

    @Override
    public CompletionStage<CommandResult> reload() {
        reloads.incrementAndGet();
        return reload;
    }

    @Override
    public CommandResult plan() {
        return plan;
    }

    @Override
    public CommandResult lastReload() {
        return lastReload;
    }

    @Override
    public CommandResult drainGeneration(long number, Duration over) {
        generationDrains.add(number + " " + over);
        return generationDrain;
    }

    @Override
    public CommandResult drainEndpoint(String cluster, String address, @Nullable Duration over) {
        endpoints.add("drain " + cluster + " " + address + " " + over);
        return endpoint;
    }

    @Override
    public CommandResult faults() {
        return result(200, "faults");
    }

    @Override
    public CommandResult addFault(String listener, Fault fault) {
        faults.add("add " + listener + " " + fault.kind().label());
        return result(200, "added");
    }

    @Override
    public CommandResult removeFaults(String listener, @Nullable String name) {
        faults.add("remove " + listener + " " + name);
        return result(200, "removed");
    }

    @Override
    public CommandResult restoreEndpoint(String cluster, String address) {
        endpoints.add("up " + cluster + " " + address);
        return endpoint;
    }
}
