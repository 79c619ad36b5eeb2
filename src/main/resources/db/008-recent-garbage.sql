-- What was left alone since a collection before is found by when it was last touched, without reading what was not.
CREATE INDEX manifest_touched ON manifest (touched_at);
CREATE INDEX link_touched ON link (touched_at);
CREATE INDEX blob_touched ON blob (touched_at);
CREATE INDEX tag_history_ended ON tag_history (ended_at) WHERE ended_at IS NOT NULL;
