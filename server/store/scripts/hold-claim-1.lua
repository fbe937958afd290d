-- Take or renew a claim that one node holds at a time. Its version rises each time it is taken anew, by whomever.
-- KEYS[1] claim hash: holder, version, untilMs
-- ARGV[1] who asks; ARGV[2] ms the claim lasts without renewal
-- Returns { 1 held or 0 refused, version as text, holder, until when in ms of Redis time as text }
-- @include redis-time
local nowMs = redisNowMs()
local kept = redis.call('HMGET', KEYS[1], 'holder', 'version', 'untilMs')
local valid = kept[1] and tonumber(kept[3]) > nowMs
if valid and kept[1] ~= ARGV[1] then return { 0, kept[2], kept[1], kept[3] } end
local version = kept[2]
if not valid then version = string.format('%.0f', redis.call('HINCRBY', KEYS[1], 'version', 1)) end
local untilMs = string.format('%.0f', nowMs + tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'untilMs', untilMs)
return { 1, version, ARGV[1], untilMs }
