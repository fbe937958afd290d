-- Give a held claim back at once, so that another node need not wait for it to lapse.
-- KEYS[1] claim hash: holder, version, untilMs
-- ARGV[1] holder; ARGV[2] version
-- Returns 1 given back, 0 it was not this holder's any more
local kept = redis.call('HMGET', KEYS[1], 'holder', 'version')
if kept[1] ~= ARGV[1] or kept[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'untilMs', '0')
return 1
