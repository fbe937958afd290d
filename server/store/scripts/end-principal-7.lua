-- End an ingest key or a kiosk for good: its token dies with it and its name is free again.
-- KEYS[1] index hash, name key to id; KEYS[2] principal hash; KEYS[3] its token hash; KEYS[4] control stream
-- KEYS[5..7] timeline: seq, epoch, stream
-- ARGV[1] name key; ARGV[2] id; ARGV[3] reason; ARGV[4] entry body; ARGV[5] new timeline epoch
-- Returns 1 ended, -1 no longer there
-- @include principal
-- @include append-timeline
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return -1 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2], KEYS[3])
tellRevoked(KEYS[4], ARGV[2], '', ARGV[3])
appendTimeline(5, ARGV[4], ARGV[5])
return 1
