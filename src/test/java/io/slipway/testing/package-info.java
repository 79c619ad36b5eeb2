/** What tests of several packages share. */
@NullMarked
package io.slipway.testing;

import org.jspecify.annotations.NullMarked;
