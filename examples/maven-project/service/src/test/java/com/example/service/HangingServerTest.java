package com.example.service;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;

import dev.sluice.api.fault.Faults;
import dev.sluice.runtime.InjectedFault;
import dev.sluice.runtime.ProxyServer;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class HangingServerTest {
    @Test
    void anAnswerComesWhenTheFaultEnds() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
                ProxyServer proxy = ProxyServer.builder().config("""
                        listeners:
                          - { name: edge, listen: "127.0.0.1:0", cluster: app, filters: [ { type: fault } ] }
                        clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:%d" } ] } ]
                        """.formatted(server.getLocalPort())).start();
                Socket client = new Socket()) {
            client.connect(proxy.address("edge"));
            try (Socket accepted = server.accept()) {
                try (InjectedFault hang = proxy.faults().onCluster("app", Faults.blackHole())) {
                    accepted.getOutputStream().write('!');
                    client.setSoTimeout(100);
                    assertThrows(SocketTimeoutException.class, () -> client.getInputStream().read());
                }
                client.setSoTimeout(20_000);
                assertEquals('!', client.getInputStream().read());
            }
        }
    }
}
