/** A registry that dies at any moment, and what its clients were promised. */
@NullMarked
package io.slipway.crash;

import org.jspecify.annotations.NullMarked;
