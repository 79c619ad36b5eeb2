package io.slipway.storage;

/**
 * What a rebuild may do.
 *
 * @param verify whether blobs are read and hashed
 * @param keepIncomplete whether manifests come back whose blobs or children are not there
 * @param replace whether what the database has may be forgotten first
 */
public record RebuildOptions(boolean verify, boolean keepIncomplete, boolean replace) {}
