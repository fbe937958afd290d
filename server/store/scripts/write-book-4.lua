-- Write what is known of one ad object, with the timeline entries that follow from it, unless somebody wrote it meanwhile.
-- KEYS[1] book hash (version, book); KEYS[2..4] timeline: seq, epoch, stream
-- ARGV[1] version it was read with, empty for a new one; ARGV[2] new version; ARGV[3] the book as JSON; ARGV[4] new timeline epoch;
-- ARGV[5] and on: entry bodies
-- Returns 1 written, 0 it has moved on: nothing changed
-- @include append-timeline
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'book', ARGV[3])
for i = 5, #ARGV do appendTimeline(2, ARGV[i], ARGV[4]) end
return 1
