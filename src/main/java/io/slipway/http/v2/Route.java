package io.slipway.http.v2;

import io.vertx.core.http.HttpMethod;

/**
 * One line of the table of operations.
 *
 * @param name what metrics and logs call the operation
 */
record Route(
    Endpoint endpoint,
    HttpMethod method,
    Permission permission,
    String name,
    Operation operation) {}
