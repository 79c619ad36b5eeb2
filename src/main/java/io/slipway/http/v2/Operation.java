package io.slipway.http.v2;

/** One operation of the API. Runs on the event loop of the request, without blocking it. */
@FunctionalInterface
interface Operation {

  /** Answers one request; throws a {@code RegistryException} to refuse it before anything async. */
  void handle(Exchange exchange);
}
