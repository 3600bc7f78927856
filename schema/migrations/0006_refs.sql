-- A chat says its whole history again with every call, so the references of a call are those of the call before and two more. They lie far apart,
-- among the calls of others: only a long window sees that they repeat, and only within one block.
ALTER TABLE tasks MODIFY COLUMN input_refs Array(UInt128) CODEC(ZSTD(3, 23));

ALTER TABLE tasks MODIFY COLUMN input_refs MODIFY SETTING min_compress_block_size = 8388608, max_compress_block_size = 8388608;
