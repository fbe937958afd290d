-- Append an entry about something that every node sees for itself (a phase began, a source fell silent): once, whoever is first.
-- KEYS[1..3] timeline: seq, epoch, stream; KEYS[4] hash of subject to the newest rank told
-- ARGV[1] entry body; ARGV[2] new epoch; ARGV[3] subject; ARGV[4] rank, a whole number that rises with each change of the subject;
-- ARGV[5] `always`, or `after-odd`: only when the rank told last is odd (what ended had been told)
-- Returns the entry's seq as text, or 0: it has been told, or there is nothing to tell
-- @include append-timeline
local told = tonumber(redis.call('HGET', KEYS[4], ARGV[3]) or '0')
if tonumber(ARGV[4]) <= told then return 0 end
if ARGV[5] == 'after-odd' and told % 2 == 0 then return 0 end
redis.call('HSET', KEYS[4], ARGV[3], ARGV[4])
return appendTimeline(1, ARGV[1], ARGV[2])
