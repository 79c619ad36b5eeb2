/**
 * What the specification and our own requirements demand of the HTTP API, as tables of requests and
 * expected answers against a whole registry.
 */
@NullMarked
package io.slipway.conformance;

import org.jspecify.annotations.NullMarked;
