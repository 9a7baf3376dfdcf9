package dev.sluice.runtime.admin;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.sluice.runtime.admin.AdminRoutes.Route;

/** The paths about faults that filters inject. Any thread. */
final class FaultRoutes {
    private final AdminParts parts;

    private FaultRoutes(AdminParts parts) {
        this.parts = parts;
    }

    static List<Route> of(AdminParts parts) {
        FaultRoutes routes = new FaultRoutes(parts);
        return List.of(
                new Route("GET", "/faults", Set.of(), "faults that filters of type fault inject",
                        request -> Response.of(parts.commands().faults())),
                new Route("POST", "/faults/{listener}", new LinkedHashSet<>(FaultReader.PARAMETERS),
                        "inject a fault into the connections of a listener; the parameters are its keys, such as latency=80ms",
                        routes::add),
                new Route("DELETE", "/faults/{listener}", Set.of(), "end all faults of a listener",
                        request -> Response.of(parts.commands().removeFaults(request.segments().getFirst(), null))),
                new Route("DELETE", "/faults/{listener}/{name}", Set.of(), "end a fault",
                        request -> Response.of(parts.commands().removeFaults(request.segments().get(0),
                                request.segments().get(1)))));
    }

    private Response add(AdminRequest request) {
        return Response.of(parts.commands().addFault(request.segments().getFirst(),
                new FaultReader(request.parameters(), parts.durations()).read()));
    }
}
