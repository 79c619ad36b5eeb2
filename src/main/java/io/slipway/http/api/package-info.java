/** What those who run a registry ask of it, beside the Distribution API. */
@NullMarked
package io.slipway.http.api;

import org.jspecify.annotations.NullMarked;
