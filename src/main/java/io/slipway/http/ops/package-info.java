/** Health and metrics, for those who run the registry. */
@NullMarked
package io.slipway.http.ops;

import org.jspecify.annotations.NullMarked;
