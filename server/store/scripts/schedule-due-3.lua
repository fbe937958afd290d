-- Put one item of work on the due set, or move it; a claim on its older self can no longer settle it.
-- KEYS[1..3] due: items, claims, queue of the kind
-- ARGV[1] field `<kind>|<id>`; ARGV[2] id; ARGV[3] `at` (ms since the Unix epoch) or `in` (ms from now); ARGV[4] that number; ARGV[5] payload
-- Returns the due time, ms of Redis time
-- @include redis-time
-- @include due-work
local dueAtMs = tonumber(ARGV[4])
if ARGV[3] == 'in' then dueAtMs = redisNowMs() + dueAtMs end
scheduleDue(1, ARGV[1], ARGV[2], dueAtMs, ARGV[5])
return string.format('%.0f', dueAtMs)
