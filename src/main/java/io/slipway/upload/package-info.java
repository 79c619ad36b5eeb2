/**
 * Uploads: sessions that survive broken connections and the death of the process, and single
 * requests that carry a whole blob.
 *
 * <p>May use {@code oci}, {@code runtime}, {@code event}, {@code blob} and {@code metadata}. The
 * session's row decides who may write; what is kept in memory only makes it quick.
 *
 * <p>{@link io.slipway.upload.UploadService} is the door. {@code UploadSessions} lets one {@code
 * Writing} at a time into each session, whose {@code BodyPump} moves the body into the store;
 * {@code UploadCompletion} makes a blob of it.
 */
@NullMarked
package io.slipway.upload;

import org.jspecify.annotations.NullMarked;
