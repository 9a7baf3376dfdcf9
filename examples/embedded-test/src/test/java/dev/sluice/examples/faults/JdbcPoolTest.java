package dev.sluice.examples.faults;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.api.fault.Faults;
import dev.sluice.junit.Endpoint;
import dev.sluice.junit.FaultHandle;
import dev.sluice.junit.Sluice;
import dev.sluice.junit.SluiceProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** A pool of JDBC connections when the database hangs: the driver's time-out ends the query, and a retry has a fresh connection. */
@SluiceProxy(yaml = """
        listeners: [ { name: db, listen: "127.0.0.1:5432", cluster: postgres } ]
        clusters: [ { name: postgres, endpoints: [ { address: "db.internal.example:5432" } ] } ]
        """)
class JdbcPoolTest {
    @Endpoint("postgres")
    private static final TestingServer DATABASE = TestingPostgres.start();

    @AfterAll
    static void stop() throws Exception {
        DATABASE.close();
    }

    @Test
    void aQueryIsRetriedOnAFreshConnection(Sluice sluice) throws Exception {
        try (HikariDataSource pool = pool(sluice.address("db").getPort())) {
            assertEquals(1, query(pool));
            try (FaultHandle hang = sluice.cluster("postgres").fault(Faults.blackHole())) {
                assertEquals("08006", assertThrows(SQLException.class, () -> query(pool)).getSQLState());
            }
            assertEquals(1, query(pool), "the retry");
        }
    }

    private static int query(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                ResultSet result = connection.createStatement().executeQuery("SELECT 1")) {
            result.next();
            return result.getInt(1);
        }
    }

    private static HikariDataSource pool(int port) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(
                "jdbc:postgresql://127.0.0.1:" + port + "/app?user=app&preferQueryMode=simple&socketTimeout=3");
        config.setMaximumPoolSize(1);
        return new HikariDataSource(config);
    }
}
