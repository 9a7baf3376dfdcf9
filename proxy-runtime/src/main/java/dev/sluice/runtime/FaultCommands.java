package dev.sluice.runtime;

import java.util.List;

import dev.sluice.api.fault.Fault;
import dev.sluice.runtime.admin.CommandResult;
import dev.sluice.runtime.engine.FaultOperations;
import dev.sluice.runtime.engine.FaultOperations.Injected;
import dev.sluice.runtime.json.JsonWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands of the admin interface about faults. Any thread. */
final class FaultCommands {
    private static final Logger LOG = LoggerFactory.getLogger(FaultCommands.class);
    private static final String BY = "the admin interface";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final FaultOperations operations;

    FaultCommands(FaultOperations operations) {
        this.operations = operations;
    }

    CommandResult all() {
        return new CommandResult(OK, json -> {
            json.name("faults").beginArray();
            operations.all().forEach(each -> write(json.beginObject(), each).endObject());
            json.endArray();
        });
    }

    CommandResult add(String listener, Fault fault) {
        try {
            Injected added = operations.add(listener, fault, BY);
            LOG.info("admin: listener {}: fault '{}' ({}) was added", listener, added.name(), fault.kind().label());
            return new CommandResult(OK, json -> write(json, added));
        } catch (IllegalArgumentException e) {
            return error(NOT_FOUND, e.getMessage());
        } catch (IllegalStateException e) {
            return error(CONFLICT, e.getMessage());
        }
    }

    CommandResult remove(String listener, @Nullable String name) {
        try {
            List<String> names = operations.all().stream().filter(each -> each.listener().equals(listener))
                    .map(Injected::name).filter(each -> name == null || each.equals(name)).distinct().toList();
            if (name != null && names.isEmpty()) {
                operations.remove(listener, name, BY);
                return error(NOT_FOUND, "listener " + listener + " has no fault '" + name
                        + "'; GET /faults lists those that there are");
            }
            names.forEach(each -> operations.remove(listener, each, BY));
            LOG.info("admin: listener {}: faults were removed: {}", listener, names);
            return new CommandResult(OK, json -> {
                json.name("removed").beginArray();
                names.forEach(json::value);
                json.endArray();
            });
        } catch (IllegalArgumentException e) {
            return error(NOT_FOUND, e.getMessage());
        }
    }

    private static CommandResult error(int status, @Nullable String text) {
        return new CommandResult(status, json -> json.name("error").value(text));
    }

    private static JsonWriter write(JsonWriter json, Injected injected) {
        Fault fault = injected.fault();
        json.name("listener").value(injected.listener()).name("filter").value(injected.filter());
        json.name("name").value(injected.name()).name("kind").value(fault.kind().label());
        json.name("direction").value(fault.direction().label()).name("toxicity").value(fault.toxicity());
        json.name("seed").value(fault.seed());
        json.name("cluster").value(fault.cluster().orElse(null));
        return json.name("endpoint").value(fault.endpoint().orElse(null));
    }
}
