package io.slipway.http.v2;

import io.vertx.core.http.HttpMethod;

/**
 * One line of the table of operations.
 *
 * @param need what its caller must be allowed
 * @param name what metrics and logs call the operation
 */
record Route(Endpoint endpoint, HttpMethod method, Need need, String name, Operation operation) {}
