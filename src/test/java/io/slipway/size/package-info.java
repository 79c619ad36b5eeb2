/** What is large: blobs that fit in no memory, lists that fit on no page. */
@NullMarked
package io.slipway.size;

import org.jspecify.annotations.NullMarked;
