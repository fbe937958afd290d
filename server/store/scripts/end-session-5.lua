-- End one session: its token dies and its sockets are cut on every node.
-- KEYS[1] token hash; KEYS[2] control stream; KEYS[3..5] timeline: seq, epoch, stream
-- ARGV[1] principal id; ARGV[2] session id; ARGV[3] reason; ARGV[4] entry body; ARGV[5] new timeline epoch
-- Returns 1 ended, 0 it had ended before
-- @include principal
-- @include append-timeline
if redis.call('DEL', KEYS[1]) == 0 then return 0 end
tellRevoked(KEYS[2], ARGV[1], ARGV[2], ARGV[3])
appendTimeline(3, ARGV[4], ARGV[5])
return 1
