-- Note who is here now, and name all who were within the last minute.
-- KEYS[1] keys of names of present people, a sorted set by the time they were last seen
-- ARGV[1..n] keys of names of people seen by this node
-- Returns the keys of all names
-- @include principal
local now = nowMs()
for _, name in ipairs(ARGV) do redis.call('ZADD', KEYS[1], now, name) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', tonumber(now) - 60000))
return redis.call('ZRANGE', KEYS[1], 0, -1)
