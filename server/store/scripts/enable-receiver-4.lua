-- Send to a disabled receiver again: what waits for it goes out at once.
-- KEYS[1] states; KEYS[2..4] timeline
-- ARGV[1] receiver; ARGV[2] timeline body; ARGV[3] new epoch
-- Returns 1 enabled, 0 it was not disabled
-- @include redis-time
-- @include append-timeline
local state = ARGV[1] .. '|state'
if redis.call('HGET', KEYS[1], state) ~= 'disabled' then return 0 end
redis.call('HSET', KEYS[1], state, 'ok', ARGV[1] .. '|since', string.format('%.0f', redisNowMs()))
redis.call('HSET', KEYS[1], ARGV[1] .. '|row', 0, ARGV[1] .. '|lost', 0)
appendTimeline(2, ARGV[2], ARGV[3])
return 1
