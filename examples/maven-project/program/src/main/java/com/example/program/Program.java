package com.example.program;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import dev.sluice.runtime.ProxyServer;

/** A word that goes from a client through the proxy to a server. */
public final class Program {
    private Program() {}

    public static void main(String[] args) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
                ProxyServer proxy = ProxyServer.builder().config("""
                        listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app } ]
                        clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:%d" } ] } ]
                        """.formatted(server.getLocalPort())).start();
                Socket client = new Socket()) {
            client.connect(proxy.address("edge"));
            client.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
            try (Socket accepted = server.accept()) {
                String word = new String(accepted.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
                String module = ProxyServer.class.getModule().getName();
                System.out.println(word + (module == null ? " on the class path" : " through module " + module));
            }
        }
    }
}
