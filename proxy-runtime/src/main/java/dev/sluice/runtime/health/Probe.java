package dev.sluice.runtime.health;

/** The question that a check asks an endpoint; a value. */
public sealed interface Probe permits TcpProbe, HttpProbe, TlsProbe {}
