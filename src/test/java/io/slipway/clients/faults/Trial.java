package io.slipway.clients.faults;

import java.net.http.HttpResponse;

/** One request under a fault, on content of its own. */
interface Trial {
  /** Makes what it needs, before the fault. */
  default void prepare() {}

  /** Is told, while the request may be under way, that nobody waits for anything any more. */
  default void hurry() {}

  /** Sends the request; a connection that breaks off is an UncheckedIOException. */
  HttpResponse<?> attempt();

  /**
   * Goes on as a client does when the fault is over, and fails when the registry has lost anything
   * that it acknowledged.
   */
  void settle(Outcome outcome);
}
