-- Note who is here now, and count all who were within the last minute.
-- KEYS[1] present people, a sorted set by the time they were last seen
-- ARGV[1..n] ids of people seen by this node
-- Returns how many are present
-- @include principal
local now = nowMs()
for _, id in ipairs(ARGV) do redis.call('ZADD', KEYS[1], now, id) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', tonumber(now) - 60000))
return redis.call('ZCARD', KEYS[1])
