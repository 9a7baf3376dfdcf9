package dev.sluice.runtime.admin;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.sluice.runtime.admin.AdminRoutes.Route;
import dev.sluice.runtime.observe.CloseResult;
import dev.sluice.runtime.observe.ConnectionQuery;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.observe.ProxyView;
import dev.sluice.runtime.selection.Fact;
import dev.sluice.runtime.selection.Selection;
import dev.sluice.runtime.selection.Units;
import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paths about open connections. Any thread. */
final class ConnectionRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionRoutes.class);
    private static final int DEFAULT_PAGE = 100;
    private static final int MAX_PAGE = 1_000;
    private static final String WHERE = Conditions.WHERE;
    private static final String SORT = "sort";
    private static final String AFTER = "after";
    private static final String DRY_RUN = "dry-run";

    private final ProxyView view;
    private final Conditions conditions;

    ConnectionRoutes(ProxyView view, Units units) {
        this.view = view;
        this.conditions = new Conditions(view, units);
    }

    Route list() {
        return new Route("GET", "/connections", parameters(AFTER, "limit", WHERE, SORT),
                "open connections, a page at a time; limit: 1 to 1000, after: the last id of the page before, where: a"
                        + " condition such as idle>1h, sort: the greatest first",
                this::list);
    }

    Route closeAll() {
        return new Route("POST", "/connections/close", parameters(WHERE, DRY_RUN),
                "close the connections that meet a condition; dry-run: only count them", this::closeAll);
    }

    Route closeOne() {
        return new Route("POST", "/connections/{id}/close", Set.of(), "close one connection",
                request -> close(request.number("the connection id")));
    }

    private static Set<String> parameters(String... names) {
        return new LinkedHashSet<>(List.of(names));
    }

    private Response list(AdminRequest request) {
        int limit = (int) request.number("limit", DEFAULT_PAGE, 1, MAX_PAGE);
        String where = request.parameters().get(WHERE);
        Selection condition = where == null ? Selection.ALL : conditions.read(where);
        Fact rank = rank(request.parameters().get(SORT));
        if (rank != null) {
            if (request.parameters().containsKey(AFTER)) {
                throw new BadRequestException(
                        AFTER + " turns pages of connections in the order of their ids; with " + SORT + " use limit");
            }
            return ConnectionJson.page(view.connections(new ConnectionQuery(condition, rank, 0, limit)), null);
        }
        // One more than the page shows whether there is another page.
        List<ConnectionView> found = view.connections(
                new ConnectionQuery(condition, null, request.number(AFTER, 0, 0, Long.MAX_VALUE), limit + 1));
        return found.size() > limit
                ? ConnectionJson.page(found.subList(0, limit), found.get(limit - 1).id())
                : ConnectionJson.page(found, null);
    }

    private static @Nullable Fact rank(@Nullable String name) {
        Fact rank = name == null ? null : Fact.of(name);
        if (name != null && (rank == null || !rank.isRank())) {
            throw new BadRequestException(SORT + " is \"" + name + "\"; allowed: " + Fact.ranks());
        }
        return rank;
    }

    private Response closeAll(AdminRequest request) {
        String where = request.parameters().get(WHERE);
        if (where == null) {
            throw new BadRequestException(WHERE + " is missing; it says which connections, such as listener=edge and"
                    + " idle>1h. POST /connections/{id}/close closes one");
        }
        boolean dryRun = request.flag(DRY_RUN);
        int open = view.serving().active();
        CloseResult result = view.closeConnections(conditions.read(where), where, dryRun);
        if (!dryRun) {
            LOG.info("admin: the close of connections where {} was requested: {}", Printable.of(where), text(result));
        }
        return Response.json(200, json -> {
            json.name("where").value(where).name("dry_run").value(dryRun);
            json.name("connections").value(result.count()).name("complete").value(result.complete());
            json.name("connections_active").value(open);
            json.name("text").value(text(result) + (dryRun
                    ? " of " + open + " would be closed; nothing was changed"
                    : (result.count() == 1 ? " was closed" : " were closed") + ", of " + open));
        });
    }

    private static String text(CloseResult result) {
        return (result.count() == 1 ? "1 connection" : result.count() + " connections")
                + (result.complete() ? "" : " and more, of event loops that have not answered yet,");
    }

    private Response close(long id) {
        if (!view.closeConnection(id)) {
            return Response.error(404, "there is no connection " + id + "; GET /connections lists the open ones");
        }
        LOG.info("admin: the close of connection {} was requested", id);
        return Response.json(202, json -> json.name("id").value(id).name("closing").value(true));
    }
}
