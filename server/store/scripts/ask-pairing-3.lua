-- Open a pairing for a screen that asks for one. Changes nothing that anybody could do, so it leaves no timeline entry.
-- KEYS[1] pairing hash (named by the hash of its code); KEYS[2] open pairings, a sorted set by end; KEYS[3] asks of the address
-- ARGV[1] hash of the screen's secret; ARGV[2] life of the code in ms; ARGV[3] asks a minute; ARGV[4] open pairings at most
-- Returns { 1, expiresAtMs as text }, { 0, '' } the code is in use: take another, or { -1, wait in ms }
-- @include principal
if tonumber(redis.call('GET', KEYS[3]) or '0') >= tonumber(ARGV[3]) then return { -1, redis.call('PTTL', KEYS[3]) } end
if redis.call('EXISTS', KEYS[1]) == 1 then return { 0, '' } end
local now = nowMs()
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[4]) then return { -1, 60000 } end
if redis.call('INCR', KEYS[3]) == 1 then redis.call('PEXPIRE', KEYS[3], 60000) end
local expiresAtMs = string.format('%.0f', tonumber(now) + tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], 'secret', ARGV[1], 'state', 'waiting', 'expiresAtMs', expiresAtMs)
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', 3 * tonumber(ARGV[2])))
redis.call('ZADD', KEYS[2], expiresAtMs, KEYS[1])
return { 1, expiresAtMs }
